#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# scripts/release.sh sees each place that names another version, and makes a tag of NEWS.md's text.
# usage: release.sh TAP SOURCE-ROOT
# shellcheck disable=SC2016 # a pattern with a dollar
source=$2
# shellcheck source=tests/tap.sh
. "$1"

mkdir tree
(cd "$source" && tar -c meson.build NEWS.md README.md include man packaging scripts) | tar -x -C tree
check() { tree/scripts/release.sh --check; }
point "all agree" says '^all name version [0-9]+\.[0-9]+\.[0-9]+$' status 0 check

# wrong FILE SED-EXPRESSION: with that change the check fails, and names the file
wrong() {
	cp "tree/$1" saved && sed -i "$2" "tree/$1" && ! cmp -s saved "tree/$1" &&
		says "release\.sh: $1: " status 1 check
	local result=$?
	cp saved "tree/$1"
	return $result
}
point "the header's text" wrong include/libpmem2/base.h '/define PMEM2_VERSION /s/"[0-9]*/"0/'
point "its numbers" wrong include/libpmem2/base.h '/define PMEM2_VERSION_PATCH /s/[0-9]*$/99/'
point "NEWS.md" wrong NEWS.md '0,/^## /s/^## .*/## 0.1.0 (unreleased)/'
point "README.md" wrong README.md "s/version: '>=[0-9.]*'/version: '>=1.0'/"
point "a manual page" wrong man/pmem2_map.3.scd '1s/"libpmem2"/"libpmem2 0.1"/'
point "Debian's changelog" wrong packaging/debian/changelog '1s/([0-9]*/(0/'
point "Debian's symbols" wrong packaging/debian/libpmem2-1.symbols '$s/[^ ]*$/99.0.0/'
point "the contract" wrong packaging/debian/control '/backend-contract/s/contract-1/contract-0/'

# ---- the tag ----

tag() { (cd tree && scripts/release.sh --tag); }
git() { command git -C tree -c user.name=nobody -c user.email=nobody@localhost "$@"; }
export GIT_COMMITTER_NAME=nobody GIT_COMMITTER_EMAIL=nobody@localhost
commit() { git init -q && git add -A && git commit -q -m "$1"; }
sed -i '0,/^## /s/^\(## [^ ]*\) .*/\1 (unreleased)/' tree/NEWS.md
commit first
point "no tag of what is not dated" says 'the heading of .* has no day' status 1 tag
sed -i '0,/^## /s/(unreleased)$/(2026-01-01)/' tree/NEWS.md
point "nor of what is not committed" says 'not committed' status 1 tag
commit second
version=$(sed -n "s/^  version: '\(.*\)',/\1/p" tree/meson.build)
point "a tag" says "^made the tag v$version" status 0 tag
point "has the version and the news" says "^libpmem2 $version\$" git tag -l --format='%(contents)' "v$version"
news() { git tag -l --format='%(contents)' "v$version" | diff <(sed -n '/^## /,/^## /{/^## /!p}' tree/NEWS.md | sed '/./,$!d') \
	<(tail -n +3; true) | grep '^<'; }
point "all of it" status 1 news
point "there is one tag" test "$(git tag -l)" = "v$version"
plan
