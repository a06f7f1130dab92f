#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""names.py NM SOURCE-ROOT ARCHIVE=PREFIX,PREFIX...: what is not static in an archive begins with one of these words.
"HEADER" instead of a prefix: with the first word of the header in tools/ that declares it, or with tool_, as what runs
`pmem2 COMMAND`. So a static build collides with nobody's names, and each name tells where it is from.
"""
import re
import subprocess
import sys
from pathlib import Path


def symbols(nm, archive):
    """what the archive defines, but the compiler's own"""
    lines = subprocess.run([nm, '-g', '--defined-only', archive], check=True, stdout=subprocess.PIPE,
        text=True).stdout.splitlines()
    names = {line.split()[2] for line in lines if len(line.split()) == 3}
    return sorted(name for name in names if not name.startswith('__'))


def stems(root):
    """of each header in tools/, and what it says without comments"""
    for path in sorted((root / 'tools').glob('**/*.h')):
        yield path.stem, re.sub(r'/\*.*?\*/', '', path.read_text(), flags=re.S)


def has_header(name, headers):
    return any(name.startswith((stem.split('_')[0], 'tool_')) and re.search(rf'\b{name}\b', text) for stem, text in headers)


def main(nm, root, *archives):
    headers = list(stems(Path(root)))
    bad, seen = [], 0
    for archive, prefixes in (word.split('=') for word in archives):
        for name in symbols(nm, archive):
            seen += 1
            if prefixes == 'HEADER' and not has_header(name, headers):
                bad.append(f'{archive}: {name}: it is declared in no header of tools/ with its first word')
            elif prefixes != 'HEADER' and not name.startswith(tuple(prefixes.split(','))):
                bad.append(f'{archive}: {name}: does not begin with {prefixes}')
    print('\n'.join(bad) if bad else f'{seen} names')
    sys.exit(bool(bad) or seen == 0)


main(*sys.argv[1:])
