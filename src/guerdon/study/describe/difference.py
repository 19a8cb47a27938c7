"""What differs between the descriptions of two programs, sentence by sentence, old and new side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from guerdon.program import nodes
from guerdon.program.printed import printed
from guerdon.study.describe.describe import READING, describe
from guerdon.study.describe.english import listed, quoted
from guerdon.study.describe.page import Grid, Item, Page, Section, item, sentences, statements

COLUMNS = ("", "Before", "Now")
ALIKE = 0.5
"""How much of two sentences must be the same (from 0 to 1) for one to stand for what became of the other."""

Row = tuple[str, ...]


def difference(old: nodes.Program, new: nodes.Program) -> Page:
    """The description of what changed; layout, comments and the order of clauses are no change.

    Shape: of sections and items only those in which something differs; a table with what
    was said before and what is said now.
    """
    title = f"Changes in {quoted(new.frame.name)}"
    if printed(old) == printed(new) and (old.tests, old.laws) == (new.tests, new.laws):
        return Page(title, (Section("", (item("", sentences("Nothing changed.")),)),))
    sections = tuple(_sections(describe(old), describe(new)))
    if not sections:
        note = "The programs differ only in the order of what they declare."
        sections = (Section("", (item("", sentences(note)),)),)
    return Page(title, sections)


def _sections(old: Page, new: Page) -> Iterator[Section]:
    before, now = ({each.title: each for each in page.sections} for page in (old, new))
    for title in dict.fromkeys((*now, *before)):
        if title == READING:
            continue
        was, is_ = before.get(title, Section(title, ())), now.get(title, Section(title, ()))
        items = tuple(_items(was, is_))
        if items:
            yield Section(title, items)


def _items(old: Section, new: Section) -> Iterator[Item]:
    before, now = ({each.title: each for each in section.items} for section in (old, new))
    if new.ordered:
        orders = [[each for each in one if each in other] for one, other in ((before, now), (now, before))]
        if orders[0] != orders[1]:
            yield item("The order", Grid(COLUMNS, (("changed", *(listed(map(quoted, each)) for each in orders)),)))
    for title in dict.fromkeys((*now, *before)):
        rows = tuple(_rows(before.get(title), now.get(title)))
        if rows:
            yield item(title, Grid(COLUMNS, rows))


def _rows(old: Item | None, new: Item | None) -> Iterator[Row]:
    """What is no longer said, what is said instead, and what is said anew."""
    if old is None or new is None:
        whole = " ".join(statements(old or new or item("")))
        yield ("added", "", whole) if old is None else ("removed", whole, "")
        return
    was, now = list(statements(old)), list(statements(new))
    gone, come = _without(was, now), _without(now, was)
    partners = _paired(gone, come)
    for number, each in enumerate(come):
        yield ("changed", gone[partners[number]], each) if number in partners else ("added", "", each)
    for number, each in enumerate(gone):
        if number not in partners.values():
            yield "removed", each, ""


def _without(some: list[str], others: list[str]) -> list[str]:
    """What is said in one list and not in the other, as often as it is said more often."""
    left = Counter(some) - Counter(others)
    found = []
    for each in some:
        if left[each]:
            left[each] -= 1
            found.append(each)
    return found


def _paired(gone: list[str], come: list[str]) -> dict[int, int]:
    """Which new sentence stands for which old one: the most alike first; a row for one of the same thing always."""
    scores = []
    for number, new in enumerate(come):
        for other, old in enumerate(gone):
            alike = SequenceMatcher(None, old, new, autojunk=False).ratio()
            same = new.split(":")[0] == old.split(":")[0] and ":" in new and ":" in old
            scores.append((1 + alike if same else alike, -number, -other))
    paired: dict[int, int] = {}
    for alike, number, other in sorted(scores, reverse=True):
        if alike >= ALIKE and -number not in paired and -other not in paired.values():
            paired[-number] = -other
    return paired
