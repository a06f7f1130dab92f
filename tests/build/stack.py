#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""No function of the library, nor of a backend, has 8 KiB of the stack to itself, as optimized code.

usage: stack.py BUILD-ROOT
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

LIMIT = 8192


def usage_of(job):
    """[(bytes, function, whether that is a bound)] of a file that is compiled into a directory of its own"""
    entry, place = job
    os.mkdir(place)
    words = shlex.split(entry['command'])
    words[words.index('-o') + 1] = place + '/object.o'
    if '-MF' in words:
        words[words.index('-MF') + 1] = place + '/object.d'
    subprocess.run([*words, '-O2', '-fstack-usage'], cwd=entry['directory'], check=True)
    with open(place + '/object.su') as report:
        for line in report:
            where, size, kind = line.rstrip('\n').split('\t')
            yield int(size), where.replace('../', ''), kind in ('static', 'dynamic,bounded')


def main(root):
    with open(f'{root}/compile_commands.json') as database:
        entries = json.load(database)
    # the directory of the object's target: core/libpmem2_core.a.p/error.c.o
    entries = [entry for entry in entries if entry['output'].startswith(('core/', 'backends/'))]
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [(entry, f'{place}/{i}') for i, entry in enumerate(entries)]
        found = {row for rows in pool.map(lambda job: list(usage_of(job)), jobs) for row in rows}

    print(f'{len(found)} functions; the largest:')
    for size, where, _ in sorted(found, reverse=True)[:5]:
        print(f'{size:6} {where}')
    unbounded = [where for _, where, bounded in found if not bounded]
    for where in unbounded:
        print(f'no bound: {where}')
    return len(found) < 300 or unbounded or max(found)[0] >= LIMIT


if __name__ == '__main__':
    sys.exit(1 if main(*sys.argv[1:]) else 0)
