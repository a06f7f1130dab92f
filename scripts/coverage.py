#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Adds up what gcov says of core/, backends/ and powerfail/, and prints a line for each source file.

usage: coverage.py [--missing] BUILD [LINES BRANCHES]
  --missing       print also which lines and branches no test reaches
  LINES BRANCHES  percentages; exit status 1 if the sum is below one of them

A text that is compiled several times, as the backends' is for each ISA, counts once: a line is reached if
it is in one of them, and has the branches of the one in which most of its branches are taken.
"""
import collections
import json
import os
import subprocess
import sys

AREAS = ('core/', 'backends/', 'powerfail/')


def objects(build):
    """all notes files: those of objects that never ran count too"""
    for directory, _, names in os.walk(build):
        for name in names:
            if name.endswith('.gcno'):
                yield os.path.join(directory, name)


def reports(build):
    notes = sorted(os.path.abspath(path) for path in objects(build))
    for i in range(0, len(notes), 50):
        gcov = subprocess.run(['gcov', '--json-format', '--stdout', '--branch-probabilities', *notes[i:i + 50]],
            cwd=build, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)  # it minds those that never ran
        for line in gcov.stdout.splitlines():
            yield json.loads(line)


def add_up(build):
    """{file: {line: count}}, {file: {(line, branches of it): [counts]}}"""
    root = os.path.realpath(os.path.join(os.path.dirname(__file__), '..'))
    lines = collections.defaultdict(collections.Counter)
    branches = collections.defaultdict(dict)
    for report in reports(build):
        for source in report['files']:
            path = os.path.relpath(os.path.realpath(os.path.join(build, source['file'])), root)
            if not path.startswith(AREAS):
                continue
            for line in source['lines']:
                number, taken = line['line_number'], [b['count'] for b in line['branches']]
                lines[path][number] += line['count']
                if taken:
                    sums = branches[path].setdefault((number, len(taken)), [0] * len(taken))
                    sums[:] = map(sum, zip(sums, taken))
    return lines, branches


def best(branches):
    """{line: [counts]}: of each line those of which most are taken"""
    chosen = {}
    for (number, _), counts in sorted(branches.items()):
        share = sum(map(bool, counts)) / len(counts)
        if number not in chosen or share > chosen[number][0]:
            chosen[number] = share, counts
    return {number: counts for number, (_, counts) in chosen.items()}


def percent(part, whole):
    return 100 * part / whole if whole else 100


def row(name, lines, branches):
    print(f'{name:<36}{lines[0]:>6} of {lines[1]:>5}{percent(*lines):>7.1f} %'
        f'{branches[0]:>7} of {branches[1]:>5}{percent(*branches):>7.1f} %')


def main(arguments):
    missing = arguments[:1] == ['--missing']
    build, *limits = arguments[missing:]
    lines, branches = add_up(build)
    total = [0, 0], [0, 0]
    row_names = f'{"":<36}{"lines":>14}{"":>11}{"branches":>13}'
    print(row_names)
    for path in sorted(lines):
        taken = best(branches[path])
        sums = ((sum(map(bool, lines[path].values())), len(lines[path])),
            (sum(bool(c) for counts in taken.values() for c in counts), sum(map(len, taken.values()))))
        row(path, *sums)
        for all_of, one in zip(total, sums):
            all_of[0] += one[0]
            all_of[1] += one[1]
        if missing:
            for number in sorted(lines[path]):
                if not lines[path][number]:
                    print(f'{path}:{number}: not reached')
                elif not all(taken.get(number, [])):
                    counts = taken[number]
                    print(f'{path}:{number}: {sum(map(bool, counts))} of {len(counts)} branches')
    row('total', *total)
    return any(percent(*sums) < float(limit) for sums, limit in zip(total, limits))


if __name__ == '__main__':
    if len(sys.argv) < 2 or sys.argv[1] == '--help':
        print(__doc__.strip())
        sys.exit(0 if len(sys.argv) > 1 else 2)
    sys.exit(main(sys.argv[1:]))
