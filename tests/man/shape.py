#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every manual page has the sections that a reader looks for, and its examples compile; TAP.

usage: shape.py SOURCE_DIRECTORY PROGRAM_ERRNO COMPILER [ARGUMENT...]

PROGRAM_ERRNO prints what pmem2_err_to_errno makes of each code that is named on its standard input.
"""
import errno
import re
import subprocess
import sys
from pathlib import Path

from documents import Page

ORDER = ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'RETURN VALUE', 'ERRORS', 'THREAD SAFETY', 'COMPATIBILITY',
         'NOTES', 'EXAMPLES', 'SEE ALSO')
NEEDED = {'NAME', 'SYNOPSIS', 'DESCRIPTION', 'RETURN VALUE', 'ERRORS', 'THREAD SAFETY', 'EXAMPLES', 'SEE ALSO'}
OVERVIEW = ('ATOMICITY AND ORDER', 'FORK', 'PRIVILEGES', 'LIMITS')
# beside the pages
DOCUMENTS = ('README.md', 'TESTING.md', 'doc/tutorial.md')
# words that this project's pages use for nothing, as another one is clearer
UNCLEAR = {'behind': 'after, or beyond', 'answer': 'return', 'answers': 'returns', 'answered': 'returned',
           'whoever': 'a program that', 'anew': 'again'}
FLAGS = ('-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O2', '-c', '-o', '/dev/null', '-x', 'c', '-')


def sections(page):
    names = list(page.sections)
    problems = [f'{page.name} has no section {name}' for name in ORDER if name in NEEDED - set(names)]
    problems += [f'{page.name}: a section {name} is not foreseen' for name in names if name not in ORDER]
    places = [ORDER.index(name) for name in names if name in ORDER]
    return problems + ([f'{page.name}: the sections are not in order'] if places != sorted(places) else [])


def programs(page):
    """name -> text of the blocks that begin with a comment "NAME.c -- "."""
    return {found[1]: block for section in page.sections for block in page.blocks(section)
            if (found := re.match(r'/\* (\w+\.c) -- ', block))}


def compiles(source, compiler, page):
    problems = []
    for name, text in programs(page).items():
        run = subprocess.run([*compiler, '-I', source / 'include', *FLAGS], input=text, text=True,
                             capture_output=True, check=False)
        problems += [f'{page.name}: {name}: {line}' for line in run.stderr.splitlines()] if run.returncode else []
    return problems


def backslashes(page):
    """scdoc prints no backslash of a block but a doubled one"""
    problems = []
    for block in re.findall(r'^```\n(.*?)^```$', page.text, re.M | re.S):
        lost = re.findall(r'^.*(?<!\\)(?:\\\\)*\\[^\\\n].*$', block, re.M)
        problems += [f'{page.name}: a backslash must be written twice: {line.strip()}' for line in lost]
    return problems


def words(name, text):
    text = re.sub(r'^```.*?^```$', '', text, flags=re.M | re.S)
    return [f'{name}: "{word}": say {UNCLEAR[word.lower()]}'
            for word in re.findall(r'\w+', text) if word.lower() in UNCLEAR]


def structures(text):
    """name -> members, without comments and in one spelling"""
    text = re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)
    return {name: ' '.join(body.split()) for name, body in re.findall(r'^struct (\w+) \{\n(.*?)^\};', text, re.M | re.S)}


def contract(source, page):
    """the structures in the page on backends are the header's"""
    shown = structures('\n'.join(page.blocks('THE CONTRACT')))
    real = structures((source / 'include/libpmem2/backend.h').read_text())
    return [f'{page.name}: struct {name} is not as in the header' for name in shown.keys() | real.keys()
            if shown.get(name) != real.get(name)]


def defined(source):
    text = (source / 'include/libpmem2/base.h').read_text()
    return dict(re.findall(r'^#define PMEM2_E_(\w+)\s+\((-\d+)\)', text, re.M))


def codes(source, program, page):
    """the table of all codes against the header and the library"""
    wanted = defined(source)
    rows = re.findall(r'^\|  (-\d+)\n:  ([A-Z_]+)\n:  .+\n:  (E[A-Z]+)$', page.sections['CODES'], re.M)
    problems = [f'{name} is not in the table' for name in wanted if name not in {row[1] for row in rows}]
    said = subprocess.run([program], input='\n'.join(number for number, _, _ in rows) + '\n', text=True,
                          capture_output=True, check=True).stdout.split()
    for (number, name, value), real in zip(rows, said, strict=True):
        if wanted.get(name) != number:
            problems.append(f'{name} is {wanted.get(name)} in the header, {number} in the page')
        if getattr(errno, value, None) != int(real):
            problems.append(f'{name}: pmem2_err_to_errno returns {errno.errorcode.get(int(real), real)}, not {value}')
    used = ' '.join(path.read_text() for path in sorted((source / 'core').rglob('*.c')) if path.name != 'error.c')
    unused = set(re.findall(r'^:  ([A-Z_]+)\n:  unused$', page.sections['CODES'], re.M))
    problems += [f'{name} is returned by a function, or unused: the page says the other' for name in wanted
                 if (name in unused) == bool(re.search(rf'\bPMEM2_E_{name}\b', used))]
    if [int(row[0]) for row in rows] != sorted((int(row[0]) for row in rows), reverse=True):
        problems.append('the codes are not in order')
    return problems


def main(source, program, compiler):
    pages = [Page(path) for path in sorted((source / 'man').glob('*.scd'))]
    by_name = {page.name: page for page in pages}
    table = (source / 'tests/man/meson.build').read_text()
    points = []
    for page in pages:
        if page.name.endswith('.3'):
            points.append((f'{page.name}: sections', sections(page)))
            points.append((f'{page.name}: an example is built', [
                f'{page.name} has no example that begins with /* NAME.c -- '] * (not programs(page))))
        points.append((f'{page.name}: examples compile', compiles(source, compiler, page) + [
            f'{page.name}: {name} is not in tests/man/meson.build' for name in programs(page)
            if f"'{name[:-2]}'" not in table]))
        points.append((f'{page.name}: backslashes are printed', backslashes(page)))
        points.append((f'{page.name}: plain words', words(page.name, page.text)))
    for path in (*DOCUMENTS, *sorted(path.relative_to(source) for path in (source / 'include').rglob('*.h'))):
        points.append((f'{path}: plain words', words(path, (source / path).read_text())))
    points.append(('libpmem2.7: sections', [f'there is no section {name}' for name in OVERVIEW
                                            if name not in by_name['libpmem2.7'].sections]))
    points.append(('libpmem2_errors.7: codes', codes(source, program, by_name['libpmem2_errors.7'])))
    points.append(('libpmem2_backend.7: structures', contract(source, by_name['libpmem2_backend.7'])))
    for number, (name, problems) in enumerate(points, 1):
        print(f'{"not ok" if problems else "ok"} {number} - {name}')
        for problem in problems:
            print(f'# {problem}')
    print(f'1..{len(points)}')
    return any(problems for _, problems in points)


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
