"""A comparison in Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.study.compare.comparison import Comparison
from guerdon.study.report.report import Table
from guerdon.study.report.shown import is_left, texts


def markdown(of: Comparison) -> str:
    """The head, what is restated, and the tables that say most."""
    lines = [f"### {of.title}", "", *of.head]
    for section in of.brief().sections:
        lines += ["", *section.says] if section.says else []
        for table in section.tables:
            lines += ["", f"**{table.title}**", "", *_table(table)]
    lines += ["", f"<sub>{of.foot}</sub>"]
    return "\n".join(lines)


def _table(of: Table) -> Iterator[str]:
    yield _row([each.title for each in of.columns])
    yield _row(["---" if is_left(each) else "---:" for each in of.columns])
    yield from map(_row, texts(of))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"
