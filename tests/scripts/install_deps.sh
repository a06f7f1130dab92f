#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# scripts/install-deps.sh, with an apt-get of the test's own. usage: install_deps.sh TAP SCRIPT
script=$(realpath "$2")
# shellcheck source=tests/tap.sh
. "$1"

mkdir bin
PATH=$PWD/bin:$PATH
program() { cat >"bin/$1" && chmod +x "bin/$1"; }
program sudo <<<'#!/bin/sh
exec "$@"'
program dpkg-query <<<'#!/bin/sh
exit 1'
# fails with each line of the file `failures`, one after another
program apt-get <<END
#!/bin/sh
cd "$PWD" || exit
echo "\$*" >>calls
[ -s failures ] || exit 0
head -n 1 failures >&2
sed -i 1d failures
exit 100
END

# apt WHAT N: apt-get was called for that so often
apt() { [ "$(grep -c -- " $1" calls)" -eq "$2" ] || { cat calls; return 1; }; }
begin() { rm -f calls; printf '%s\n' "$@" | sed '/^$/d' >failures; }

begin ''
point "installs" status 0 "$script" man
point "what is asked for" apt 'install .* scdoc$' 1
point "waits for dpkg's lock" apt '-o DPkg::Lock::Timeout=1200 install' 1
begin 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)' \
	'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)'
point "waits for the lists' lock, and says so" says 'waiting for another apt: .*lists/lock' status 0 "$script" man
point "until it has it" apt update 3
point "then installs" apt 'install ' 1
begin 'E: Unable to lock directory /var/cache/apt/archives/'
point "waits for the cache's lock" status 0 "$script" man
begin 'E: The repository has no Release file.'
point "another failure is one" says 'no Release file' status 1 "$script" man
point "at once" apt update 1
point "and nothing is installed" apt 'install ' 0
begin ''
point "a list installs nothing" says '^scdoc$' status 0 "$script" --list man
point "nor asks" test ! -e calls
for profile in $("$script" --help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
	point "the profile $profile" says '^[a-z]' status 0 "$script" --list "$profile"
done
plan
