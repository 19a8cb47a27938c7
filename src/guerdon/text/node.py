"""Immutable nodes, made to be declared by the dozen without costing start-up time.

A `dataclass` takes most of a millisecond to define and the trees have over a hundred
of them; these take a hundredth of that and behave the same: fields in the order of
their annotations, defaults as class attributes, equality by fields.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform

from guerdon.text.source import NOWHERE, Span


def keyword(*, default: Any, kw_only: bool) -> Any:
    """A field that is given by name only; takes the place of `dataclasses.field`."""
    assert kw_only
    return default


@dataclass_transform(frozen_default=True, field_specifiers=(keyword,))
class _Frozen:
    """What makes annotations fields; type checkers read it as a frozen dataclass."""

    field_names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.field_names += tuple(name for name in cls.__annotations__ if name not in ("span", *cls.field_names))
        setattr(cls, "__match_args__", cls.field_names)  # noqa: B010 - type checkers derive it from the fields themselves

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self.field_names
        if len(values) > len(fields):
            raise TypeError(f"{type(self).__name__} takes {len(fields)} values, got {len(values)}")
        self.__dict__.update(zip(fields, values, strict=False))
        self.__dict__.update(named)
        for name in fields[len(values) :]:
            if name not in named and not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} needs {name}")
        for name in named:
            if name not in fields and name != "span":
                raise TypeError(f"{type(self).__name__} has no {name}")

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.field_names)

    def but(self, **named: Any) -> Self:
        """The same with other values of some fields."""
        return type(self)(**{name: getattr(self, name) for name in (*self.field_names, "span")} | named)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        if "_hash" not in self.__dict__:
            self.__dict__["_hash"] = hash((type(self), self._values()))
        return int(self.__dict__["_hash"])

    def __deepcopy__(self, memo: object) -> _Frozen:
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} can't be changed")

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.field_names)
        return f"{type(self).__name__}({inside})"


class Node(_Frozen):
    """A frozen value with named fields and a place in the source.

    Two nodes are equal when they are of one class and their fields are equal; the
    place takes no part in it.
    """

    span: Span = keyword(default=NOWHERE, kw_only=True)
