"""A report as one page of HTML that needs nothing else: drawings, tables, and below each what its figures mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from html import escape
from pathlib import Path

from guerdon.study.describe.shown import whole_page
from guerdon.study.report.fragment import STYLE, fragment
from guerdon.study.report.plots import Line, drawn
from guerdon.study.report.report import Beside, Kind, Plot, Report, Section, Shape, Table, Value
from guerdon.study.report.shown import is_left, text, texts


def as_html(report: Report) -> str:
    """The whole report."""
    return whole_page(report.title, STYLE, _body(report, linked=True))


def as_fragment(report: Report) -> str:
    """The whole report as a part of a page that somebody else makes: without links, its style kept to itself."""
    return fragment(_body(report, linked=False))


def _body(report: Report, linked: bool) -> str:
    """The title, the head, a link to each section, the sections and the foot."""
    links = " ".join(f'<a href="#s{at}">{escape(each.title)}</a>' for at, each in enumerate(report.sections))
    head = "".join(f"<p>{_said(line)}</p>" for line in report.head)
    tiles = "".join(
        f"<div><span>{escape(of)}</span><b>{escape(figure)}</b><small>{escape(more)}</small></div>"
        for of, figure, more in report.headline
    )
    head += f'<div class="headline">{tiles}</div>' if tiles else ""
    names = [f' id="s{at}"' if linked else "" for at in range(len(report.sections))]
    sections = "\n".join(line for each in zip(names, report.sections, strict=True) for line in _section(*each))
    foot = f'<p class="absent">{escape(report.foot)}</p>'
    nav = f"\n<nav>{links}</nav>" if linked else ""
    return f"<h1>{escape(report.title)}</h1>\n{head}{nav}\n{sections}\n{foot}"


def write(report: Report, path: Path) -> None:
    """Writes the page. Errors: OSError."""
    path.write_text(as_html(report), encoding="utf-8")


def _section(id: str, of: Section) -> Iterator[str]:
    yield f"<h2{id}>{escape(of.title)}</h2>"
    if of.absent:
        yield f'<p class="absent">Left out: {_said(of.absent)}.</p>'
    yield from (f"<p>{_said(line)}</p>" for line in of.says)
    for table in of.tables:
        yield f"<h3>{escape(table.title)}</h3>"
        yield _plot(table)
        yield from (f'<p class="warning">{_said(each)}</p>' for each in table.warnings)
        if table.rows:
            yield _table(table)
        if table.notes:
            yield f'<ul class="notes">{"".join(f"<li>{_said(each)}</li>" for each in table.notes)}</ul>'
    yield from map(_beside, of.beside)


def _beside(of: Beside) -> str:
    sides = "".join(
        f"<div><h4>{escape(title)}</h4><pre>{escape(told)}</pre></div>" for title, told in (of.left, of.right)
    )
    return f'<h3>{escape(of.title)}</h3>\n<div class="beside">{sides}</div>'


def _said(text: str) -> str:
    """A sentence, in which what is to be typed stands between backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _plot(of: Table) -> str:
    """The drawing of a table, where it has one that is not in its cells."""
    if of.plot is None or of.plot.shape in (Shape.HEAT, Shape.SHARES) or len(of.rows) < 2:
        return ""
    beneath = _drawn(of, of.plot, of.plot.beneath, Shape.BARS) if of.plot.beneath else ""
    return _drawn(of, of.plot, of.plot.columns, of.plot.shape) + beneath


def _drawn(of: Table, plot: Plot, columns: tuple[str, ...], shape: Shape) -> str:
    months = [text(row[0], of.columns[0]) for row in of.rows]
    chosen = [each for each in of.columns if each.name in columns]
    lines = [Line(_titled(each.title, each.unit), tuple(map(_float, of.column(each.name)))) for each in chosen]
    if shape is Shape.BARS and not any(any(of.column(each.name)) for each in chosen):
        return ""  # bars that are all of nothing
    percent = all(each.kind is Kind.SHARE for each in chosen)
    level = float(plot.level) if plot.level is not None else None
    at = [float(each) for each in plot.at]
    return drawn(of.title, months, lines, shape is Shape.BARS, percent, at, level)


def _titled(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit else title


def _float(of: Value) -> float | None:
    """A figure as far as a drawing needs it."""
    return float(of) if isinstance(of, int | float | Fraction) else None


def _table(of: Table) -> str:
    inside = {*of.plot.columns} if of.plot is not None else set()
    drawn_in = {Shape.HEAT: _shade, Shape.SHARES: _bar}.get(of.plot.shape) if of.plot is not None else None
    total = of.total
    head = "".join(f"<th{_side(is_left(each))}>{escape(_titled(each.title, each.unit))}</th>" for each in of.columns)
    rows = "".join(
        ("<tr>" if row is not total else '<tr class="total">')
        + "".join(
            f"<td{_side(is_left(column))}{drawn_in(each) if drawn_in is not None and column.name in inside else ''}>{escape(told)}</td>"
            for each, told, column in zip(row, told_row, of.columns, strict=True)
        )
        + "</tr>\n"
        for row, told_row in zip((*of.rows, *([total] if total is not None else [])), texts(of), strict=True)
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _side(left: bool) -> str:
    return "" if left else ' class="right"'


def _bar(of: Value) -> str:
    """A bar as long as a share, from the left; what is below zero has another colour."""
    if not isinstance(of, Fraction | int):
        return ""
    colour, long = ("rgba(31, 95, 168, .28)", of) if of >= 0 else ("rgba(192, 84, 27, .28)", -of)
    return f' style="background: linear-gradient(to right, {colour} {100 * float(min(long, 1)):.1f}%, transparent 0)"'


def _shade(of: Value) -> str:
    """The darker the higher a share is."""
    return f' style="background: rgba(31, 95, 168, {0.6 * float(of):.2f})"' if isinstance(of, Fraction | int) else ""
