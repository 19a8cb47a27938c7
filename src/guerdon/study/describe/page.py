"""What a description is made of: sections of items, each a few sentences, lists and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentences:
    """A paragraph, sentence by sentence."""

    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences of equal rank, one to a line; `numbered` where their order has a meaning."""

    of: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first column names what a row is about."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Sentences | Points | Grid


@dataclass(frozen=True, slots=True)
class Item:
    """What is said of one declaration; without a title where a section is about one thing."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a description; `ordered` where the order of its items has a meaning."""

    title: str
    items: tuple[Item, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A whole description."""

    title: str
    sections: tuple[Section, ...]


def item(title: str, *blocks: Block) -> Item:
    """An item without its empty blocks."""
    return Item(title, tuple(each for each in blocks if (each.rows if isinstance(each, Grid) else each.of)))


def sentences(*of: str) -> Sentences:
    """A paragraph of those sentences that say something."""
    return Sentences(tuple(each for each in of if each))


def statements(of: Item) -> Iterator[str]:
    """All that an item says, one statement each; a table's row begins with what it is about."""
    for block in of.blocks:
        if isinstance(block, Points) and block.numbered:
            yield from (f"{number}. {each}" for number, each in enumerate(block.of, 1))
            continue
        if not isinstance(block, Grid):
            yield from block.of
            continue
        for first, *rest in block.rows:
            said = [f"{name.lower()} {cell}" for name, cell in zip(block.columns[1:], rest, strict=True) if cell]
            yield f"{first}: {'; '.join(said)}" if said else first


def as_json(page: Page) -> dict[str, object]:
    """A description as plain values."""
    return {"title": page.title, "sections": [_section(each) for each in page.sections]}


def _section(of: Section) -> dict[str, object]:
    items = [{"title": each.title, "blocks": [_block(block) for block in each.blocks]} for each in of.items]
    return {"title": of.title, "items": items}


def _block(of: Block) -> dict[str, object]:
    match of:
        case Sentences(said):
            return {"kind": "sentences", "sentences": list(said)}
        case Points(said, numbered):
            return {"kind": "points", "numbered": numbered, "points": list(said)}
        case Grid(columns, rows):
            return {"kind": "table", "columns": list(columns), "rows": [list(row) for row in rows]}
