"""A balance over time as a drawing in SVG: steps, and on them the events with what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from guerdon.study.explain.course import Course
from guerdon.study.report.plots import BOTTOM, COLOURS, HEIGHT, LEFT, RIGHT, TOP, WIDTH, ticks

MOST_DAYS = 6
"""So many days are named below a drawing."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where instants and balances stand."""

    first: int
    last: int
    low: float
    high: float

    def x(self, at: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (at - self.first) / max(self.last - self.first, 1)

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)


def drawn(course: Course, anchors: Mapping[str, str]) -> str:
    """The drawing of a balance; each point leads to its event, whose place on the page `anchors` says. Nothing where it never changed."""
    if not course.points:
        return ""
    values = [amount(each.balance) for each in course.points]
    marks = ticks(min(values), max(values))
    frame = _Frame(course.points[0].at, course.points[-1].at, marks[0], marks[-1])
    parts = "".join(
        (*_axes(frame, marks, course), *_steps(frame, course, values), *_dots(frame, course, values, anchors))
    )
    title = escape(f"{course.unit} of {course.holder}")
    return f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" xmlns="http://www.w3.org/2000/svg">{parts}</svg></figure>'


def amount(of: str) -> float:
    """A quantity as it is told, as far as a drawing needs it."""
    return float(Fraction(of.partition(" ")[0].replace(",", "")))


def _axes(frame: _Frame, marks: list[float], course: Course) -> Iterator[str]:
    for mark in marks:
        y, shade = frame.y(mark), "#777" if mark == 0 else "#ddd"
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{shade}" stroke-width="1"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" font-size="11" fill="#555">{mark:,g}</text>'
    said = LEFT - 60.0
    for each in course.points:
        x = min(max(frame.x(each.at), LEFT + 28), WIDTH - RIGHT - 28)
        if x - said >= (WIDTH - LEFT - RIGHT) / MOST_DAYS:
            said = x
            yield f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle" font-size="11" fill="#555">{each.when[:10]}</text>'


def _steps(frame: _Frame, course: Course, values: list[float]) -> Iterator[str]:
    path, before = f"M {frame.x(frame.first):.1f} {frame.y(0.0):.1f}", 0.0
    for each, value in zip(course.points, values, strict=True):
        path += f" H {frame.x(each.at):.1f}" + (f" V {frame.y(value):.1f}" if value != before else "")
        before = value
    yield f'<path d="{path}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>'


def _dots(frame: _Frame, course: Course, values: list[float], anchors: Mapping[str, str]) -> Iterator[str]:
    before = 0.0
    for each, value in zip(course.points, values, strict=True):
        colour, before = COLOURS[value < before], value
        said = escape(f"{each.when} {each.event or each.reason}: {each.balance}")
        dot = f'<circle cx="{frame.x(each.at):.1f}" cy="{frame.y(value):.1f}" r="4" fill="{colour}"><title>{said}</title></circle>'
        anchor = anchors.get(each.event, "")
        yield f'<a href="#{anchor}">{dot}</a>' if anchor else dot
