#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Takes the blocks out of README.md, for a test that does what each of them says.

usage: blocks.py README DIRECTORY

Writes the blocks that are to be run or compared to DIRECTORY/NN.LANGUAGE, in order, and the reason why one is
not to DIRECTORY/NN.skip. A block stands between ```LANGUAGE and ```, and the language says what is done with it:

	sh      commands, run in the checkout, each block in a shell of its own
	c       becomes program.c in the checkout
	meson   a project's meson.build, beside program.c; the project is built with the library as a subproject
	ini     the wrap file of that project
	cmake   a project's CMakeLists.txt, beside program.c; built with the installed library
	text    what the block of commands before it prints, numbers aside; [...] ends a line that goes on

The line before a block may be <!-- not run: REASON -->. All else is an error: a block of another
language, without a language, or indented.
"""
import pathlib
import re
import sys

KNOWN = ('sh', 'c', 'meson', 'ini', 'cmake', 'text')
MARK = re.compile(r'<!-- not run: (\S.*) -->$')


def blocks(lines):
    """(line number, language, reason not to run it or None, text)"""
    inside = None
    for number, line in enumerate(lines, 1):
        fence = re.match(r'\s*(`{3,}|~{3,})\s*(.*)$', line)
        if inside is None and fence:
            mark = MARK.match(lines[number - 2]) if number > 1 else None
            inside = number, fence[2], mark[1] if mark else None, []
        elif inside is not None and fence and not fence[2]:
            yield (*inside[:3], '\n'.join(inside[3]) + '\n')
            inside = None
        elif inside is not None:
            inside[3].append(line)
        elif re.match(r'(\t| {4})\S', line) and not (lines[number - 2].strip() if number > 1 else ''):
            raise ValueError(f'line {number}: an indented block: put it between ```LANGUAGE and ```')
        elif line.startswith('<!--') and 'run' in line and not MARK.match(line):
            raise ValueError(f'line {number}: not understood; it is <!-- not run: REASON -->')
    if inside is not None:
        raise ValueError(f'line {inside[0]}: a block without an end')


def pattern(text):
    """A regular expression for each line, for grep -x: numbers, and names of scratch files, are others each time."""
    lines = []
    for line in text.splitlines():
        line = re.escape(line).replace(re.escape('[...]'), '.*')
        line = re.sub(r'/tmp/pmem2\\-crashtest\\\.\w+', r'[^ ]*', line)
        lines.append(re.sub(r'0x[0-9a-f]+|\d+', '[0-9a-fx]+', line))
    return '\n'.join(lines).replace('\\ ', ' ').replace('\\-', '-') + '\n'


def main(readme, directory):
    directory.mkdir(parents=True, exist_ok=True)
    count = 0
    before = None
    for line, language, reason, text in blocks(readme.read_text().splitlines()):
        if language not in KNOWN and not reason:
            raise ValueError(f'line {line}: nothing is known of language "{language}"; known: {", ".join(KNOWN)}')
        if language == 'text' and not reason:
            if before != 'sh':
                raise ValueError(f'line {line}: no block of commands before it printed this')
            text = pattern(text)
        before = 'sh' if language == 'sh' and not reason else before if language == 'text' else None
        count += 1
        name = f'{count:02}.{"skip" if reason else language}'
        (directory / name).write_text(f'line {line}: {reason}\n' if reason else text)
    return count == 0


if __name__ == '__main__':
    try:
        sys.exit(main(*map(pathlib.Path, sys.argv[1:])))
    except ValueError as error:
        sys.exit(f'README.md: {error}')
