# SPDX-License-Identifier: BSD-3-Clause
"""Which errors a function of the library can return, by reading its source.

A call graph by names: a function may return what is named in its body and in those of all functions
that its body names. That is too much where a caller drops or turns a code; never too little.
"""
import re
from pathlib import Path

CODE = re.compile(r'\bPMEM2_E_[A-Z_]+\b')
ERRNO = re.compile(r'\bpmem2_err\(\s*(-E[A-Z]+)\b')
SYSTEM = re.compile(r'\bpmem2_err_sys\(\s*"')
# a definition: its name and parameters begin in column 0, so does its final brace
DEFINITION = re.compile(r'^(?![\s#/*}])[^\n;={}]*?\b(\w+)\((?:[^;{}]*?)\)\n\{\n(.*?)^\}', re.M | re.S)
OPERATION = re.compile(r'^\t\.(\w+) = (\w+),', re.M)
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|("(?:\\.|[^"\\\n])*")', re.S)
ATTRIBUTE = re.compile(r'\b__attribute__\(\(\w+\)\) ')
# a structure may be named as a function is: pmem2_map
TAG = re.compile(r'\b(?:struct|enum) \w+')
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def named(body):
    found = set(CODE.findall(body)) | set(ERRNO.findall(body))
    if SYSTEM.search(body):
        found.add('-errno')
    return found


class Library:
    def __init__(self, root):
        self.bodies = {}  # (file, or '' if other files can call it; name) -> (file, body)
        for path in sorted(Path(root).rglob('*.c')):
            text = COMMENT_OR_STRING.sub(lambda found: found[1] or ' ', path.read_text())
            text = ATTRIBUTE.sub('', TAG.sub('int', text))
            for found in DEFINITION.finditer(text):
                scope = path.name if found[0].startswith('static') else ''
                self.bodies[scope, found[1]] = (path.name, found[2])
            # what is called through a table: ->device_id(...)
            for operation, function in OPERATION.findall(text):
                if (path.name, function) in self.bodies:
                    self.bodies['', operation] = self.bodies[path.name, function]

    def has(self, function):
        return ('', function) in self.bodies

    def errors(self, function):
        found, seen, todo = set(), set(), [('', function)]
        while todo:
            file, name = todo.pop()
            body = self.bodies.get((file, name)) or self.bodies.get(('', name))
            if body is None or body in seen:
                continue
            seen.add(body)
            found |= named(body[1])
            todo += [(body[0], word) for word in re.findall(r'\b[a-z]\w*\b', STRING.sub('', body[1]))]
        return found
