# SPDX-License-Identifier: BSD-3-Clause
"""README and the manual have one table of recorders. usage: recorders.py README MANUAL"""
import re
import sys


def plain(cell):
    return re.sub('[`*_]', '', cell).strip()


def of_readme(text):
    """Rows of the table whose first line has these heads."""
    table = text[text.index('| program | recorder |'):].split('\n\n')[0]
    rows = [[plain(cell) for cell in line.strip('|').split('|')] for line in table.split('\n')]
    return [rows[0]] + rows[2:]


def of_manual(text):
    table = text[text.index('|[ *program*\n:[ *recorder*'):].split('\n\n')[0]
    return [[plain(cell.lstrip('[')) for cell in re.split(r'\n:', row)] for row in re.split(r'(?:^|\n)\|', table)[1:]]


with open(sys.argv[1], encoding='utf-8') as readme, open(sys.argv[2], encoding='utf-8') as manual:
    ours, theirs = of_readme(readme.read()), of_manual(manual.read())
print('1..2')
print('ok 1 - there are rows' if len(ours) > 5 else 'not ok 1 - there are rows')
for a, b in zip(ours, theirs):
    if a != b:
        print(f'# README: {a}\n# manual: {b}')
print(('ok' if ours == theirs else 'not ok') + ' 2 - README and the manual say the same of recorders')
