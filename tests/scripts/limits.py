#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""No test's outcome depends on how busy the machine is: none ends a test, or fails it, after a short time.

usage: limits.py SOURCE-ROOT BUILD-ROOT
"""
import json
import pathlib
import re
import sys

LONG = 1200  # seconds

# what sets a limit, and which of its values are none
SHORT = [
    ("Check's limit for a test", re.compile(r'tcase_set_timeout\([^,]*, (?!0\))')),
    ('a clock that ends the process', re.compile(r'\b(?:alarm|setitimer|ualarm)\([^)]*[1-9]')),
    ('a limit of less than 20 minutes', re.compile(r'\btimeout (?:-\S+ )*(?!1200\b|\d{5}|"?\$)[1-9.]')),
    ('a multiplier for limits', re.compile(r'--timeout-multiplier|CK_TIMEOUT_MULTIPLIER|CK_DEFAULT_TIMEOUT')),
    ('a measured time that is compared', re.compile(r'SECONDS - \w+\)+ -(?:lt|gt|le|ge)|date \+%s\S* - \S+ -(?:lt|gt)')),
]
# what is meant: the program under test has a limit of its own, which this shows
MEANT = re.compile(r'did not end in|sleep 1000')


def main(source, build):
    faults = []
    multiplier = re.search(r"add_test_setup\('patient', timeout_multiplier: (\d+), is_default: true\)",
        (source / 'tests/meson.build').read_text())
    for test in json.loads((build / 'meson-info/intro-tests.json').read_text()):
        limit = test['timeout'] * int(multiplier[1])
        if 0 < limit < LONG:
            faults.append(f'{test["name"]}: {limit} s')

    files = [path for where in ('tests', 'scripts') for path in (source / where).rglob('*')
        if path.suffix in ('.c', '.h', '.sh', '.py')]
    for path in files:
        text = path.read_text()
        if path.suffix == '.c' and 'tcase_create' in text and 'tcase_set_timeout' not in text:
            faults.append(f"{path.relative_to(source)}: Check's own limit of 4 s")
        for number, line in enumerate(text.splitlines(), 1):
            faults += [f'{path.relative_to(source)}:{number}: {what}' for what, pattern in SHORT
                if pattern.search(line) and not MEANT.search(line) and path.name != 'limits.py']
    print('\n'.join(faults) or f'{len(files)} files set no short limit')
    return len(files) < 100 or bool(faults)


sys.exit(main(*map(pathlib.Path, sys.argv[1:])))
