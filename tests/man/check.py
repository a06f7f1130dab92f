#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Holds the manual pages against the public headers and the sources; TAP.

usage: check.py SOURCE_DIRECTORY COMPILER [ARGUMENT...]
"""
import re
import subprocess
import sys
from pathlib import Path

from documents import Header, Page, function_of, statements
from sources import Library

# header: "-ENOMEM wherever an object is made", "PMEM2_E_BACKEND where it needs a backend"
SAID_ONCE = {'-ENOMEM', 'PMEM2_E_BACKEND'}

# what the call graph finds and the function does not return, and why
NEVER = {
    'pmem2_source_pread_mcsafe': {
        'PMEM2_E_BACKEND': 'a write alone needs a backend',
        'PMEM2_E_GRANULARITY_NOT_SUPPORTED': 'likewise',
        '-EOPNOTSUPP': 'O_APPEND is about writing'},
    'pmem2_map_from_existing': {'PMEM2_E_MAPPING_NOT_FOUND': 'of undoing, and dropped'},
    'pmem2_map_delete': {
        'PMEM2_E_MAPPING_EXISTS': 'of undoing, and dropped',
        'PMEM2_E_BACKEND': 'of attaching again, and dropped'},
    'pmem2_badblock_context_new': {'PMEM2_E_INVALID_SIZE_FORMAT': 'of Device DAX, whose size is not asked'},
    'pmem2_badblock_clear': {
        'PMEM2_E_SOURCE_TYPE_NOT_SUPPORTED': 'there is no context of anonymous memory',
        '-EOPNOTSUPP': 'Device DAX is not appended to'},
    'pmem2_map': {'PMEM2_E_GRANULARITY_NOT_SET': 'it has a default here'},
}
NEVER['pmem2_map_explain'] = dict.fromkeys(('PMEM2_E_BACKEND', 'PMEM2_E_GRANULARITY_NOT_SUPPORTED'), 'explained')
NEVER['pmem2_source_explain'] = NEVER['pmem2_map_explain'] | dict.fromkeys(
    ('-EINVAL', '-errno', 'PMEM2_E_ADDRESS_UNALIGNED', 'PMEM2_E_GRANULARITY_NOT_SET',
     'PMEM2_E_INVALID_ALIGNMENT_FORMAT', 'PMEM2_E_INVALID_ALIGNMENT_VALUE', 'PMEM2_E_INVALID_FILE_HANDLE',
     'PMEM2_E_INVALID_SIZE_FORMAT', 'PMEM2_E_LENGTH_UNALIGNED', 'PMEM2_E_MAPPING_EXISTS', 'PMEM2_E_MAP_RANGE',
     'PMEM2_E_NOSUPP', 'PMEM2_E_NO_ACCESS', 'PMEM2_E_OFFSET_UNALIGNED', 'PMEM2_E_SOURCE_EMPTY',
     'PMEM2_E_SRC_DEVDAX_PRIVATE'), 'a refusal is explained, not returned')
NEVER['pmem2_unmap'] = NEVER['pmem2_map_delete']

# what it returns and the call graph does not find, for it is data: struct pmem2_answers
ANSWERS = {'pmem2_map_from_existing': {'PMEM2_E_MAPPING_EXISTS'}}

points = []


def point(name, problems):
    points.append(bool(problems))
    print(f'{"not ok" if problems else "ok"} {len(points)} - {name}')
    for problem in problems:
        print(f'# {problem}')


def difference(what, ours, theirs):
    return [f'{what}: {" ".join(sorted(ours - theirs))}'] if ours - theirs else []


def check_names(header, pages):
    of = {}
    problems = []
    for page in pages:
        for name in page.names:
            if name in of:
                problems.append(f'{name} is in {page.name} and in {of[name]}')
            of[name] = page.name
        if page.name.split('.')[0] not in page.names:
            problems.append(f'{page.name} does not name itself')
    functions = {name for name, page in of.items() if page.endswith('.3')}
    problems += difference('functions without a page', set(header.prototypes), functions)
    problems += difference('pages about no function', functions, set(header.prototypes))
    return problems


def check_synopsis(header, page):
    problems = []
    declared = statements(header.text)
    found = statements(page.synopsis)
    for statement in found:
        function = function_of(statement)
        if statement != header.prototypes.get(function) and statement not in declared:
            problems.append(f'{page.name}: not as in the header: {statement}')
    problems += difference(f'{page.name}: named, not in the synopsis', set(page.names),
                           {function_of(statement) for statement in found})
    return problems


def check_compiles(source, compiler, page):
    # with the header's own declarations in sight, another type is an error
    run = subprocess.run([*compiler, '-I', source / 'include', '-std=gnu11', '-Wall', '-Wextra', '-Werror',
                          '-fsyntax-only', '-x', 'c', '-'],
                         input=page.synopsis, text=True, capture_output=True, check=False)
    return [f'{page.name}: {line}' for line in run.stderr.splitlines()] if run.returncode else []


def check_errors_header(header, pages):
    problems = []
    for page in pages:
        listed = page.errors()
        for function in page.names:
            if not header.prototypes[function].startswith('int') or function == 'pmem2_err_to_errno':
                continue
            if function not in listed:
                problems.append(f'{page.name} does not say what {function} fails with')
                continue
            ours = listed[function]
            theirs = header.errors[function] - set(NEVER.get(function, {}))
            problems += difference(f'{function}: in the header alone', theirs, ours)
            problems += difference(f'{function}: in the page alone', ours, theirs | SAID_ONCE)
    return problems


def check_errors_code(library, pages):
    problems = []
    for page in pages:
        for function, listed in page.errors().items():
            if not library.has(function):
                problems.append(f'no definition of {function} was found')
                continue
            code = library.errors(function) - set(NEVER.get(function, {}))
            problems += difference(f'{function}: the code returns, the page does not list', code, listed)
            codes = {error for error in listed if not error.startswith('-')}
            problems += difference(f'{function}: the page lists, nothing returns', codes,
                                   code | ANSWERS.get(function, set()))
    return problems


def check_codes(header, pages):
    named = {code for page in pages for code in re.findall(r'PMEM2_E_[A-Z_]*[A-Z]', page.text)}
    return difference('codes that do not exist', named, header.codes)


def check_environment(directory, page, accepted=frozenset()):
    read = set()
    for path in sorted(directory.rglob('*.c')):
        read |= set(re.findall(r'"(PMEM2?_(?!E_)[A-Z0-9_]+)"', path.read_text()))
    documented = set(re.findall(r'\*(PMEM2?_[A-Z0-9_]+)\*', page.sections['ENVIRONMENT']))
    return difference('read, not documented', read, documented) + \
        difference('documented, not read', documented, read | accepted)


def check_options(path, page):
    known = set(re.findall(r'^\t\{"(\w+)", ', path.read_text(), re.M))
    explained = set(re.findall(r'^\t?"  --(\w+) ', path.read_text(), re.M))
    documented = set(re.findall(r'^(?:\*-\w\*, )?\*--(\w+)\*', page.sections['OPTIONS'], re.M))
    return difference('known, not documented', known, documented) + \
        difference('documented, not known', documented, known) + \
        difference('in --help, not known', explained, known)


def check_references(pages):
    known = {f'{name}.{page.name.split(".")[1]}' for page in pages for name in page.names}
    problems = []
    for page in pages:
        for name, section in re.findall(r'\*((?:lib)?pmem2[\w-]*)\*\((\d)\)', page.text):
            if f'{name}.{section}' not in known:
                problems.append(f'{page.name} refers to {name}({section}), which is not there')
    return problems


def check_table(source, pages):
    table = (source / 'man/meson.build').read_text()
    listed = set(re.findall(r"'([\w-]+\.\d)'", table))
    files = {page.name for page in pages}
    return difference('not built', files, listed) + difference('built of nothing', listed, files)


def main(source, compiler):
    header = Header([source / 'include/libpmem2' / name for name in ('base.h', 'explain.h', 'extra.h', 'legacy.h')])
    pages = [Page(path) for path in sorted((source / 'man').glob('*.scd'))]
    functions = [page for page in pages if page.name.endswith('.3')]
    by_name = {page.name: page for page in pages}

    point('every public function has one page', check_names(header, pages))
    for page in functions:
        point(f'{page.name}: prototypes are the header\'s', check_synopsis(header, page))
        point(f'{page.name}: the synopsis compiles', check_compiles(source, compiler, page))
    point('errors are those of the header', check_errors_header(header, functions))
    point('errors are those of the code', check_errors_code(Library(source / 'core'), functions))
    point('codes exist', check_codes(header, pages))
    # PMEM_NO_GENERIC_MEMCPY is known by PMDK's library, and documented so that nobody wonders
    point('environment variables are those of the code',
          check_environment(source / 'core', by_name['libpmem2.7'], {'PMEM_NO_GENERIC_MEMCPY'}))
    point('and those of powerfail', check_environment(source / 'backends/powerfail', by_name['libpmem2_powerfail.7']))
    point('options of crashtest are those of the code',
          check_options(source / 'tools/crashtest/common/options.c', by_name['pmem2-crashtest.1']))
    point('references lead somewhere', check_references(pages))
    point('all pages are built', check_table(source, pages))
    print(f'1..{len(points)}')
    return any(points)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
