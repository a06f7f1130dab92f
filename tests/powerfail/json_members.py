#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whether results of pmem2 crashtest have the members of the manual, and no others.

usage: json_members.py PAGE RESULTS...
"""
import json
import re
import sys
from pathlib import Path

# members of the report, which libpmem2_powerfail(7) is about
APART = {'report'}


def members(value, found):
    if isinstance(value, dict):
        for name, inner in value.items():
            found.add(name)
            if name not in APART:
                members(inner, found)
    elif isinstance(value, list):
        for inner in value:
            members(inner, found)
    return found


def main(page, *results):
    section = re.search(r'^# JSON\n(.*?)^# ', Path(page).read_text(), re.S | re.M).group(1)
    documented = {name for line in re.findall(r'^\*.*', section, re.M) for name in re.findall(r'\*(\w+)\*', line)}
    found = set()
    status = 0
    for path in results:
        result = json.loads(Path(path).read_text())
        if next(iter(result)) != 'version' or f'version {result["version"]}' not in section:
            print(f'{path}: the version comes first, and is the one of the manual')
            status = 1
        members(result, found)
    for name in sorted(found - documented):
        print(f'{name} is in the results, and not in the manual')
    for name in sorted(documented - found - {'children'}):
        print(f'{name} is in the manual, and not in the results')
    return status or found != documented - {'children'}


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
