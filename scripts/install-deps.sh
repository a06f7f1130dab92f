#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Installs the Debian packages that a profile needs and that are missing; nothing if none is.
# shellcheck disable=SC2034 # the profiles are used by name
set -euo pipefail

usage="usage: install-deps.sh [--list] PROFILE...
  build   the library, the pmem2 command, the examples
  man     the manual pages, and as HTML
  browser the look at the HTML manual
  exact   what pmem2 crashtest --exact runs programs with
  objects libpmemobj and its examples, for scripts/crashtest.sh
  test    the tests, but for the guests; builds by gcc, clang and for aarch64
  guest   the guests with emulated NVDIMMs
  fuzz    the fuzzers
  package the Debian packages, and their test
  bench   the benchmark
  lint    the static checks
  --list  print the packages instead"

build=(
	gcc libc6-dev meson ninja-build pkgconf
	libndctl-dev libdaxctl-dev # bad blocks, device ids
	libzydis-dev               # pmem2 crashtest --exact
)
man=(scdoc mandoc cmark-gfm)
browser=(chromium)
exact=(qemu-user binutils) # binutils name the lines of the source
objects=(libpmemobj-dev)
test=(
	"${build[@]}"
	check libsubunit-dev            # the unit tests' framework; its pkg-config file names subunit
	clang clang-format              # a second compiler, the format check
	libclang-rt-14-dev              # clang's sanitizers, which clang only recommends
	cmake g++                       # programs that use the library through CMake, and from C++
	gcc-aarch64-linux-gnu qemu-user # an aarch64 build, and running it
	libc6-dev-arm64-cross           # which the compiler only recommends
	abigail-tools                   # abidiff
	valgrind                        # memcheck; counts the instructions of a call
	gnuplot-nox                     # pictures of traces
	musl-tools                      # another libc
	libpmemobj-dev libpmemlog-dev libpmemblk-dev liblmdb-dev # programs that do not use the library
	binutils file git procps python3 util-linux xz-utils
)
guest=(
	"${build[@]}"
	check libsubunit-dev
	qemu-system-x86 qemu-system-arm qemu-efi-aarch64
	gcc-aarch64-linux-gnu libc6-dev-arm64-cross # programs for the aarch64 guest
	make                                        # the kernel's emulation of NVDIMMs
	binutils cpio python3 util-linux xz-utils
)
fuzz=("${build[@]}" check libsubunit-dev clang libclang-rt-14-dev)
package=(
	"${build[@]}" "${man[@]}"
	build-essential check debhelper fakeroot libsubunit-dev lintian patch
	mmdebstrap # a fresh Debian, for their test
)
bench=("${build[@]}" gnuplot-nox)
lint=(check clang clang-tidy cppcheck git libsubunit-dev python3 shellcheck)

packages=()
list=
for argument; do
	case $argument in
	--help) echo "$usage"; exit ;;
	--list) list=1 ;;
	build | man | browser | exact | objects | test | guest | fuzz | package | bench | lint)
		declare -n profile=$argument
		packages+=("${profile[@]}")
		;;
	*)
		printf 'install-deps.sh: there is no profile %s\n%s\n' "$argument" "$usage" >&2
		exit 2
		;;
	esac
done
if [ ${#packages[@]} -eq 0 ]; then
	echo "$usage" >&2
	exit 2
fi

mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
if [ -n "$list" ]; then
	printf '%s\n' "${packages[@]}"
	exit
fi

if ! command -v apt-get >/dev/null; then
	echo "install-deps.sh: no apt-get here; install by hand what these Debian packages hold:" \
		"${packages[*]}" >&2
	exit
fi

missing=()
for package in "${packages[@]}"; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit

sudo=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "install-deps.sh: not root, and no sudo; have root run: apt-get install ${missing[*]}" >&2
		exit 1
	fi
	sudo=(sudo)
fi
# apt ARGUMENT...: DPkg::Lock::Timeout is about dpkg's lock alone; those of the lists and of the cache are
# waited for here. 20 minutes: then whoever has it hangs.
apt() {
	local said tries

	said=$(mktemp)
	for ((tries = 0; ; tries++)); do
		if "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
			apt-get -qq -o DPkg::Lock::Timeout=1200 "$@" </dev/null >&2 2>"$said"; then
			cat "$said" >&2
			rm -f "$said"
			return
		fi
		if ((tries == 600)) || ! grep -q '^E: \(Could not get\|Unable to\) lock' "$said"; then
			cat "$said" >&2
			rm -f "$said"
			return 1
		fi
		[ $tries -gt 0 ] || echo "install-deps.sh: waiting for another apt: $(head -n 1 "$said")" >&2
		sleep 2
	done
}

echo "installing ${missing[*]}" >&2
apt update
apt install -y --no-install-recommends "${missing[@]}"
