"""What tests reach and what they do not: by declaration, by line, as text, JSON and HTML."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from guerdon.check.wording import plain
from guerdon.program import nodes
from guerdon.study import trial
from guerdon.study.coverage.collect import Collector
from guerdon.study.coverage.points import FAILED, HELD, NEVER_SAID, Key, Part, Point, parts
from guerdon.study.words import decimal
from guerdon.text.diagnostic import Diagnostic, render

if TYPE_CHECKING:
    from rich.console import Console

    from guerdon.text.source import Source, Span

REACHED, PARTLY, NEVER, NOTHING = "reached", "partly", "never", ""
"""What tests make of a line of the program; NOTHING: there is no branch in it."""

MARKS = {REACHED: "+", PARTLY: "~", NEVER: "!", NOTHING: " "}
COLOURS = {REACHED: "green", PARTLY: "yellow", NEVER: "red", NOTHING: ""}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The branches of a program's declarations, and those that its tests take."""

    file: str
    parts: tuple[Part, ...]
    taken: frozenset[Key]
    source: Source | None

    @property
    def branches(self) -> int:
        return sum(len(part.points) for part in self.parts)

    @property
    def reached(self) -> int:
        return sum(reached(part, self.taken) for part in self.parts)

    @property
    def share(self) -> Fraction:
        """The share of branches that are taken; all, where there is none."""
        return Fraction(self.reached, self.branches) if self.branches else Fraction(1)


def reached(part: Part, taken: frozenset[Key]) -> int:
    """How many branches of a declaration are taken."""
    return sum(point.key in taken for point in part.points)


def run(program: nodes.Program, file: str) -> tuple[tuple[trial.Result, ...], Coverage]:
    """The results of a program's tests, and what they reach."""
    collector = Collector(program)
    results = trial.run(program, collector)
    found = parts(program)
    source = found[0].span.source if found else None
    return results, Coverage(file, found, frozenset(collector.taken), source)


# ---------------------------------------------------------------- what is said


def untaken(part: Part, taken: frozenset[Key]) -> Iterator[tuple[int, str]]:
    """What no test reaches, by line: a condition that was never looked at is told once, with all that is in it."""
    missing = {point.key for point in part.points if point.key not in taken}
    if part.kind == "rule" and ("gave", part.name) in missing and len(missing) == len(part.points):
        does = "say" if part.points[0].untaken == NEVER_SAID else "give"
        alone = f"no test makes it {does} anything"
        yield part.span.line, alone if len(part.points) == 1 else "no test reaches it at all"
        return
    unseen: list[Span] = []
    for point in part.points:
        if point.key not in missing or any(_holds(span, point.span) for span in unseen):
            continue
        if _other(point) in missing:
            if point.key[-1] == HELD:
                yield point.span.line, f"{_subject(point)} was never looked at"
            else:
                unseen.append(point.span)
        else:
            yield point.span.line, point.untaken


def _other(point: Point) -> Key | None:
    """The other way of a condition."""
    ways = {HELD: FAILED, FAILED: HELD}
    return (*point.key[:-1], ways[str(point.key[-1])]) if point.key[-1] in (HELD, FAILED) else None


def _holds(span: Span, other: Span) -> bool:
    """Whether a place lies inside of another one."""
    return span != other and span.start <= other.start and other.end <= span.end


def _subject(point: Point) -> str:
    return f"`{' '.join(point.span.text.split())}`"


def percent(share: Fraction) -> str:
    """A share in percent, never rounded up to what it is not.

    >>> percent(Fraction(2, 3)), percent(Fraction(9999, 10000)), percent(Fraction(1))
    ('66.6%', '99.9%', '100%')
    """
    if share == 1:
        return "100%"
    return f"{decimal(Fraction(int(share * 1000), 10), 1)}%"


def lines(of: Coverage) -> dict[int, str]:
    """What tests make of each line that holds a branch."""
    found: dict[int, list[bool]] = {}
    for part in of.parts:
        for point in part.points:
            found.setdefault(point.span.line, []).append(point.key in of.taken)
    return {line: REACHED if all(ways) else PARTLY if any(ways) else NEVER for line, ways in found.items()}


def as_json(of: Coverage) -> dict[str, object]:
    """Plain values; the share of branches as exact numbers of them."""
    declarations = [
        {
            "kind": part.kind,
            "name": part.name,
            "line": part.span.line,
            "branches": len(part.points),
            "reached": reached(part, of.taken),
            "untaken": [{"line": line, "text": text} for line, text in untaken(part, of.taken)],
        }
        for part in of.parts
    ]
    return {
        "file": of.file,
        "branches": of.branches,
        "reached": of.reached,
        "percent": percent(of.share),
        "declarations": declarations,
        "lines": {str(line): state for line, state in sorted(lines(of).items())},
    }


# ---------------------------------------------------------------- text


def heading(of: Coverage) -> str:
    """How much is reached, in one line."""
    return f"{of.file}: the tests reach {of.reached} of {of.branches} branches ({percent(of.share)})"


