#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prints the program in a manual page: the block that begins with a comment "NAME -- ".

usage: extract.py PAGE NAME
"""
import sys

from documents import Page


def main(path, name):
    page = Page(path)
    for block in (block for section in page.sections for block in page.blocks(section)):
        if block.startswith(f'/* {name} -- '):
            print(block, end='')
            return 0
    return f'{path} has no example {name}'


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 3 else __doc__)
