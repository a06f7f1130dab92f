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

EMPTY = "@empty@"
PARAGRAPH = '<p class="Pp"></p>'
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


def run(*command, text=None):
    return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout


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
    """A table may scroll; in a narrow window long names break after an underscore."""

    def breakable(table):
        return '<div class="wide">' + re.sub(r"_(?=[^<>]*<)(?![^<>]*>)", "_<wbr>", table[0]) + "</div>"

    return re.sub(r"<table\b.*?</table>", breakable, body, flags=re.S)


def keep_empty_lines(roff):
    """mandoc drops those of literal blocks"""
    return re.sub(r"^\.nf$.*?^\.fi$", lambda block: re.sub(r"^$", EMPTY, block[0], flags=re.M), roff, flags=re.S | re.M)


def make_lists(body):
    """mandoc has scdoc's lists as indented text that begins with a bullet or a number"""
    item = r'<div class="Bd-indent">(&#x2022;|\d+\.)(.*?)</div>\n?'

    def as_list(found):
        kind = "ul" if found[0].startswith('<div class="Bd-indent">&') else "ol"
        items = re.sub(item, lambda one: f"<li>{one[2].replace(PARAGRAPH, '').strip()}</li>\n", found[0], flags=re.S)
        return f"<{kind}>\n{items}</{kind}>\n"

    body = re.sub(rf"(?:{PARAGRAPH}\n)?((?:{item})+)", lambda found: as_list(re.match(r".*", found[1], re.S)), body, flags=re.S)
    return body.replace(PARAGRAPH + "\n", "")


def man(source, names):
    title = re.sub(r"\.(\d)$", r"(\1)", source.rsplit("/", 1)[1])
    with open(source, encoding="utf-8") as text:
        roff = keep_empty_lines(text.read())
    body = make_lists(run("mandoc", "-T", "html", "-O", "fragment", text=roff).replace(EMPTY, ""))
    body = body.replace(' border="1" style="border-style: solid;"', "")
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
        pages = {}
        for name, (page, what) in sorted(names.items()):
            if name.endswith("." + section):
                pages.setdefault((page, what), []).append(f'<a href="{page}.html">{name[:-2]}({section})</a>')
        rows = "".join(
            f"<tr><td>{'<br>'.join(links)}</td><td>{html.escape(what)}</td></tr>" for (_, what), links in pages.items()
        )
        body += f'<h2 id="section{section}">{title}</h2><div class="wide"><table class="list">{rows}</table></div>'
    return "Manual", "<h1>libpmem2: the manual</h1>\n", [], body


def main():
    kind, source, names_file, output = sys.argv[1:]
    names = read_names(names_file)
    title, head, headings, body = {"man": man, "markdown": markdown, "contents": index}[kind](source, names)
    with open(output, "w", encoding="utf-8") as out:
        out.write(PAGE.format(title=title, contents=head + contents(headings), body=body))


main()