def show(of: Coverage, to: Console) -> None:
    """A table of the declarations, then what no test reaches."""
    from guerdon.study.screen import table

    rows = [
        (
            _name(part),
            str(part.span.line),
            f"{reached(part, of.taken)} of {len(part.points)}",
            percent(_share(part, of)),
        )
        for part in of.parts
    ]
    to.print(heading(of), markup=False)
    to.print()
    to.print(table("", ("Declaration", ">Line", ">Branches", ">Reached"), rows))
    missing = [(part, list(untaken(part, of.taken))) for part in of.parts]
    if any(said for _, said in missing):
        to.print()
        to.print("What no test reaches", style="bold")
    for part, said in missing:
        for number, (line, text) in enumerate(said):
            to.print(
                *([f"  {_name(part)}\n"] if not number else []),
                f"  {line:>4}  {text}",
                sep="",
                markup=False,
                soft_wrap=True,
            )


def _name(part: Part) -> str:
    return f'{part.kind} "{part.name}"' if part.kind in ("rule", "group") else f"{part.kind} {part.name}"


def _share(part: Part, of: Coverage) -> Fraction:
    return Fraction(reached(part, of.taken), len(part.points))


def show_marked(of: Coverage, to: Console) -> None:
    """The program's text with a mark at each line: `+` reached, `~` partly, `!` never."""
    from rich.text import Text

    states = lines(of)
    for number, line in enumerate(_text(of), 1):
        state = states.get(number, NOTHING)
        to.print(Text(f"{MARKS[state]} {number:>4}  {line}", style=COLOURS[state]), soft_wrap=True)


def _text(of: Coverage) -> list[str]:
    return of.source.text.splitlines() if of.source is not None else []


def tell(
    results: Sequence[trial.Result],
    of: list[Coverage],
    form: str,
    marked: bool,
    out: Path | None,
    laws: Sequence[dict[str, object]] = (),
) -> None:
    """Prints what tests reach as `text`, `json` (with what came of `laws`) or `html`, or writes the page into a file."""
    if form == "text":
        from guerdon.study.screen import console

        for each in of:
            to = console()
            to.print()
            (show_marked if marked else show)(each, to)
    elif form == "json":
        told = {"tests": [*map(trial.as_json, results), *laws], "coverage": list(map(as_json, of))}
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    elif out is None:
        sys.stdout.write(as_html(of))
    else:
        out.write_text(as_html(of), encoding="utf-8")


def too_low(of: Coverage, wanted: Fraction) -> str:
    """That less is reached than was asked for."""
    text = f"{of.file}: the tests reach {percent(of.share)} of the branches, and {plain(wanted)}% are asked for"
    return render(Diagnostic("G470", text, help=("write tests for what no test reaches yet, or ask for less",)))


# ---------------------------------------------------------------- HTML

SEMICOLON = "; "

STYLE = """
body { font: 16px/1.5 system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; color: #1b1b1b; max-width: 60rem; margin: 2rem auto;
       padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid #e2e2e2; }
th { font-size: .85rem; color: #555; } td.number, th.number { text-align: right; }
pre { font: 13px/1.5 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-x: auto; }
pre span { display: block; padding-left: .5rem; border-left: .3rem solid transparent; white-space: pre-wrap; }
pre i { display: inline-block; width: 3.2em; color: #888; font-style: normal; user-select: none; }
.reached { border-color: #3b8f4a; background: #eef7ef; } .partly { border-color: #c99700; background: #fdf7e3; }
.never { border-color: #c0392b; background: #fbebe9; }
pre em { display: block; font-style: normal; color: #7a1f14; padding-left: 3.2em; margin-left: 1rem; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } pre span { break-inside: avoid; } }
"""


def as_html(of: list[Coverage]) -> str:
    """One page that needs nothing else: the figures, and each program's text with its lines marked."""
    from guerdon.study.describe.shown import whole_page

    return whole_page("What the tests reach", STYLE, "".join(map(_program, of)))


def _program(of: Coverage) -> str:
    head = ("Declaration", "Line", "Branches", "Reached")
    rows = "".join(
        f"<tr><td>{escape(_name(part))}</td><td class='number'>{part.span.line}</td>"
        f"<td class='number'>{reached(part, of.taken)} of {len(part.points)}</td>"
        f"<td class='number'>{percent(_share(part, of))}</td></tr>"
        for part in of.parts
    )
    titles = "".join(f"<th{' class=number' if number else ''}>{each}</th>" for number, each in enumerate(head))
    said: dict[int, list[str]] = {}
    for part in of.parts:
        for line, text in untaken(part, of.taken):
            said.setdefault(line, []).append(text)
    states = lines(of)
    text = "".join(
        f'<span class="{states.get(number, NOTHING)}"><i>{number}</i>{escape(line)}'
        f"{f'<em>{escape(SEMICOLON.join(said[number]))}</em>' if number in said else ''}</span>"
        for number, line in enumerate(_text(of), 1)
    )
    return f"<h1>{escape(heading(of))}</h1>\n<table><tr>{titles}</tr>{rows}</table>\n<h2>Line by line</h2>\n<pre>{text}</pre>\n"
