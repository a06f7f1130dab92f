#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Each tag of `meson install --tags` installs its piece, all pieces together are the whole.
# usage: tags.sh TAP SOURCE-ROOT BUILD-ROOT BACKEND-FILE...
source=$2 build=$3
# shellcheck source=tests/tap.sh
. "$1"
shift 3

install_into() {
	meson install -C "$build" --no-rebuild --quiet --destdir "$@"
}
files() { (cd "$1" && find . ! -type d | sort); }

# piece TAG PATTERN: the tag installs something, all of which has such a path
piece() {
	install_into "$place/$1" --tags "$1" && files "$place/$1" >"$1.files" &&
		[ -s "$1.files" ] && ! grep -vE "$2" "$1.files"
}

whole() {
	install_into "$place/whole" && diff <(files "$place/whole") <(sort ./*.files)
}

# every function of the header has a page under its own name
pages() {
	local man
	man=$(find "$place/man" -name man3)
	sed -n 's/^[a-z].*\b\(pmem2_[a-z_0-9]*\)(.*/\1/p' "$source"/include/libpmem2/{base,legacy}.h |
		grep -v '_fn$' | while read -r function; do
		[ -e "$man/$function.3" ] || { echo "no $function.3"; exit 1; }
	done
}

point runtime piece runtime '/libpmem2\.so\.1(\.0\.0)?$'
point devel piece devel '/(include/libpmem2(\.h|/\w+\.h)|libpmem2\.(a|so)|pkgconfig/libpmem2\.pc)$'
for file; do
	name=$(basename "$file" .so)
	tag=backend-${name//_/-}
	[ "$name" != ndctl ] || tag=ndctl
	point "$tag" piece "$tag" "/pmem2/$name\.so$"
done
[ ! -e "$build/recorders/exact/exact.so" ] || point recorder-exact piece recorder-exact '/pmem2/recorders/exact\.so$'
[ ! -e "$build/recorders/preload/preload.so" ] ||
	point recorder-preload piece recorder-preload '/pmem2/recorders/preload\.so$'
[ ! -e "$build/tools/pmem2" ] || point tools piece tools '/(bin/\w+|bash-completion/completions/pmem2|zsh/\S+/_pmem2)$'
if [ -e "$build/man/libpmem2.7" ]; then
	point man piece man '/man/man[137]/(lib)?pmem2[a-z0-9_-]*\.[137]$'
	point "a page for every function" pages
fi
[ ! -e "$build/doc/index.html" ] || point doc piece doc '/doc/libpmem2/html/([a-z0-9_.-]+\.html|style\.css)$'
point "all together" whole
plan
