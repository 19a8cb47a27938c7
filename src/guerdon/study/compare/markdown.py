"""A comparison in a few lines of Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.study.compare.comparison import Comparison
from guerdon.study.report.report import Table
from guerdon.study.report.shown import is_left, texts

TABLES = ("cost", "causes", "rules", "people")
"""The tables that say most."""


def markdown(of: Comparison) -> str:
    """The head, what is restated, and the tables that say most."""
    past = next(section for section in of.sections if section.title.startswith("Before"))
    lines = [f"### {of.title}", "", *of.head, "", *past.says]
    known = {table.name: table for section in of.sections for table in section.tables}
    for name in TABLES:
        if name in known and known[name].rows:
            lines += ["", f"**{known[name].title}**", "", *_table(known[name])]
    lines += ["", f"<sub>{of.foot}</sub>"]
    return "\n".join(lines)


def _table(of: Table) -> Iterator[str]:
    yield _row([each.title for each in of.columns])
    yield _row(["---" if is_left(each) else "---:" for each in of.columns])
    yield from map(_row, texts(of))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"
