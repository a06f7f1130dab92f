#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks how the code is put together, against scripts/levels.txt.

usage: structure.py [--table]
  --table  prints for each folder: files, lines, headers reachable from a .c (median, largest), functions
           (median, largest) and circles of includes; checks nothing

Checked: includes go down the levels; no circle of includes; at most 60 lines a function, 400 lines a file and
8 headers reachable from a .c (the API's are not counted), but for the exceptions that levels.txt argues. Tests
are bound by the length of functions alone. The files that README.md, ARCHITECTURE.md and
CONTRIBUTING.md name exist. Exit status: 0; 1 if a rule is broken.
"""
import collections
import fnmatch
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES, FUNCTION, REACHABLE = 400, 60, 8


class Rules:
    def __init__(self, path):
        self.folders = {}
        self.levels = collections.defaultdict(list)
        self.large = {}
        self.reaches = {}
        self.circles = {}
        self.apart = set()
        for line in path.read_text().splitlines():
            key, _, value = line.partition(':')
            if not line.strip() or line.startswith('#'):
                continue
            if key.startswith('level '):
                self.levels[key.split()[1]].append(value.split())
            elif key.startswith('large '):
                self.large[key.split()[1]] = value
            elif key == 'apart':
                self.apart |= set(value.split())
            elif key.startswith('circle '):
                self.circles[key.split()[1]] = value
            elif key.startswith('reaches '):
                self.reaches[key.split()[1]] = int(value.split(':')[0])
            else:
                self.folders[key] = value.split()

    def may_include(self, folder, other):
        """whether a file of the folder may include one of the other; None: no rule for the folder"""
        patterns = [key for key in self.folders if fnmatch.fnmatchcase(folder, key)]
        if not patterns or folder.startswith('tests'):
            return None
        best = max(patterns, key=lambda key: (key == folder, len(key)))
        return any(fnmatch.fnmatchcase(other, may) for may in (folder, *self.folders[best])) or other.startswith('include')

    def limit(self, path):
        """how many headers it may reach"""
        return max((limit for pattern, limit in self.reaches.items() if fnmatch.fnmatchcase(path, pattern)),
            default=REACHABLE)

    def level(self, path):
        """the file's level in its folder, 0 the lowest; None: the folder has no levels"""
        folder, name = str(Path(path).parent), Path(path).name
        levels = self.levels.get(folder)
        if levels is None:
            return None
        for number, names in enumerate(reversed(levels)):
            if name in names or Path(name).stem in names:
                return number
        return -1


class Tree:
    """the project's C files, and which of them each includes"""

    def __init__(self, apart):
        self.apart = apart
        names = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '*.c', '*.h'], cwd=ROOT, check=True,
            stdout=subprocess.PIPE, text=True).stdout.split()
        self.texts = {name: (ROOT / name).read_text() for name in sorted(names) if (ROOT / name).exists()}
        self.includes = {name: sorted(self.find_includes(name)) for name in self.texts}

    def find_includes(self, name):
        for kind, wanted in re.findall(r'^\s*#\s*include\s+([<"])([^">]+)[">]', self.texts[name], re.M):
            places = [Path('include')] if kind == '<' else [Path(name).parent, Path('.'), Path('core'), Path('tools'),
                Path('tools/crashtest')]
            for place in places:
                parts = []
                for part in (place / wanted).parts:
                    if part == '..' and parts:
                        parts.pop()
                    else:
                        parts.append(part)
                path = '/'.join(parts)
                if path in self.texts:
                    yield path
                    break

    def reachable(self, name):
        seen, todo = set(), [name]
        while todo:
            for other in self.includes[todo.pop()]:
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return {other for other in seen - {name} if not other.startswith('include/')}

    def circles(self, folder):
        """sets of units of the folder that include one another"""
        uses = collections.defaultdict(set)
        for name, others in self.includes.items():
            if str(Path(name).parent) == folder:
                uses[self.unit(name)] |= {self.unit(o) for o in others if str(Path(o).parent) == folder} - {self.unit(name)}
        return circles_of(uses)

    def unit(self, name):
        """x.c and x.h are one, unless the rules set the header apart"""
        return Path(name).name if name in self.apart else Path(name).stem


