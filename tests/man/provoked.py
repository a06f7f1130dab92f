#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds the errors in the manual pages against those that the tests provoked.

usage: provoked.py FILE
FILE: what tests/codes.h noted while the suites core, api and fault ran, with PMEM2_TEST_CODES=FILE.
"""
import errno
import re
import sys
from pathlib import Path

from documents import Header, Page

SOURCE = Path(__file__).resolve().parents[2]

# what calls nothing but these, and is not tried with everything
SAME = {
    'pmem2_config_get_alignment': 'pmem2_source_alignment',
    'pmem2_config_get_file_size': 'pmem2_source_size',
    'pmem2_map': 'pmem2_map_new',
    'pmem2_unmap': 'pmem2_map_delete',
}

# what returns the code that another function would, as its page says
HANDS_ON = {'pmem2_explanation_granularity': 'pmem2_map_new'}


def code_names(text):
    names = {-number: f'-{name}' for number, name in errno.errorcode.items()}
    names[-errno.EOPNOTSUPP] = '-EOPNOTSUPP'  # the same as ENOTSUP
    for name, number in re.findall(r'^#define (PMEM2_E_\w+)\s+\((-\d+)\)', text, re.M):
        names[int(number)] = name
    return names


def main(path):
    header = Header([SOURCE / 'include/libpmem2' / name for name in ('base.h', 'explain.h', 'extra.h', 'legacy.h')])
    names = code_names(header.text)
    provoked = {}
    for line in Path(path).read_text().splitlines():
        function, code = line.split()
        provoked.setdefault(function, set()).add(names[int(code)])

    noted = set(re.findall(r'^#define (pmem2_\w+)\(', (SOURCE / 'tests/codes.h').read_text(), re.M))
    problems = []
    seen = 0
    errors = {}
    for file in sorted((SOURCE / 'man').glob('*.3.scd')):
        errors |= Page(file).errors()
    for function, listed in errors.items():
        codes = provoked.get(function, set()) - errors.get(HANDS_ON.get(function), set())
        if function not in noted:
            problems.append(f'{function} is not in tests/codes.h')
        for code in sorted(codes - listed):
            if not (code.startswith('-') and '-errno' in listed):
                problems.append(f'{function} returned {code}, which its page does not list')
        codes = codes | provoked.get(SAME.get(function), set())
        wanted = listed - {'-errno'}
        seen += len(wanted & codes)
        problems += [f'{function}: no test provokes {code}' for code in sorted(wanted - codes)]
    print('\n'.join(problems))
    print(f'{seen} pairs of a function and an error are listed and were provoked')
    return len(problems) != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 2 else __doc__)
