#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Two builds in different directories install the same bytes. As distributions do, debug information
# gets the directory's name mapped away, and manual pages the date of the source.
# usage: reproducible.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"
export SOURCE_DATE_EPOCH=1700000000

# build DIRECTORY TIMEZONE
build() {
	mkdir -p "$1" || return
	tar -C "$source" -c --exclude=./.git --exclude='./build*' . | tar -C "$1" -x || return
	(
		cd "$1" || exit
		export TZ=$2 CFLAGS=-ffile-prefix-map=$PWD=.
		meson setup build --prefix=/usr -Dtests=disabled -Dexamples=false &&
			meson install -C build --quiet --destdir "$place/$2"
	)
}

point "one build" build one UTC-5
point "another" build another/deeper/directory UTC+7
point "are the same" diff -r --no-dereference "$place/UTC-5" "$place/UTC+7"
plan
