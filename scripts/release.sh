#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Checks that all places name the same version, and makes the tag of a release.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: release.sh --check | --tag
  --check  compare the version of meson.build with the header, NEWS.md, README.md, the manual pages, and
           Debian's changelog, list of symbols and packages
  --tag    the same; the work tree has no changes, and NEWS.md has the day of the release. Then make the
           annotated tag vVERSION with the text of NEWS.md. Nothing is pushed.
Exit status: 0; 1 if something disagrees; 2 if the arguments are not understood."

failed=0
disagrees() {
	echo "release.sh: $*" >&2
	failed=1
}

# says FILE WHAT FOUND WANTED
says() {
	[ "$3" = "$4" ] || disagrees "$1: $2 is \"$3\", not \"$4\""
}

# define NAME: what the header defines it as
define() { sed -n "s/^#define $1  *//p" include/libpmem2/base.h; }

check_man() {
	local page
	for page in man/*.scd; do
		grep -qm1 '^[a-z0-9_-]*([137]) "libpmem2" ' "$page" ||
			disagrees "$page: the first line has no \"libpmem2\" for the footer, where the build puts the version"
	done
	if ! command -v scdoc >/dev/null; then
		echo "release.sh: no scdoc: the footers of the manual pages were not looked at" >&2
		return
	fi
	for page in man/*.scd; do
		man/versioned.sh "$page" "$version" scdoc | grep "^\.TH .*\"libpmem2 $version\"" >/dev/null ||
			disagrees "$page: its footer has no \"libpmem2 $version\""
	done
}

check() {
	local contract

	[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || disagrees "meson.build: \"$version\" is no version"
	says include/libpmem2/base.h PMEM2_VERSION "$(define PMEM2_VERSION)" "\"$version\""
	says include/libpmem2/base.h "the version of its numbers" \
		"$(define PMEM2_VERSION_MAJOR).$(define PMEM2_VERSION_MINOR).$(define PMEM2_VERSION_PATCH)" "$version"
	says NEWS.md "the latest version" "$(sed -n 's/^## \([^ ]*\) .*/\1/p' NEWS.md | head -n 1)" "$version"
	says README.md "the version of the subproject" \
		"$(sed -n "s/^.*dependency('libpmem2', version: '>=\([^']*\)'.*/\1/p" README.md)" "${version%.*}"
	check_man

	says packaging/debian/changelog "the latest version" \
		"$(sed -n '1s/^libpmem2 (\(.*\)-[^-]*) .*/\1/p' packaging/debian/changelog)" "$version"
	says packaging/debian/libpmem2-1.symbols "the latest version" \
		"$(printf '%s\n' "$version" "$(sed -n 's/^ [^ ]* //p' packaging/debian/libpmem2-1.symbols | sort -V | tail -n 1)" |
			sort -V | tail -n 1)" "$version"
	contract=$(sed -n 's/.*extern.* pmem2_backend_v\([0-9]*\);/\1/p' include/libpmem2/backend.h)
	says packaging/debian/control "what backends depend on" \
		"$(grep -o 'libpmem2-backend-contract-[0-9]*' packaging/debian/control | sort -u)" \
		"libpmem2-backend-contract-$contract"
}

version=$(sed -n "s/^  version: '\(.*\)',/\1/p" meson.build)
case ${1-} in
--help) echo "$usage"; exit ;;
--check | --tag) check ;;
*) echo "$usage" >&2; exit 2 ;;
esac
[ $failed = 0 ] || exit 1
if [ "$1" = --check ]; then
	echo "all name version $version"
	exit
fi

[ -z "$(git status --porcelain)" ] || disagrees "there are changes that are not committed"
grep -q "^## $version ([0-9]\{4\}-[0-9][0-9]-[0-9][0-9])$" NEWS.md ||
	disagrees "NEWS.md: the heading of $version has no day: ## $version (YYYY-MM-DD)"
[ $failed = 0 ] || exit 1
{
	echo "libpmem2 $version"
	awk -v heading="## $version " '/^## / { inside = index($0, heading) == 1; next } inside' NEWS.md
} | git tag -a "v$version" --cleanup=whitespace -F -
echo "made the tag v$version; scripts/test.sh tests it, git push origin v$version publishes it"
