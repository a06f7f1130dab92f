#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes one page of the HTML manual.

usage: page.py KIND SOURCE NAMES OUTPUT
KIND is man (SOURCE: a manual page, for mandoc), markdown (for cmark-gfm) or contents (SOURCE: the style sheet, ignored).
NAMES lists what can be linked to: a line "NAME.SECTION PAGE.SECTION WHAT" for each function, command and topic.
"""
import html
import re
import subprocess
import sys

SECTIONS = (("7", "Overviews"), ("1", "Commands"), ("3", "Functions"))

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - libpmem2</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<nav><a href="index.html">libpmem2</a> <a href="tutorial.html">Tutorial</a> <a href="libpmem2.7.html">Overview</a></nav>
<main>
{contents}{body}
</main>
</body>
</html>
"""


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_names(path):
    names = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, page, what = line.rstrip("\n").split(" ", 2)
            names[name] = (page, what)
    return names


def link_pages(body, names):
    """<b>name</b>(3) becomes a link where there is such a page."""

    def link(match):
        page = names.get(f"{match[2]}.{match[3]}")
        return match[0] if page is None else f'<a href="{page[0]}.html">{match[1]}({match[3]})</a>'

    return re.sub(r"((?:<b>)?([a-z][a-z0-9_-]*)(?:</b>)?)\(([137])\)", link, body)


def contents(headings):
    if len(headings) < 3:
        return ""
    items = "".join(f'<li><a href="#{key}">{text}</a></li>' for key, text in headings)
    return f'<details class="contents"><summary>On this page</summary><ul>{items}</ul></details>\n'


def wrap_tables(body):
    return re.sub(r"(<table\b.*?</table>)", r'<div class="wide">\1</div>', body, flags=re.S)


def man(source, names):
    title = re.sub(r"\.(\d)$", r"(\1)", source.rsplit("/", 1)[1])
    body = run("mandoc", "-T", "html", "-O", "fragment", source)
    body = re.sub(r'<table class="(?:head|foot)">.*?</table>', "", body, flags=re.S)
    headings = re.findall(r'<h1 class="Sh" id="([^"]+)"><a[^>]*>(.*?)</a></h1>', body, flags=re.S)
    return title, f"<h1>{title}</h1>\n", headings, wrap_tables(link_pages(body, names))


def markdown(source, names):
    body = run("cmark-gfm", "--extension", "table", source)
    headings = []

    def number(match):
        key = re.sub(r"[^a-z0-9]+", "-", html.unescape(match[1]).lower()).strip("-")
        headings.append((key, match[1]))
        return f'<h2 id="{key}">{match[1]}</h2>'

    body = re.sub(r"<h2>(.*?)</h2>", number, body)
    title = re.search(r"<h1>(.*?)</h1>", body)[1]
    body = body.replace(f"<h1>{title}</h1>", "", 1)
    return title, f"<h1>{title}</h1>\n", headings, wrap_tables(link_pages(body, names))


def index(_, names):
    body = '<p>Begin with the <a href="tutorial.html">tutorial</a>, or with <a href="libpmem2.7.html">libpmem2(7)</a>.</p>'
    for section, title in SECTIONS:
        rows = "".join(
            f'<tr><td><a href="{page}.html">{name[:-2]}({section})</a></td><td>{html.escape(what)}</td></tr>'
            for name, (page, what) in sorted(names.items())
            if name.endswith("." + section)
        )
        body += f'<h2 id="section{section}">{title}</h2><div class="wide"><table>{rows}</table></div>'
    return "Manual", "<h1>libpmem2: the manual</h1>\n", [], body


def main():
    kind, source, names_file, output = sys.argv[1:]
    names = read_names(names_file)
    title, head, headings, body = {"man": man, "markdown": markdown, "contents": index}[kind](source, names)
    with open(output, "w", encoding="utf-8") as out:
        out.write(PAGE.format(title=title, contents=head + contents(headings), body=body))


main()
