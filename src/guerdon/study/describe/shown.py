"""A description on a terminal, as Markdown, and as one page of HTML."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from guerdon.study.describe.page import Block, Grid, Item, Page, Points, Section, Sentences, as_json

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 110
"""Characters of a line of text that is written into a file."""


def show(page: Page, form: str, out: Path | None = None) -> None:
    """Prints a page as `text`, `markdown`, `html` or `json`, or writes it into a file."""
    match form:
        case "html":
            text = as_html(page)
        case "markdown":
            text = as_markdown(page)
        case "json":
            text = json.dumps(as_json(page), indent=2, ensure_ascii=False) + "\n"
        case _:
            return _show_text(page, out)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    return None


def _show_text(page: Page, out: Path | None) -> None:
    from rich.console import Console

    from guerdon.study.screen import console

    if out is None:
        return on_terminal(page, console())
    with out.open("w", encoding="utf-8") as file:
        return on_terminal(page, Console(file=file, width=WIDTH, highlight=False, emoji=False))


# ---------------------------------------------------------------- a terminal


def on_terminal(page: Page, to: Console) -> None:
    """Headings, paragraphs and tables, as wide as the terminal."""
    with to.capture() as captured:
        _print_page(page, to)
    to.file.write("\n".join(line.rstrip() for line in captured.get().split("\n")))


def _print_page(page: Page, to: Console) -> None:
    from rich.text import Text

    to.print(Text(page.title, style="bold"))
    for section in page.sections:
        to.print()
        if section.title:
            to.print(Text(section.title.upper(), style="bold cyan"))
        for number, item in enumerate(section.items):
            if item.title:
                to.print(*([] if number == 0 else [""]), Text(item.title, style="bold"), sep="\n" if number else "")
            for block in item.blocks:
                _print(block, to)


def _print(block: Block, to: Console) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    match block:
        case Sentences(said):
            to.print(Padding(Text(" ".join(said)), (0, 0, 0, 2)))
        case Points(said, numbered):
            made = Table.grid(padding=(0, 1))
            for number, each in enumerate(said, 1):
                made.add_row(Text(f"{number}." if numbered else "-"), Text(each))
            to.print(Padding(made, (0, 0, 0, 2)))
        case Grid(columns, rows):
            made = Table(header_style="dim", box=None, pad_edge=False, padding=(0, 2, 0, 0))
            for column in columns:
                made.add_column(Text(column))
            for row in rows:
                made.add_row(*map(Text, row))
            to.print(Padding(made, (0, 0, 0, 2)))
        case _:
            assert_never(block)


# ---------------------------------------------------------------- Markdown


def as_markdown(page: Page) -> str:
    """The page as Markdown, with pipes for tables."""
    lines = [f"# {_marked(page.title)}", ""]
    for section in page.sections:
        lines += [f"## {_marked(section.title)}", ""] if section.title else []
        for item in section.items:
            lines += [f"### {_marked(item.title)}", ""] if item.title else []
            for block in item.blocks:
                lines += [*_markdown(block), ""]
    return "\n".join(lines)


def _markdown(block: Block) -> Iterator[str]:
    match block:
        case Sentences(said):
            yield _marked(" ".join(said))
        case Points(said, numbered):
            for number, each in enumerate(said, 1):
                yield f"{f'{number}.' if numbered else '-'} {_marked(each)}"
        case Grid(columns, rows):
            for row in (columns, tuple("---" for _ in columns), *rows):
                yield f"| {' | '.join(each if row[0] == '---' else _marked(each) for each in row)} |"
        case _:
            assert_never(block)


def _marked(text: str) -> str:
    """A text in which no sign has a meaning of its own."""
    return re.sub(r"([\\`*_<>\[\]|#])", r"\\\1", text)


# ---------------------------------------------------------------- HTML

STYLE = """
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #1b1b1b; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font: 600 1.25rem/1.3 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; margin: 2.2rem 0 .6rem; padding-bottom: .2rem;
     border-bottom: 1px solid #c9c9c9; }
h3 { font: 600 1rem/1.4 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; margin: 1.2rem 0 .2rem; break-after: avoid; }
p, ul, ol { margin: .2rem 0 .7rem; }
ul, ol { padding-left: 1.4rem; }
nav ol { columns: 2; font: .95rem/1.6 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }
a { color: #1f4e8c; text-decoration: none; }
table { border-collapse: collapse; margin: .3rem 0 .9rem; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #e2e2e2; }
th { font: 600 .85rem/1.4 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; color: #555; }
tr.added td:last-child { background: #e7f3e7; }
tr.removed td:nth-child(2) { background: #f8e6e4; }
tr.changed td + td { background: #fbf6e3; }
table.changes { width: 100%; table-layout: fixed; } table.changes th:first-child { width: 5.2rem; }
table.changes td + td { padding-left: .5rem; border-left: .5rem solid #fff; }
section, h3 + p, tr { break-inside: avoid-page; }
@media print { body { font-size: 11pt; max-width: none; margin: 0; } nav { display: none; } a { color: inherit; } }
"""


def as_html(page: Page) -> str:
    """One page that needs nothing else and prints well."""
    titles = [each.title for each in page.sections if each.title]
    contents = "".join(f'<li><a href="#{_anchor(each)}">{escape(each)}</a></li>' for each in titles)
    body = [f"<h1>{escape(page.title)}</h1>", f"<nav><ol>{contents}</ol></nav>" if len(titles) > 2 else ""]
    body += [_section(each) for each in page.sections]
    return whole_page(page.title, STYLE, "\n".join(filter(None, body)))


def whole_page(title: str, style: str, body: str) -> str:
    """A document of HTML around a body."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _section(of: Section) -> str:
    head = f'<h2 id="{_anchor(of.title)}">{escape(of.title)}</h2>\n' if of.title else ""
    return f"{head}{''.join(map(_item, of.items))}"


def _item(of: Item) -> str:
    head = f"<h3>{escape(of.title)}</h3>\n" if of.title else ""
    return f"{head}{''.join(_html(each) for each in of.blocks)}"


def _html(block: Block) -> str:
    match block:
        case Sentences(said):
            return f"<p>{escape(' '.join(said))}</p>\n"
        case Points(said, numbered):
            tag = "ol" if numbered else "ul"
            return f"<{tag}>\n{''.join(f'<li>{escape(each)}</li>' for each in said)}</{tag}>\n"
        case Grid(columns, rows):
            head = "".join(f"<th>{escape(each)}</th>" for each in columns)
            kind = "" if columns[0] else ' class="changes"'
            return f"<table{kind}>\n<thead><tr>{head}</tr></thead>\n{''.join(map(_row, rows))}</table>\n"
        case _:
            assert_never(block)


def _row(cells: tuple[str, ...]) -> str:
    kind = f' class="{cells[0]}"' if cells[0] in ("added", "removed", "changed") and len(cells) == 3 else ""
    return f"<tr{kind}>{''.join(f'<td>{escape(each)}</td>' for each in cells)}</tr>\n"


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
