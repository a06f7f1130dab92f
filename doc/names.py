#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Lists the names that manual pages have, for page.py. usage: names.py OUTPUT PAGE.SECTION.scd..."""
import os
import re
import sys

with open(sys.argv[1], "w", encoding="utf-8") as out:
    for source in sys.argv[2:]:
        page = os.path.basename(source)[: -len(".scd")]
        with open(source, encoding="utf-8") as text:
            names, what = re.search(r"# NAME\s+(.*?)\s-\s(.*?)\n\n", text.read(), re.S).groups()
        for name in names.split(","):
            print(f"{name.strip()}.{page[-1]}", page, " ".join(what.replace("\\", "").split()), file=out)
