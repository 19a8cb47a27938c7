"""A report as one page of HTML that needs nothing else: drawings, tables, and below each what its figures mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from html import escape
from pathlib import Path

from guerdon.study.describe.shown import whole_page
from guerdon.study.report.plots import Line, drawn
from guerdon.study.report.report import Beside, Kind, Report, Section, Shape, Table, Value
from guerdon.study.report.shown import is_left, text, texts

STYLE = """
body { font: 15px/1.5 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; color: #1b1b1b; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font: 600 1.9rem/1.2 Georgia, 'Times New Roman', serif; margin: 0 0 .4rem; }
h2 { font: 600 1.35rem/1.3 Georgia, 'Times New Roman', serif; margin: 2.6rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid #1f5fa8; }
h3 { font-size: 1.02rem; margin: 1.8rem 0 .5rem; }
nav { margin: 1rem 0; } nav a { margin-right: 1rem; color: #1f5fa8; text-decoration: none; white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem; }
th { text-align: left; font-weight: 600; color: #555; border-bottom: 1px solid #999; padding: .25rem .7rem .25rem 0; vertical-align: bottom; }
td { border-bottom: 1px solid #e6e6e6; padding: .2rem .7rem .2rem 0; white-space: nowrap; }
tr.total td { font-weight: 600; border-top: 1px solid #999; border-bottom: none; }
th.right, td.right { text-align: right; padding: .2rem .35rem .2rem .7rem; }
figure { margin: .4rem 0 .8rem; } svg { width: 100%; max-width: 760px; height: auto; display: block; }
svg text { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }
figcaption { font-size: .82rem; color: #444; margin-left: 4rem; } figcaption span { margin-right: 1.2rem; }
figcaption i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -.1rem; }
ul.notes { font-size: .82rem; color: #555; margin: .5rem 0 0; padding-left: 1.1rem; max-width: 52rem; }
p.warning { background: #fff4e0; border-left: 4px solid #c0541b; padding: .4rem .7rem; margin: .5rem 0; max-width: 52rem; }
p.absent { color: #666; }
.headline { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0; }
.headline div { flex: 1 1 11rem; border: 1px solid #ddd; border-top: 3px solid #1f5fa8; padding: .6rem .8rem; display: flex; flex-direction: column; }
.headline span { font-size: .8rem; color: #555; } .headline b { font-size: 1.35rem; font-variant-numeric: tabular-nums; } .headline small { color: #555; }
.beside { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } .beside h4 { margin: .2rem 0; font-size: .9rem; }
pre { font: 12px/1.45 ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; background: #f7f7f5; padding: .6rem .8rem; margin: 0; overflow-x: auto; white-space: pre-wrap; }
@media (max-width: 50rem) { .beside { grid-template-columns: 1fr; } }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { max-width: none; margin: 0; font-size: 12px; } .wide { overflow: visible; } h3, figure { break-after: avoid; } tr { break-inside: avoid; } nav { display: none; } }
"""


def as_html(report: Report) -> str:
    """The whole report."""
    links = " ".join(f'<a href="#s{at}">{escape(each.title)}</a>' for at, each in enumerate(report.sections))
    head = "".join(f"<p>{escape(line)}</p>" for line in report.head)
    tiles = "".join(
        f"<div><span>{escape(of)}</span><b>{escape(figure)}</b><small>{escape(more)}</small></div>"
        for of, figure, more in report.headline
    )
    head += f'<div class="headline">{tiles}</div>' if tiles else ""
    sections = "\n".join(line for at, each in enumerate(report.sections) for line in _section(at, each))
    foot = f'<p class="absent">{escape(report.foot)}</p>'
    return whole_page(
        report.title, STYLE, f"<h1>{escape(report.title)}</h1>\n{head}\n<nav>{links}</nav>\n{sections}\n{foot}"
    )


def write(report: Report, path: Path) -> None:
    """Writes the page. Errors: OSError."""
    path.write_text(as_html(report), encoding="utf-8")


def _section(at: int, of: Section) -> Iterator[str]:
    yield f'<h2 id="s{at}">{escape(of.title)}</h2>'
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
    months = [text(row[0], of.columns[0]) for row in of.rows]
    chosen = [each for each in of.columns if each.name in of.plot.columns]
    lines = [Line(_titled(each.title, each.unit), tuple(map(_float, of.column(each.name)))) for each in chosen]
    percent = all(each.kind is Kind.SHARE for each in chosen)
    level = float(of.plot.level) if of.plot.level is not None else None
    at = [float(each) for each in of.plot.at]
    return drawn(of.title, months, lines, of.plot.shape is Shape.BARS, percent, at, level)


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
