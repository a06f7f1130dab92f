#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every link of the HTML manual leads somewhere in it, and nothing is fetched from elsewhere. usage: links.py DIRECTORY"""
import html.parser
import pathlib
import sys


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.fetched = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag in ("script", "img", "iframe", "object"):
            self.fetched.append(attrs.get("src") or tag)
        if tag == "link":
            self.fetched.append(attrs["href"])


directory = pathlib.Path(sys.argv[1])
pages = {path.name: Page(path) for path in sorted(directory.glob("*.html"))}
wrong = []
for name, page in pages.items():
    for link in page.links:
        target, _, place = link.partition("#")
        there = pages.get(target or name)
        if there is None or (place and place not in there.ids):
            wrong.append(f"{name}: {link} leads nowhere")
    wrong += [f"{name}: {what} comes from elsewhere" for what in page.fetched if what != "style.css"]

text = (directory / "libpmem2.7.html").read_text(encoding="utf-8") if "libpmem2.7.html" in pages else ""
kept = "<pre>#include &lt;libpmem2.h&gt;\n\ncc" in text and "<ol>" in text and '"Bd-indent">1.' not in text
print("1..3")
print("ok 1 - pages" if len(pages) > 20 and "index.html" in pages else f"not ok 1 - {len(pages)} pages")
print("ok 2 - links" if not wrong else "not ok 2 - links\n# " + "\n# ".join(wrong))
print("ok 3 - blocks and lists" if kept else "not ok 3 - empty lines of blocks, or lists, are lost")
