# SPDX-License-Identifier: BSD-3-Clause
# For tests in shell: the tarball that subprojects/check.wrap names, from Debian's archive.
# shellcheck shell=bash

# check_tarball WRAP DIRECTORY: puts it there; through an apt state of its own, in the current directory,
# and the machine's repositories, asked for sources
check_tarball() {
	local tarball file options
	tarball=$(sed -n 's/^source_filename *= *//p' "$1")
	mkdir -p apt/{parts,lists/partial,cache/archives/partial} "$2"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -e "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"apt/parts/${file##*/}"
	done
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ ! -e "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >"apt/parts/${file##*/}.list"
	done
	options=(-qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$PWD/apt/parts"
		-o "Dir::State::Lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache"
		-o APT::Sandbox::User=)
	apt-get "${options[@]}" update || true # another repository than Debian's may have no sources
	(cd "$2" && apt-get "${options[@]}" source --download-only check)
	[ -s "$2/$tarball" ]
}

# get_check_tarball SOURCE-ROOT DIRECTORY: the same, or the end of the test
get_check_tarball() {
	if ! command -v apt-get >/dev/null; then
		echo "1..0 # SKIP no apt-get: Debian's archive has the tarball of check"
		exit
	fi
	if ! check_tarball "$1/subprojects/check.wrap" "$2" >said 2>&1; then
		echo "1..0 # SKIP Debian's archive does not give the tarball of check: $(tail -n 1 said)"
		exit
	fi
}
