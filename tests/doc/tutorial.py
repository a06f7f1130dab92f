#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Takes the wrong version out of the tutorial, and checks that what it shows stands in its programs.

usage: tutorial.py TUTORIAL DIRECTORY-OF-PROGRAMS OUTPUT

A block ```c FILE must stand in FILE as it is. OUTPUT is kv.c with the block "kv.c, instead" in place of the one that it
replaces: that with the same first line.
"""
import pathlib
import re
import sys

tutorial, programs, output = (pathlib.Path(argument) for argument in sys.argv[1:])
blocks = re.findall(r"^```c ([^\n]+)\n(.*?)^```$", tutorial.read_text(encoding="utf-8"), re.S | re.M)
shown = {}
for name, text in blocks:
    if name.endswith(", instead"):
        source = (programs / name.removesuffix(", instead")).read_text(encoding="utf-8")
        right = shown[text.splitlines()[0]]
        output.write_text(source.replace(right, text), encoding="utf-8")
    elif text not in (programs / name).read_text(encoding="utf-8"):
        sys.exit(f"the tutorial shows what is not in {name}:\n{text}")
    else:
        shown[text.splitlines()[0]] = text