def circles_of(uses):
    """strongly connected sets of more than one, by mutual reachability"""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for other in uses.get(todo.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    reached = {unit: reach(unit) for unit in list(uses)}
    found = {frozenset(other for other in reached[unit] if unit in reached.get(other, ()))
        for unit in reached if unit in reached[unit]}
    return sorted(sorted(circle) for circle in found)


def functions(text):
    """(name, first line, lines) of each function: kernel layout, so its braces stand in the first column"""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if line != '{':
            continue
        end = next((j for j in range(i, len(lines)) if lines[j].startswith('}')), len(lines) - 1)
        first = i - 1
        while first > 0 and lines[first - 1].strip() and not lines[first - 1].startswith(('}', '#', ' *', '/*')) \
                and not lines[first - 1].endswith((';', '*/')):
            first -= 1
        names = re.findall(r'(\w+)\s*\(', ' '.join(lines[first:i]))
        yield names[0] if names else '?', first + 1, end - first + 1


def bound(name):
    """whether the rules of form hold there: a test's main table may be long"""
    return not name.startswith('tests/')


def problems(tree, rules):
    for name, others in tree.includes.items():
        folder, level = str(Path(name).parent), rules.level(name)
        if level == -1:
            yield f'{name}: has no level in scripts/levels.txt'
        for other in others:
            if rules.may_include(folder, str(Path(other).parent)) is False:
                yield f'{name}: includes {other}, and {folder}/ may not'
            other_level = rules.level(other)
            if str(Path(other).parent) == folder and None not in (level, other_level) and other_level > level:
                yield f'{name}: includes {other}, which is on a higher level'
    for folder in sorted({str(Path(name).parent) for name in tree.texts}):
        for circle in tree.circles(folder) if folder not in rules.circles else []:
            yield f'{folder}: a circle of includes: {", ".join(circle)}'
    for name, text in tree.texts.items():
        count = text.count('\n')
        if bound(name) and count > LINES and name not in rules.large:
            yield f'{name}: {count} lines, more than {LINES}'
        if name in rules.large and count <= LINES:
            yield f'{name}: {count} lines, and still an exception in scripts/levels.txt'
        limit = rules.limit(name)
        reached = len(tree.reachable(name))
        if bound(name) and name.endswith('.c') and reached > limit:
            yield f'{name}: reaches {reached} headers, more than {limit}: {", ".join(sorted(tree.reachable(name)))}'
        if name in rules.reaches and reached < limit:
            yield f'{name}: reaches {reached} headers, fewer than its exception in scripts/levels.txt says'
        for function, line, length in functions(text):
            if length > FUNCTION:
                yield f'{name}:{line}: {function} has {length} lines, more than {FUNCTION}'


def unknown_files():
    """what the documents name and the tree does not have"""
    for name in ('README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'):
        for path in re.findall(r'(?<![\w/])(?:core|powerfail|backends|recorders|tools)/[\w/*.]+\.[ch]\b', (ROOT / name).read_text()):
            if not list(ROOT.glob(path)):
                yield f'{name}: names {path}, which does not exist'


def middle(numbers):
    return f'{statistics.median(numbers):g}' if numbers else '-'


def table(tree):
    print(f'{"folder":<24}{"files":>6}{"lines":>7}{"headers":>9}{"max":>4}{"function":>10}{"max":>4}  circles')
    folders = collections.defaultdict(list)
    for name in tree.texts:
        folders[str(Path(name).parent)].append(name)
    for folder, names in sorted(folders.items()):
        reached = [len(tree.reachable(name)) for name in names if name.endswith('.c')]
        lengths = [length for name in names for _, _, length in functions(tree.texts[name])]
        circles = '; '.join(' '.join(circle) for circle in tree.circles(folder)) or '-'
        print(f'{folder:<24}{len(names):>6}{sum(tree.texts[name].count(chr(10)) for name in names):>7}'
            f'{middle(reached):>9}{max(reached, default=0):>4}{middle(lengths):>10}{max(lengths, default=0):>4}  {circles}')


def main(arguments):
    rules = Rules(ROOT / 'scripts/levels.txt')
    tree = Tree(rules.apart)
    if arguments == ['--table']:
        table(tree)
        return 0
    if arguments:
        print(__doc__.strip())
        return 0 if arguments == ['--help'] else 2
    found = [*problems(tree, rules), *unknown_files()]
    for problem in found:
        print(problem)
    return bool(found)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
