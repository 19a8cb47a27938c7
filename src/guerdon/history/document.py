"""A YAML text as plain values, with the place of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Source, Span

Path = tuple[str | int, ...]
Value = dict[str, "Value"] | list["Value"] | str

_PLAIN = {
    f"tag:yaml.org,2002:{each}" for each in ("str", "int", "float", "bool", "null", "timestamp", "value", "map", "seq")
}


@dataclass(frozen=True)
class Document:
    """Values as they were typed (every scalar is text) and, by path, where keys and values stand."""

    source: Source
    value: Value
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)

    def span(self, path: Iterable[str | int], *, key: bool = False) -> Span:
        """Where the value of the path stands (or its key); of the longest part of it that is there."""
        known = self._known(path)
        place = self.values.get(known) if not key else None
        return place or self.keys.get(known) or self.values[()]

    def _known(self, path: Iterable[str | int]) -> Path:
        known: Path = ()
        for step in path:
            if (*known, step) in self.keys or (*known, step) in self.values:
                known = (*known, step)
        return known


def read(source: Source) -> tuple[Document, list[Diagnostic]]:
    """The document that a text holds, and what is wrong with it as YAML.

    Errors: G501 for text that isn't YAML, and for aliases, tags and keys given twice.
    """
    document = Document(source, {}, values={(): Span(source, 0, 0)})
    try:
        node = yaml.compose(source.text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return document, [_unreadable(source, error)]
    except RecursionError:
        return document, [_unreadable(source, yaml.MarkedYAMLError(problem="lists in lists without end"))]
    if node is None:
        return document, []
    reader = _Reader(document)
    return Document(source, reader.value(node, ()), document.keys, document.values), reader.faults


def _unreadable(source: Source, error: yaml.YAMLError) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    at = min(mark.index, len(source.text)) if mark else 0
    problem = getattr(error, "problem", None) or "a character that can't stand there"
    if "'\\t'" in problem:
        return Diagnostic(
            "G501", "a line is indented with a tab", Span(source, at, at), "a tab", help=("indent with spaces",)
        )
    said = next((ours for theirs, ours in _PROBLEMS.items() if theirs in problem), problem)
    return Diagnostic(
        "G501",
        f"this can't be read as YAML: {said}",
        Span(source, at, at),
        "stopped here",
        help=("write `key: value`, one to a line, with what belongs to a key indented below it",),
    )


_PROBLEMS = {
    "mapping values are not allowed": "a second `:` on the line, or a key that is not indented like its neighbours",
    "could not find expected ':'": "a `:` is missing",
    "expected <block end>": "this is indented unlike its neighbours",
    "while scanning a quoted scalar": "a quote is opened and not closed",
    "found unexpected end of stream": "a quote or bracket is opened and not closed",
    "did not find expected ',' or '}'": "a brace is opened and not closed",
    "expected ',' or '}'": "a brace is opened and not closed",
    "expected ',' or ']'": "a bracket is opened and not closed",
}
"""What YAML's reader says, and how it is said here."""


class _Reader:
    """Walks the nodes once; each value is visited with its path."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Diagnostic] = []
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Value:
        if id(node) in self.seen:
            self._fault(
                node,
                "an alias (`*name`) of a value (`&name`) can't be used here",
                "write the value out where it is needed",
            )
            return ""
        self.seen.add(id(node))
        if node.tag not in _PLAIN:
            self._fault(node, "a value has a tag (`!name`)", "take the tag away")
        return self._value_of_kind(node, path)

    def _value_of_kind(self, node: yaml.Node, path: Path) -> Value:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        self.document.values[path] = self._span(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*path, index)) for index, each in enumerate(node.value)]
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Value:
        values: dict[str, Value] = {}
        if not path:
            self.document.values[()] = Span(self.document.source, node.start_mark.index, node.start_mark.index)
        for key, value in node.value:
            word = str(key.value)
            if word in values:
                self._fault(key, f"`{word}` is given twice", "keep one of them")
                continue
            self.document.keys[(*path, word)] = self._span(key)
            values[word] = self.value(value, (*path, word))
        return values

    def _span(self, node: yaml.Node) -> Span:
        start, end = node.start_mark.index, node.end_mark.index
        shown = self.document.source.text[start:end].rstrip()
        return Span(self.document.source, start, start + len(shown))

    def _fault(self, node: yaml.Node, message: str, help: str) -> None:
        self.faults.append(Diagnostic("G501", message, self._span(node), help=(help,)))
