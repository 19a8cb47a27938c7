"""What differs between two versions of a program: declarations, in changes that can be made one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import ndiff

from guerdon.check.names import SPACES
from guerdon.program import nodes
from guerdon.program.walk import walk
from guerdon.project.parts import Parts, checked
from guerdon.syntax import tree
from guerdon.syntax.format import format_document

Key = tuple[str, str]
"""The space of names that a declaration is in, and its name."""

_CLAIMS = ("test", "law")
"""What is claimed of a program is no part of it."""

_RULES = ("earn", "referral")
"""Shorthand for rules, which share their names."""


@dataclass(frozen=True)
class Change:
    """Declarations that are another, new or gone in the newer version, and are changed together.

    Shape: `title` names them; `lines` say what is gone (`- `) and what is new (`+ `), in the one layout.
    """

    keys: tuple[Key, ...]
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Versions:
    """Two versions by their declarations, and what differs, in the order of the newer one; what is gone comes last."""

    old: Parts
    new: Parts
    changes: tuple[Change, ...]

    def mixed(self, among: frozenset[int]) -> nodes.Program:
        """The old version with some of the changes, by their numbers."""
        keys = {key for number in among for key in self.changes[number].keys}
        program, _ = checked(_mixed(self.old, self.new, keys), (self.old.beside, self.new.beside))
        assert program is not None, "changes are put together so that each order of them makes programs"
        return program


def versions(old: Parts, new: Parts) -> Versions:
    """What differs between two versions that are checked."""
    before, after = _by_key(old), _by_key(new)
    differ = [key for key in {**after, **before} if not _same(before.get(key), after.get(key))]
    groups = _grouped(differ, before, after)
    groups = _valid(groups, lambda keys: checked(_mixed(old, new, keys), (old.beside, new.beside))[0] is not None)
    return Versions(old, new, tuple(_change(keys, before, after) for keys in groups))


def _by_key(parts: Parts) -> dict[Key, tree.Declaration]:
    return {_key(each): each for each in parts.declarations if each.keyword not in _CLAIMS}


def _key(of: tree.Declaration) -> Key:
    space = "rule" if of.keyword in _RULES else SPACES.get(of.keyword, of.keyword)
    return space, of.name.text if of.name is not None and of.keyword != "program" else ""


def _same(one: tree.Declaration | None, other: tree.Declaration | None) -> bool:
    """Whether two declarations say the same; comments say nothing."""
    if one is None or other is None:
        return one is other
    return (one.keyword, one.name, one.clauses) == (other.keyword, other.name, other.clauses)


def _mixed(old: Parts, new: Parts, keys: set[Key]) -> Iterator[tree.Declaration]:
    """The old declarations, but those of some keys as the newer version has them."""
    after = _by_key(new)
    for each in old.declarations:
        key = _key(each)
        if each.keyword in _CLAIMS:
            continue
        if key not in keys:
            yield each
        elif key in after:
            yield after[key]
    known = {*_by_key(old)}
    yield from (each for key, each in after.items() if key in keys and key not in known)


# ---------------------------------------------------------------- what can stand alone


def _grouped(
    differ: Sequence[Key], before: dict[Key, tree.Declaration], after: dict[Key, tree.Declaration]
) -> list[tuple[Key, ...]]:
    """The keys in groups: what is new or gone goes with whatever names it, and what has another name with what it was."""
    group = {key: {key} for key in differ}
    for was, now in _renamed(differ, before, after):
        group |= {key: {was, now} for key in (was, now)}
    for key in differ:
        if key in before and key in after:
            continue
        for other in differ:
            sides = (side[other] for side in (before, after) if other in side)
            if other != key and any(key[1] in _named(each) for each in sides):
                joined = group[key] | group[other]
                group |= dict.fromkeys(joined, joined)
    found = dict.fromkeys(tuple(each for each in differ if each in group[key]) for key in differ)
    return [*found]


def _renamed(
    differ: Sequence[Key], before: dict[Key, tree.Declaration], after: dict[Key, tree.Declaration]
) -> Iterator[tuple[Key, Key]]:
    """What is gone and what is new in its place, which differs in the name alone."""
    new = [key for key in differ if key not in before]
    for was in differ:
        if was not in after:
            old = before[was]
            same = (key for key in new if (after[key].keyword, after[key].clauses) == (old.keyword, old.clauses))
            now = next(same, None)
            if now is not None:
                new.remove(now)
                yield was, now


def _named(of: tree.Declaration) -> frozenset[str]:
    """The words and texts that a declaration holds."""
    return frozenset(each.text for each in walk(of.clauses) if isinstance(each, tree.Name | tree.String))


def _valid(groups: list[tuple[Key, ...]], makes_a_program: Callable[[set[Key]], bool]) -> list[tuple[Key, ...]]:
    """The groups, of which those are joined that make programs only together, in either order that is looked at."""
    place = {key: at for at, key in enumerate(key for group in groups for key in group)}
    while True:
        joined = _joined(groups, makes_a_program) or _joined(groups[::-1], makes_a_program)
        if joined is None:
            return groups
        one = tuple(sorted((key for group in joined for key in group), key=place.__getitem__))
        kept = [each for each in groups if each not in joined]
        groups = sorted([*kept, one], key=lambda each: place[each[0]])


def _joined(
    groups: list[tuple[Key, ...]], makes_a_program: Callable[[set[Key]], bool]
) -> tuple[tuple[Key, ...], tuple[Key, ...]] | None:
    """The first group with which those up to it make no program, and the one after it with which they do again, or else the next."""
    for count in range(1, len(groups)):
        so_far = {key for group in groups[:count] for key in group}
        if not makes_a_program(so_far):
            helps = (each for each in groups[count:] if makes_a_program(so_far | {*each}))
            return groups[count - 1], next(helps, groups[count])
    return None


# ---------------------------------------------------------------- in words


def _change(keys: tuple[Key, ...], before: dict[Key, tree.Declaration], after: dict[Key, tree.Declaration]) -> Change:
    titles, lines = [], list[str]()
    renamed = [*_renamed(keys, before, after)]
    for key in keys:
        if any(key == was for was, _ in renamed):
            continue
        old_name = next((was for was, now in renamed if now == key), None)
        was, now = _written(before.get(old_name or key)), _written(after.get(key))
        head = (now or was)[0]
        said = " (renamed)" if old_name is not None else " (new)" if not was else " (gone)" if not now else ""
        titles.append(f"{head}{said}")
        if was and now:
            lines += [line.rstrip() for line in ndiff(was, now) if line[0] in "-+"]
        else:
            lines += [f"{'-' if was else '+'} {line}" for line in was or now]
    return Change(keys, ", ".join(titles), tuple(lines))


def _written(of: tree.Declaration | None) -> list[str]:
    """The lines of a declaration in the one layout, without comments."""
    if of is None:
        return []
    plain = tree.Declaration(of.keyword, of.name, of.clauses, span=of.span)
    return format_document(tree.Document((plain,), (), span=of.span)).splitlines()
