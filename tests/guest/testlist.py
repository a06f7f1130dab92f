#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""testlist.py BUILD SUITE... : the tests of these suites as lines of shell, for a guest:

	t SUITE NAME env VARIABLE=VALUE... PROGRAM ARGUMENT...

without the variables that the guest sets itself, to what is right there; and a line `# FILE` for
each file of the build that they name. Tests that are scripts, or run none of this CPU's code (suite
`model`), stay at home.
"""
import json
import os
import shlex
import subprocess
import sys


def is_program(path):
    try:
        with open(path, 'rb') as file:
            return file.read(4) == b'\x7fELF'
    except OSError:
        sys.exit(f'testlist.py: {path} is not built: run ninja first')


def main(build, *suites):
    answer = subprocess.run(['meson', 'introspect', '--tests', build], check=True,
                            stdout=subprocess.PIPE)
    for test in json.loads(answer.stdout):
        suite, *others = [name.split(':')[-1] for name in test['suite']]
        if suite not in suites or 'model' in others or not is_program(test['cmd'][0]):
            continue
        settings = [f'{name}={value}' for name, value in test['env'].items()
                    if name not in ('PMEM2_TEST_DIR', 'TMPDIR', 'LD_LIBRARY_PATH')
                    and (name, value) != ('PMEM2_BACKEND_DIR', f'{build}/backends')]
        for word in test['cmd']:
            if word.startswith(build) and os.path.isfile(word):
                print('#', word)
        print(shlex.join(['t', suite, test['name'].replace(' ', '_'), 'env',
                          *settings, *test['cmd']]))


main(*sys.argv[1:])
