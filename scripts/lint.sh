#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Static checks: how the code is put together, shellcheck, clang-tidy as .clang-tidy says, and cppcheck. The tests get fewer:
# tests/.clang-tidy says which, and cppcheck's style does not look at them.
set -euo pipefail
cd "$(dirname "$0")/.."

usage="usage: lint.sh [FILE...]
Checks the C files of the library, the backends, the command, the examples, the benchmark and the tests, or those named.
Exit status: 0; 1 if something was found."

directories=(core powerfail backends tools examples bench)
case ${1-} in
--help) echo "$usage"; exit ;;
-*) echo "$usage" >&2; exit 2 ;;
esac

scripts/install-deps.sh build lint
build="build-lint"
# sources are not compiled, but how they would be is known
if ! grep -qs /tests/core/ $build/compile_commands.json; then
	rm -rf $build
	CC=clang meson setup $build -Dtests=enabled -Dbench=true -Dman=disabled >$build.setup.txt ||
		{ cat $build.setup.txt; exit 1; }
fi

ninja -C $build build.ninja >$build/ninja.txt || { cat $build/ninja.txt; exit 1; }

# Each file once: the template is compiled for many instruction sets.
mkdir -p $build/once
python3 - $build "$@" >$build/once/files <<'END'
import json, os, sys
build, wanted = sys.argv[1], [os.path.abspath(name) for name in sys.argv[2:]]
entries = {}
for entry in json.load(open(f'{build}/compile_commands.json')):
    path = os.path.realpath(os.path.join(entry['directory'], entry['file']))
    if os.path.exists(path) and (not wanted or path in wanted): # what is made by the build is not there
        entries.setdefault(path, entry)
json.dump(list(entries.values()), open(f'{build}/once/compile_commands.json', 'w'))
print('\n'.join(sorted(entries)))
END

failed=0
scripts/structure.py || failed=1

start=$SECONDS
mapfile -t shells < <(git grep -lIE '^#!.*(/sh|bash)$|^# shellcheck shell=' -- ':!subprojects')
shellcheck -x "${shells[@]}" || failed=1
echo "shellcheck: ${#shells[@]} files, $((SECONDS - start)) s"

start=$SECONDS
xargs -P "$(nproc)" -n 1 clang-tidy -p $build/once --quiet <$build/once/files 2>$build/tidy.txt || failed=1
grep -v ' warnings\? generated\|^Suppressed' $build/tidy.txt >&2 || true
echo "clang-tidy: $(wc -l <$build/once/files) files, $((SECONDS - start)) s"

start=$SECONDS
check() {
	cppcheck -j "$(nproc)" --quiet --error-exitcode=1 --enable=warning,performance,portability \
		--library=scripts/cppcheck.cfg --suppressions-list=scripts/cppcheck.txt --inline-suppr \
		--std=c11 -D_GNU_SOURCE -D__linux__ -D__x86_64__ -D__GNUC__=12 "-DISAS=X(sse2)" \
		-I . -I include -I core -I $build/core "$@" || failed=1
}
if [ $# -gt 0 ]; then
	check "$@"
else
	check --enable=style,information "${directories[@]}" # a suppression that is not needed any more is told
	check tests
fi
echo "cppcheck: $((SECONDS - start)) s"
exit $failed
