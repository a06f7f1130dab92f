# SPDX-License-Identifier: BSD-3-Clause
"""What the public headers and the manual pages say, as data."""
import re
from pathlib import Path

ERROR = re.compile(r'PMEM2_E_[A-Z_]*[A-Z]\b|-E[A-Z]+\b|-errno\b')


def statements(text):
    """The declarations in a piece of C, without comments and attributes, in one spelling."""
    text = re.sub(r'/\*.*?\*/|^#(?:[^\n]*\\\n)*[^\n]*$', ' ', text, flags=re.M | re.S)
    text = re.sub(r'__attribute__\s*\(\(.*?\)\)\)?', ' ', text)
    parts = [re.sub(r'\s+', ' ', part).strip() for part in text.split(';')]
    return [re.sub(r'\s*([(),*])\s*', r'\1', part) for part in parts if part]


def function_of(statement):
    """The function that a statement declares, or None."""
    found = re.match(r'(?!typedef)[\w ]+[ *]+\*?(pmem2_\w+)\(', statement)
    return found[1] if found else None


class Header:
    """prototypes and errors of each function; a comment is about all that follows up to an empty line"""
    def __init__(self, paths):
        self.text = '\n'.join(Path(path).read_text() for path in paths)
        self.codes = set(re.findall(r'^#define (PMEM2_E_\w+)', self.text, re.M))
        self.prototypes = {}
        self.errors = {}
        plain = re.sub(r'^(#.*|extern "C" \{|\})$', '', self.text, flags=re.M)
        for paragraph in re.split(r'\n\s*\n(?! \*)', plain):
            comment = ' '.join(re.findall(r'/\*.*?\*/', paragraph, re.S))
            for statement in statements(paragraph):
                function = function_of(statement)
                if function:
                    self.prototypes[function] = statement
                    self.errors[function] = self.listed(comment)
        for function in self.errors:
            self.errors[function] = self.resolve(function)

    @staticmethod
    def listed(comment):
        # what PMDK's programs get is another matter
        text = re.sub(r"[(;] ?a program[\s*]+linked to[\s*]+PMDK's[\s*]+library[\s*]+gets[^\n]*", ' ',
                      comment)
        text = re.sub(r'\s+\*?\s*', ' ', text)
        text = re.sub(r'(\w+)_([A-Z]+), _([A-Z]+)\b', r'\1_\2 \1_\3', text)
        text = re.sub(r'\b(pmem2_\w+)_([a-z]+), _([a-z]+)\b', r'\1_\2, \1_\3', text)
        return text

    def resolve(self, function):
        text = self.errors[function]
        if isinstance(text, set):
            return text
        found = set(ERROR.findall(text))
        for others in re.findall(r'those of ((?:pmem2_\w+(?:, )?)+)', text):
            for other in others.split(', '):
                found |= self.resolve(other)
        return found


class Page:
    def __init__(self, path):
        self.name = Path(path).name[:-len('.scd')]
        self.text = Path(path).read_text()
        self.sections = dict(re.findall(r'^# (.+?)\n\n(.*?)(?=^# |\Z)', self.text, re.M | re.S))
        names, self.purpose = re.split(r' - ', ' '.join(self.sections['NAME'].split()), maxsplit=1)
        self.names = names.split(', ')
        self.synopsis = '\n'.join(self.blocks('SYNOPSIS'))

    def blocks(self, section):
        """the literal blocks, as they are printed"""
        found = re.findall(r'^```\n(.*?)^```$', self.sections.get(section, ''), re.M | re.S)
        return [re.sub(r'\\(.)', r'\1', block) for block in found]

    def errors(self):
        """function -> its errors: those under its heading, or those under none, which are about all"""
        parts = re.split(r'^## (.+)\n', self.sections.get('ERRORS', ''), flags=re.M)
        found = {}
        entries = self.entries(parts[0])
        if entries:
            for function in self.names:
                found[function] = entries
        for heading, body in zip(parts[1::2], parts[2::2]):
            for function in re.findall(r'(\w+)\(\)', heading):
                found[function] = self.entries(body)
        return found

    @staticmethod
    def entries(text):
        """entries are bold and begin a line that is followed by an indented one"""
        found = set()
        for entry in re.findall(r'^((?:\*\S+\*,?\s)+)\t', text, re.M):
            found |= set(ERROR.findall(entry))
        return found
