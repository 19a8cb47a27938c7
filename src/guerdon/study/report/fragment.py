"""The style of reports, and parts of pages in it that leave the rest of the page as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

STYLE = """
body { font: 15px/1.5 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; color: #1b1b1b; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font: 600 1.9rem/1.2 Georgia, 'Times New Roman', serif; margin: 0 0 .4rem; }
h2 { font: 600 1.35rem/1.3 Georgia, 'Times New Roman', serif; margin: 2.6rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid #1f5fa8; }
h3 { font-size: 1.02rem; margin: 1.8rem 0 .5rem; }
nav { margin: 1rem 0; } nav a { display: inline-block; max-width: 100%; margin-right: 1rem; color: #1f5fa8; text-decoration: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem; }
th { text-align: left; font-weight: 600; color: #555; border-bottom: 1px solid #999; padding: .25rem .7rem .25rem 0; vertical-align: bottom; }
td { border-bottom: 1px solid #e6e6e6; padding: .2rem .7rem .2rem 0; white-space: nowrap; vertical-align: top; }
td.said { white-space: normal; min-width: 16rem; }
tr.total td { font-weight: 600; border-top: 1px solid #999; border-bottom: none; }
th.right, td.right { text-align: right; padding: .2rem .35rem .2rem .7rem; }
th.right + th:not(.right), td.right + td:not(.right) { padding-left: .8rem; }
figure { margin: .4rem 0 .8rem; } svg { width: 100%; max-width: 760px; height: auto; display: block; }
svg text { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }
figcaption { font-size: .82rem; color: #444; margin-left: 4rem; } figcaption span { margin-right: 1.2rem; }
figcaption i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -.1rem; }
ul.notes { font-size: .82rem; color: #555; margin: .5rem 0 0; padding-left: 1.1rem; max-width: 52rem; }
p.warning { background: #fff4e0; border-left: 4px solid #c0541b; padding: .4rem .7rem; margin: .5rem 0; max-width: 52rem; }
p.absent { color: #666; overflow-wrap: anywhere; } p code, li code { display: inline-block; max-width: 100%; overflow-wrap: anywhere; }
.headline { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0; }
.headline div { flex: 1 1 9.5rem; border: 1px solid #ddd; border-top: 3px solid #1f5fa8; padding: .6rem .8rem; display: flex; flex-direction: column; }
.headline span { font-size: .8rem; color: #555; } .headline b { font-size: 1.35rem; font-variant-numeric: tabular-nums; } .headline small { color: #555; }
.beside { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; } .beside h4 { margin: .2rem 0; font-size: .9rem; }
pre { font: 12px/1.45 ui-monospace, 'DejaVu Sans Mono', Consolas, monospace; background: #f7f7f5; padding: .6rem .8rem; margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
@media (max-width: 50rem) { .beside { grid-template-columns: minmax(0, 1fr); } }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { max-width: none; margin: 0; font-size: 12px; } .wide { overflow: visible; } h3, figure { break-after: avoid; } tr { break-inside: avoid; } nav { display: none; } }
"""

SCOPE = "guerdon-report"
"""The class of what the style is kept to."""

_RULE = re.compile(r"\s*(@media[^{]*)\{((?:[^{}]*\{[^}]*\})*)\s*\}|([^{}]+)\{([^}]*)\}")


def fragment(body: str) -> str:
    """A part of somebody else's page, such as a notebook, with a style that holds for nothing else there."""
    return f'<div class="{SCOPE}"><style>{scoped(STYLE)}</style>\n{body}\n</div>'


def scoped(style: str) -> str:
    """The rules of a style for what is inside of a part of a page; those of a `body` for the part itself, those of whole pages left out."""
    lines = []
    for media, inside, selectors, declared in _RULE.findall(style):
        if media:
            lines.append(f"{media.strip()} {{ {scoped(inside)} }}")
        elif not selectors.strip().startswith("@"):
            lines.append(f"{', '.join(map(_inside, selectors.split(',')))} {{{declared}}}")
    return "\n".join(lines)


def _inside(selector: str) -> str:
    return f".{SCOPE}" if selector.strip() == "body" else f".{SCOPE} {selector.strip()}"


def _row(cells: list[str]) -> str:
    """The cells of a row of texts, of which the last may be long."""
    first = "".join(f"<td>{escape(each)}</td>" for each in cells[:-1])
    return first + "".join(f'<td class="said">{escape(each)}</td>' for each in cells[-1:])


def texts(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of texts."""
    head = "".join(f"<th>{escape(each)}</th>" for each in columns)
    told = "".join(f"<tr>{_row([*row])}</tr>\n" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{told}</tbody></table>"
    return f'<h3>{escape(title)}</h3>\n<div class="wide">{table}</div>'
