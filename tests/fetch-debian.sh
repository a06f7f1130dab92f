#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# fetch-debian.sh DIR ARCH PACKAGE...
# Downloads packages of the machine's Debian release and unpacks them into DIR: nothing is installed, and
# no setting of the machine is touched (apt's lists for ARCH are kept in DIR). What is in DIR already
# stays. Exits with 77 and the reason if the packages cannot be had.
set -eu

dir=$1 arch=$2
shift 2

give_up() {
	echo "$*" | tee "$dir/failed"
	exit 77
}

mkdir -p "$dir"
cd "$dir"
dir=$PWD
exec 9>lock
flock 9

# one request is enough for all that ask within five minutes
[ -z "$(find . -maxdepth 1 -name failed -mmin -5)" ] || { cat failed; exit 77; }
rm -f failed

missing=
for package; do
	[ -e "have-$package" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null ||
	give_up "$missing: not fetched, this machine has no apt-get"

apt() {
	apt-get -q -o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache" \
		-o Dir::State::Status=/dev/null -o Debug::NoLocking=1 \
		-o "APT::Architecture=$arch" -o "APT::Architectures=$arch" \
		-o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=120 "$@"
}

if ! [ -e lists-ready ]; then
	mkdir -p lists/partial cache/archives/partial
	apt update >log 2>&1 || true
	! grep -q '^[EW]:' log ||
		give_up "$missing: not fetched, no list of packages for $arch:" \
			"$(grep '^[EW]:' log | head -n 1)"
	touch lists-ready
fi
# shellcheck disable=SC2086 # a list
apt download $missing >log 2>&1 ||
	give_up "$missing: not fetched: $(grep '^E:' log | head -n 1)"
for package in $missing; do
	dpkg -x "$package"_*.deb root
	touch "have-$package"
done
