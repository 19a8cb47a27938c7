"""A report that shows itself where it is the last line of a cell: as tables and drawings, in short where there are none."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.study.report.page import as_fragment
from guerdon.study.report.report import Report


class InNotebook(Report):
    """A report that notebooks can show; its plain form is one line."""

    def __repr__(self) -> str:
        tables = sum(len(each.tables) for each in self.sections)
        return f"<{type(self).__name__}: {self.title}, {tables} table{'' if tables == 1 else 's'}>"

    def _repr_html_(self) -> str:
        return as_fragment(self)

    def _repr_markdown_(self) -> str:
        """What is read first: the head, the few figures, and what is said of each section."""
        return "\n".join(_short(self))


def _short(of: Report) -> Iterator[str]:
    yield f"### {of.title}"
    for line in of.head:
        yield from ("", line)
    if of.headline:
        yield from ("", "| figure | | |", "|---|---:|---|")
        yield from (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in of.headline)
    for section in of.sections:
        if section.says:
            yield from ("", f"**{section.title}**", "", " ".join(section.says))
    names = [f"`{table.name}`" for each in of.sections for table in each.tables]
    yield from ("", f"Tables: {', '.join(names)}.") if names else ()
