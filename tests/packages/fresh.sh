# SPDX-License-Identifier: BSD-3-Clause
# For tests in shell, after tap.sh: a fresh Debian in the directory $root, and commands in it.
# shellcheck shell=bash disable=SC2154 # root is set by who includes this

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# fresh VARIANT PACKAGE,... OPTION...: from the machine's own Debian repositories; or the end of the test
fresh() {
	local variant=$1 include=$2 suite tool
	shift 2
	[ "$(id -u)" -eq 0 ] || skip_all "a Debian is installed by root"
	for tool in apt-get mmdebstrap dpkg-deb unshare; do
		command -v $tool >/dev/null || skip_all "there is no $tool"
	done
	# shellcheck disable=SC2016 # apt expands these itself
	apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		sed -n 's/^Debian /deb /p' | sort -u >sources.list
	# shellcheck disable=SC2016
	suite=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME)' 'Created-By: Packages' |
		sed -n 's/^Debian //p' | awk '{ print length, $0 }' | sort -n | sed -n '1s/.* //p')
	[ -s sources.list ] || skip_all "apt knows no repository of Debian"
	rm -rf "$root"
	mmdebstrap --mode=root --variant="$variant" --include="$include" --dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$@" "$suite" "$root" sources.list >debootstrap 2>&1 ||
		skip_all "no fresh Debian: $(tail -n 1 debootstrap)"
	echo "# a fresh Debian after $SECONDS s"
}

# inside COMMAND...: in the root, without a network, with /proc and /dev
inside() { unshare --mount --net sh -c "$enter" "$root" "$@"; }
# the same with the network
inside_online() { unshare --mount sh -c "$enter" "$root" "$@"; }
# shellcheck disable=SC2016 # the shell inside expands them
enter='mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" &&
	exec chroot "$0" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"'
