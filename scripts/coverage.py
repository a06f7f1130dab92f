#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Adds up what gcov says of the library and of the command, and prints a line for each source file.

usage: coverage.py [--missing] BUILD
  --missing  print also which lines and branches no test reaches

Exit status 1 if a sum is below what GROUPS asks for.

A text that is compiled several times, as the backends' is for each ISA, counts once: a line is reached if
it is in one of them, and has the branches of the one in which most of its branches are taken.
"""
import collections
import json
import os
import subprocess
import sys

# folders, and the percentages of lines and of branches that are wanted of them together
GROUPS = {
    'library': (('core/', 'backends/', 'powerfail/'), 95, 85),
    'command': (('tools/',), 88, 73),
}
# steps through instructions, where gcov's own would be in the way: its test does not run here
APART = ('tools/conformance/',)
AREAS = tuple(area for areas, *_ in GROUPS.values() for area in areas)


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
            if not path.startswith(AREAS) or path.startswith(APART):
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
    lines, branches = add_up(arguments[missing])
    row_names = f'{"":<36}{"lines":>14}{"":>11}{"branches":>13}'
    print(row_names)
    return any([not enough(name, lines, branches, missing) for name in GROUPS])


def enough(name, lines, branches, missing):
    """whether of a group as much is reached as is wanted; prints its files, and their sum"""
    areas, *limits = GROUPS[name]
    total = [0, 0], [0, 0]
    for path in sorted(path for path in lines if path.startswith(areas)):
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
    row(name, *total)
    return all(percent(*sums) >= limit for sums, limit in zip(total, limits))


if __name__ == '__main__':
    if len(sys.argv) < 2 or sys.argv[1] == '--help':
        print(__doc__.strip())
        sys.exit(0 if len(sys.argv) > 1 else 2)
    sys.exit(main(sys.argv[1:]))
