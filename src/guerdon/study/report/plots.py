"""Figures by month as drawings in SVG: lines, or bars above and below zero. Made of text alone, they need nothing to be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 220
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 26
COLOURS = ("#1f5fa8", "#c0541b", "#3b7d3f", "#7a4a9e", "#8a6d1c", "#4d4d4d")
MOST_TICKS = 5
EDGE = 30
"""So far from the sides stand the first and the last of what is not equally far apart."""
LETTER = 6.5
"""So wide is a letter below a drawing."""
MOST_MONTHS = 13
"""So many months are named below a drawing at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is drawn of one column: None where there is no figure."""

    title: str
    values: tuple[float | None, ...]


def ticks(low: float, high: float) -> list[float]:
    """Round numbers from no more than `low` to no less than `high`, a few of them; zero is one of them.

    >>> ticks(0, 37)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        return [0.0, 1.0]
    rough = (high - low) / MOST_TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough * 0.999)
    return [round(each * step, 12) for each in range(floor(low / step), ceil(high / step) + 1)]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where values stand: months from left to right, or what else stands `at` so much; figures between two ticks."""

    months: int
    low: float
    high: float
    at: tuple[float, ...] = ()

    def x(self, month: int) -> float:
        if self.at and self.at[0] < self.at[-1]:
            wide = (self.at[month] - self.at[0]) / (self.at[-1] - self.at[0])
            return LEFT + EDGE + (WIDTH - LEFT - RIGHT - 2 * EDGE) * wide
        return LEFT + (WIDTH - LEFT - RIGHT) * (month + 0.5) / self.months

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)


def drawn(
    title: str,
    months: Sequence[str],
    lines: Sequence[Line],
    bars: bool = False,
    percent: bool = False,
    at: Sequence[float] = (),
    level: float | None = None,
) -> str:
    """A drawing of some columns over the months, or over what stands `at` so much; nothing where there is no figure. `level`: a line to compare with."""
    there = [value for line in lines for value in line.values if value is not None]
    if not there:
        return ""
    there += [level] if level is not None else []
    marks = ticks(min(there), max(there))
    frame = Frame(len(months), marks[0], marks[-1], tuple(at))
    parts = [*_axes(frame, marks, months, percent)]
    for number, line in enumerate(lines):
        parts += _bars(frame, line) if bars else _line(frame, line, COLOURS[number % len(COLOURS)])
    if level is not None:
        y = frame.y(level)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{COLOURS[1]}" stroke-dasharray="6 4"/>'
        )
    legend = "".join(
        f'<span><i style="background:{COLOURS[number % len(COLOURS)]}"></i>{escape(line.title)}</span>'
        for number, line in enumerate(lines)
    )
    legend += f'<span><i style="background:{COLOURS[1]}"></i>the target</span>' if level is not None else ""
    drawing = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    return f"<figure>{drawing}<figcaption>{legend}</figcaption></figure>"


def _axes(frame: Frame, marks: list[float], months: Sequence[str], percent: bool) -> Iterator[str]:
    for mark in marks:
        y, shade = frame.y(mark), "#777" if mark == 0 else "#ddd"
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{shade}" stroke-width="1"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" font-size="11" fill="#555">{_short(mark, percent)}</text>'
    every = ceil(len(months) / MOST_MONTHS) if not frame.at else 1
    free = 0.0
    for at, month in enumerate(months):
        half = LETTER * len(month) / 2 if frame.at else 0.0
        if at % every == 0 and frame.x(at) - half >= free:
            free = frame.x(at) + half if frame.at else 0.0
            yield f'<text x="{frame.x(at):.1f}" y="{HEIGHT - 8}" text-anchor="middle" font-size="11" fill="#555">{escape(month)}</text>'


def _short(number: float, percent: bool) -> str:
    """A round number in few signs: `12k`, `1.5M`, `40%`."""
    if percent:
        return f"{100 * number:g}%"
    for size, sign in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if abs(number) >= size:
            return f"{number / (1e3 if sign == 'k' else size):g}{sign}"
    return f"{number:g}"


def _line(frame: Frame, line: Line, colour: str) -> Iterator[str]:
    """Points joined as long as none is missing, each with its own dot."""
    run: list[str] = []
    for at, value in [*enumerate(line.values), (len(line.values), None)]:
        if value is not None:
            run.append(f"{frame.x(at):.1f},{frame.y(value):.1f}")
            continue
        if len(run) > 1:
            yield f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for each in run:
            x, _, y = each.partition(",")
            yield f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'
        run = []


def _bars(frame: Frame, line: Line) -> Iterator[str]:
    """Bars from zero, those below it in another colour."""
    wide = min(0.6 * (WIDTH - LEFT - RIGHT) / frame.months, 48.0)
    for at, value in enumerate(line.values):
        if value is not None:
            top, bottom = sorted((frame.y(value), frame.y(0.0)))
            colour = COLOURS[value < 0]
            yield f'<rect x="{frame.x(at) - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{max(bottom - top, 1.0):.1f}" fill="{colour}"/>'
