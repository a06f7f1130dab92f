#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds the figures of TESTING.md against the sources, and its list of packages against install-deps.sh.

usage: testing.py            print each figure, as it is now
       testing.py --check    compare with TESTING.md
       testing.py --least NAME   print the figure of TESTING.md, for a test that measures it

A row of TESTING.md's table of figures is | NAME | at least N | how it is obtained |. N must be what there is, or
less, but more than half of it: figures stay when a test is added, and cannot be out of date by much.
Exit status: 0; 1 if a figure is wrong, missing or not known; 2 if the arguments are not understood.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEASURED = {'faults injected'}  # compared by the test that measures it


def text(path):
    return (ROOT / path).read_text(encoding='utf-8')


def files(folder, *endings):
    return sorted(path for path in (ROOT / folder).rglob('*') if path.is_file() and path.suffix in endings)


def count(pattern, paths):
    return sum(len(re.findall(pattern, path.read_text(encoding='utf-8'), re.M)) for path in paths)


def lines(paths):
    return sum(len(path.read_bytes().splitlines()) for path in paths)


def number(path, pattern):
    return int(re.search(pattern, text(path), re.M)[1])


def public_functions():
    return set(re.findall(r'^\t\t(pmem2_\w+);$', text('core/libpmem2.map'), re.M))


def copies():
    sizes = number('tests/backends/contents.c', r'SIZES = (\d+)')
    sources, destinations = re.findall(r'size_t [ds] = .*; [ds] < (\d+);', text('tests/backends/contents.c'))[:2]
    return sizes * int(sources) * int(destinations)


def isas():
    rows = re.findall(r"^  \['\w+', +\[.*?\], +\[(.*?)\]\],$", text('backends/meson.build'), re.M)
    return sum(len(row.split(',')) for row in rows)


def listed_errors():
    sys.path.insert(0, str(ROOT / 'tests/man'))
    from documents import Page
    pages = [Page(path) for path in sorted((ROOT / 'man').glob('*.3.scd'))]
    return sum(len(errors - {'-errno'}) for page in pages for errors in page.errors().values())


def coverage(which):
    return int(re.search(r"'library': .*\), (\d+), (\d+)", text('scripts/coverage.py'))[which])


FIGURES = {
    'cases of unit and API tests': lambda: count(r'^START_TEST\(', files('tests', '.c')),
    'points of tests in shell': lambda: count(r'^\s*point "', files('tests', '.sh')),
    'lines of tests for 100 of the library': lambda: 100 * lines(files('tests', '.c', '.h', '.sh', '.py')) //
    sum(lines(files(folder, '.c', '.h')) for folder in ('core', 'backends', 'powerfail')),
    'instruction sets of backends': isas,
    'copies compared for each, small': copies,
    'copies compared for each, random': lambda: number('tests/backends/contents.c', r': (\d+);\n\}'),
    'public functions under faults': lambda: len(public_functions()),
    'functions of libc that fail': lambda: len(re.search(r'wrapped = \[(.*?)\]', text('tests/fault/meson.build'),
                                                         re.S)[1].split(',')) - 1,  # free does not
    'errors that tests provoke': listed_errors,
    'fuzzers': lambda: len(re.findall(r'\w+', re.search(r'fuzzers=\(([a-z ]+)\)', text('scripts/fuzz.sh'))[1])),
    'inputs of the fuzzers': lambda: sum(path.is_file() for path in (ROOT / 'tests/fuzz/corpus').rglob('*')),
    'broken logs that crashtest must find': lambda: len(files('tests/powerfail/broken', '.c')),
    'broken backends that the conformance test must find': lambda:
    len(re.search(r'foreach kind : \[(.*?)\]', text('tests/tools/meson.build'), re.S)[1].split(',')) - 1,
    'guests': lambda: count(r"^    \['.*'guest-\w\.sh'|^    \['.*'powercut\.sh'", [ROOT / 'tests/guest/meson.build']),
    'storages that guests were asked about': lambda: count(r'^\| guest-\S+ \|', [ROOT / 'TESTING.md']),
    'power cuts of a guest': lambda: number('tests/guest/powercut.sh', r'^cuts=(\d+)$'),
    'percent of lines that tests reach': lambda: coverage(1),
    'percent of branches that tests reach': lambda: coverage(2),
}


def packages():
    command = ROOT / 'scripts/install-deps.sh'
    profiles = re.findall(r'^([a-z]+)=\($|^([a-z]+)=\(\w', command.read_text(encoding='utf-8'), re.M)
    names = [first or second for first, second in profiles]
    return set(subprocess.run([command, '--list', *names], check=True, capture_output=True, text=True).stdout.split())


def stated():
    rows = re.findall(r'^\| ([^|]+?) \| at least ([\d,]+) \| [^|]+ \|$', text('TESTING.md'), re.M)
    return {name: int(figure.replace(',', '')) for name, figure in rows}


def check():
    said = stated()
    wrong = [f'TESTING.md has no figure "{name}"' for name in (FIGURES.keys() | MEASURED) - said.keys()]
    for name, figure in said.items():
        if name in MEASURED:
            continue
        if name not in FIGURES:
            wrong.append(f'scripts/testing.py does not know the figure "{name}"')
            continue
        real = FIGURES[name]()
        if not figure <= real < 2 * figure:
            wrong.append(f'TESTING.md says "{name}: at least {figure:,}", there are {real:,}')
    named = set(re.findall(r'[a-z][a-z0-9.+-]+', text('README.md') + text('TESTING.md')))
    wrong += [f'neither README.md nor TESTING.md says what {package} is for' for package in packages() - named]
    print('\n'.join(sorted(wrong)), end='\n' if wrong else '')
    return bool(wrong)


def main(arguments):
    if arguments == ['--check']:
        return check()
    if len(arguments) == 2 and arguments[0] == '--least':
        print(stated()[arguments[1]])
    elif arguments == ['--help']:
        print(__doc__)
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 2
    else:
        for name, figure in FIGURES.items():
            print(f'{name}: {figure():,}')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
