# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh disable=SC2154 # who sources it sets $arch and $here
# Sourced: packages of this machine's Debian for any architecture, through an apt state of our own.
# Nothing is installed here, and root is not needed. $arch is set before.

apt_state=$PMEM2_GUEST_CACHE/$arch/apt
export APT_CONFIG="$apt_state/apt.conf"

new_apt_state() {
	need apt-get apt-cache dpkg-deb
	mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial" "$1/deb"
	: >"$1/state/status"
	cat >"$APT_CONFIG" <<-END
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Sandbox::User "$(id -un)";
		APT::Update::Error-Mode "any";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Dir::State "$1/state";
		Dir::State::status "$1/state/status";
		Dir::Cache "$1/cache";
	END
	apt-get -qq update || skip "apt finds no $arch packages: no network, or not a Debian"
}

# the packages named, and every library package that they need
with_libraries() {
	want=$(printf '%s\n' "$@" | sort -u)
	while :; do
		# shellcheck disable=SC2086 # a list
		more=$(apt-cache depends --important $want |
			sed -n 's/^ [ |]\(Pre\)\{0,1\}Depends: \(lib[^ ]*\)$/\2/p')
		more=$(printf '%s\n' "$want" "$more" | sort -u | sed '/^$/d')
		[ "$more" != "$want" ] || break
		want=$more
	done
	echo "$want"
}

# download PACKAGE...: fetches them unless they are there
download() {
	(cd "$apt_state/deb" && apt-get -qq download "$@") || skip "apt cannot download $*"
}

# the file that PACKAGE was downloaded to
newest() {
	# shellcheck disable=SC2012 # names of packages hold nothing strange
	ls -t "$apt_state/deb/$1"_*.deb | head -n 1
}

# unpack DIRECTORY PACKAGE...
unpack() {
	dir=$1
	shift
	download "$@"
	mkdir -p "$dir"
	for package; do
		dpkg-deb -x "$(newest "$package")" "$dir"
	done
}

once "$apt_state" new_apt_state "$here/apt.sh"
