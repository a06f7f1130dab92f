#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Built by musl-gcc, with check from subprojects/ inside, the core does what its tests want.
# usage: musl.sh TAP SOURCE-ROOT
source=$2
# shellcheck source=tests/tap.sh
. "$1"
# shellcheck source=tests/check_tarball.sh
. "$source/tests/check_tarball.sh"

if ! command -v musl-gcc >/dev/null; then
	echo "1..0 # SKIP there is no musl-gcc (Debian: musl-tools)"
	exit
fi
mkdir tree
tar -C "$source" -c --exclude=./.git --exclude='./build*' --exclude=./subprojects/check-* \
	--exclude=./subprojects/packagecache . | tar -C tree -x
get_check_tarball "$source" tree/subprojects/packagecache

# the kernel's headers, which musl has none of, after musl's own
mkdir headers
for directory in linux asm-generic; do ln -s /usr/include/$directory headers/; done
for directory in /usr/include/asm "/usr/include/$(gcc -print-multiarch)/asm"; do
	[ ! -e "$directory" ] || ln -s "$directory" headers/
done

setup() {
	CC=musl-gcc CFLAGS="-idirafter $PWD/headers" meson setup build tree --wrap-mode=forcefallback \
		-Dwerror=true -Dexamples=false -Dndctl=disabled -Dman=disabled -Dtools=false
}
# core_tests WHAT: names, or the files to build for them; without powerfail, which looks at stacks with
# libgcc's help: Debian's libgcc asks glibc for that
core_tests() {
	python3 - "$1" <<-'END'
		import json, os, sys
		tests = [test for test in json.load(open('build/meson-info/intro-tests.json'))
		         if 'libpmem2:core' in test['suite']]
		needed = set(sum((test['depends'] for test in tests), []))
		files = [test['cmd'][0] for test in tests]
		for target in json.load(open('build/meson-info/intro-targets.json')):
		    if target['id'] in needed:
		        files += target['filename']
		files = [file for file in files if 'powerfail' not in file]
		if sys.argv[1] == 'names':
		    print('\n'.join(test['name'] for test in tests))
		else:
		    print('\n'.join(sorted({os.path.relpath(file, 'build') for file in files})))
	END
}
needs_musl() { readelf -d build/core/libpmem2.so | grep 'NEEDED.*\[libc\.so\]'; }

point "set up with musl" setup
readarray -t files < <(core_tests files)
readarray -t names < <(core_tests names)
point "there are tests" test ${#names[@]} -gt 10
point "builds" ninja --quiet -C build core/libpmem2.so.1.0.0 "${files[@]}"
point "needs musl" needs_musl
for name in "${names[@]}"; do
	point "$name" meson test -C build --no-rebuild --suite core "$name" --print-errorlogs
done
plan
