#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Counts the tests in Meson's testlog.json files.

usage: tally.py [--plus PASSED FAILED] FILE...

A test that speaks TAP counts once for each of its points, one that ends with Check's summary once for
each check, any other once. Prints what failed, what was skipped and why, and "N passed, N failed".
"""
import json
import re
import sys

GOOD = ('OK', 'EXPECTEDFAIL')
PLAN = re.compile(r'^1\.\.\d+', re.M)
POINT = re.compile(r'^(not )?ok\b(.*)$', re.M)
SKIP = re.compile(r'#\s*skip\S*\s*(.*)', re.I)
TODO = re.compile(r'#\s*todo', re.I)
CHECKS = re.compile(r'^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$', re.M)


def tap(out):
    """passed, failed, reasons of the skipped; None if it is not TAP"""
    if not PLAN.search(out):
        return None
    passed, failed, skipped = 0, 0, []
    for bad, text in POINT.findall(out):
        reason = SKIP.search(text)
        if reason:
            skipped.append(text.split('#')[0].strip(' -') + ': ' + reason[1])
        elif bad and not TODO.search(text):
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def count(test):
    out = test.get('stdout', '')
    if test['result'] == 'SKIP':
        reason = SKIP.search(out)
        lines = (out + test.get('stderr', '')).strip().splitlines()
        return 0, 0, [reason[1] if reason else lines[-1] if lines else 'it gave no reason']

    passed, failed, skipped = tap(out) or (0, 0, [])
    for total, failures, errors in CHECKS.findall(out):
        failed += int(failures) + int(errors)
        passed += int(total) - int(failures) - int(errors)
    if test['result'] in GOOD:
        return passed or (0 if skipped else 1), failed, skipped
    return passed, failed or 1, skipped


def main(arguments):
    passed = failed = skipped = 0
    if arguments[:1] == ['--plus']:
        passed, failed = int(arguments[1]), int(arguments[2])
        arguments = arguments[3:]
    for path in arguments:
        with open(path, encoding='utf-8') as log:
            tests = [json.loads(line) for line in log]
        for test in tests:
            good, bad, reasons = count(test)
            passed, failed, skipped = passed + good, failed + bad, skipped + len(reasons)
            if bad:
                print(f'FAILED {test["name"]} ({test["result"]}, {path})')
            for reason in reasons:
                print(f'skipped {test["name"]}: {reason}')
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
    return failed != 0


if __name__ == '__main__':
    if len(sys.argv) < 2 or sys.argv[1] == '--help':
        print(__doc__.strip())
        sys.exit(0 if len(sys.argv) > 1 else 2)
    sys.exit(main(sys.argv[1:]))
