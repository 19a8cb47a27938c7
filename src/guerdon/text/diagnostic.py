"""What is wrong, where, what was expected, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guerdon.text.sheet import Sheet
from guerdon.text.source import Span

WIDEST = 120  # characters of a line that are shown


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of a place's text that mends what was said about it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message: a permanent code, a sentence, the main place, related places, help.

    Shape: `label` stands under the main place, each related span brings its own;
    `help` lines follow in order; `edit`, where there is one, mends the program.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    help: tuple[str, ...] = ()
    edit: Edit | None = None

    @property
    def severity(self) -> str:
        from guerdon.text.codes import CODES  # a sound program needs none of them

        return CODES[self.code].severity

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def as_json(self) -> dict[str, object]:
        """Plain values for `--format json`; places as file, line and column."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "place": _place(self.span),
            "label": self.label,
            "related": [{"place": _place(span), "label": label} for span, label in self.related],
            "help": list(self.help),
            "edit": self.edit and {"place": _place(self.edit.span), "text": self.edit.text},
        }


class ProgramError(Exception):
    """A program that can't be used; `diagnostics` says why, all of it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(render(each) for each in self.diagnostics if each.is_error))


def _place(span: Span | None) -> dict[str, object] | None:
    if span is None:
        return None
    line, column = span.source.place(span.start)
    end_line, end_column = span.source.place(span.end)
    place = {"file": span.source.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
    return place | ({"cell": span.source.cell_at(span.start)} if isinstance(span.source, Sheet) else {})


def render(diagnostic: Diagnostic) -> str:
    """The message as people read it: head line, places with their source, help."""
    lines = [f"{diagnostic.severity} {diagnostic.code}: {diagnostic.message}"]
    if diagnostic.span is not None:
        lines += _excerpts(diagnostic.span, diagnostic.label, diagnostic.related)
    lines += [f"help: {line}" for line in diagnostic.help]
    return "\n".join(lines)


def _excerpts(span: Span, label: str, related: tuple[tuple[Span, str], ...]) -> list[str]:
    width = len(str(max([span.line, *(other.line for other, _ in related)])))
    lines = [f"{' ' * width}--> {span}", f"{' ' * width} |", *_excerpt(span, label, "^", width)]
    above = span
    for other, text in related:
        shown = _excerpt(other, text, "-", width)
        if _on_one_line(above, other):
            lines.append(shown[1])  # the line stands above already
        else:
            lines += [] if other.source is above.source else [f"{' ' * width}--> {other}"]
            lines += [f"{' ' * width} |", *shown]
        above = other
    return lines


def _on_one_line(span: Span, other: Span) -> bool:
    """Whether both places are in the same line, shown whole."""
    same = span.source is other.source and span.line == other.line
    return same and len(span.source.line(span.line)) <= WIDEST


def _excerpt(span: Span, label: str, mark: str, width: int) -> list[str]:
    number, column = span.source.place(span.start)
    text, before, length = _window(span.source.line(number), column - 1, span.end - span.start)
    under = " " * len(before) + mark * max(1, length)
    return [f"{number:>{width}} | {text}", f"{' ' * width} | {under} {label}".rstrip()]


def _window(line: str, at: int, length: int, most: int = WIDEST) -> tuple[str, str, int]:
    """The part of a line to show, what stands before the mark, and the mark's length."""
    length = min(length, max(1, len(line) - at))
    start = 0 if len(line) <= most else max(0, min(at - most // 3, len(line) - most))
    shown = "".join(_printable(each) for each in line[start : start + most])
    before = "".join(_printable(each) for each in line[start:at])
    return shown, before, min(length, max(1, most - (at - start)))


def _printable(character: str) -> str:
    return character if character.isprintable() else " " if character == "\t" else "\ufffd"


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """The known word that looks most like this one, if any looks like it (`alike`, from 0 to 1)."""
    from difflib import get_close_matches  # only when something is wrong

    candidates = sorted(set(known))
    folded = {each.casefold(): each for each in reversed(candidates)}
    if word.casefold() in folded:
        return folded[word.casefold()]
    found = get_close_matches(word, candidates, n=1, cutoff=alike)
    return found[0] if found else None
