#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Whether scripts/tally.py counts what is there. usage: tally.sh TAP TALLY
tally=$(realpath "$2")
# shellcheck source=tests/tap.sh
. "$1"

# result RESULT OUTPUT: a line of Meson's testlog.json
result() { printf '{"name": "t", "result": "%s", "stdout": "%s"}\n' "$1" "$2"; }
# counts LAST-LINE STATUS: of the lines on standard input
counts() {
	cat >log
	status "$2" "$tally" log >out || return
	diff <(echo "$1") <(tail -n 1 out)
}

point "a plain test is one" counts "2 passed, 0 failed" 0 < <(result OK ""; result OK "hello")
point "and fails once" counts "0 passed, 1 failed" 1 < <(result FAIL "")
point "so does one out of time" counts "1 passed, 1 failed" 1 < <(result TIMEOUT ""; result OK "")
point "each check is one" counts "5 passed, 0 failed" 0 < <(result OK '100%: Checks: 5, Failures: 0, Errors: 0\n')
point "in several suites" counts "7 passed, 0 failed" 0 \
	< <(result OK '100%: Checks: 5, Failures: 0, Errors: 0\n100%: Checks: 2, Failures: 0, Errors: 0\n')
point "failures and errors too" counts "1 passed, 4 failed" 1 < <(result FAIL '20%: Checks: 5, Failures: 3, Errors: 1\n')
point "a crash after good checks is a failure" counts "5 passed, 1 failed" 1 \
	< <(result FAIL '100%: Checks: 5, Failures: 0, Errors: 0\n')
point "each point of TAP" counts "2 passed, 1 failed, 1 skipped" 1 \
	< <(result FAIL '1..4\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no qemu\nok 4\n')
point "TAP that ends early" counts "1 passed, 1 failed" 1 < <(result ERROR '1..2\nok 1 - a\n')
point "a skipped test has a reason" counts "0 passed, 0 failed, 1 skipped" 0 < <(result SKIP 'no network\n')
point "which is printed" says "^skipped t: no network$" "$tally" log
point "TAP that skips all" counts "0 passed, 0 failed, 1 skipped" 0 < <(result SKIP '1..0 # SKIP no qemu\n')
point "its reason" says "^skipped t: no qemu$" "$tally" log
result OK "" >log
point "what was counted before" says "^3 passed, 1 failed$" "$tally" --plus 2 1 log
point "is a failure still" status 1 "$tally" --plus 2 1 log
plan
