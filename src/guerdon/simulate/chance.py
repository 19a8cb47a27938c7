"""Chance that is the same everywhere: whole numbers out of BLAKE2b, and waiting times out of a table.

INVARIANT: no binary floating point, and nothing of `random`, whose algorithms are Python's own business. A draw is a word
of 32 bits, of BLAKE2b (RFC 7693) over a counter, keyed by what the chance is of; logarithms are `decimal`'s, which are rounded right.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import cache
from hashlib import blake2b
from itertools import count
from typing import TypeVar

T = TypeVar("T")

_WORDS = struct.Struct("<16I")
_BITS = 10  # of a word, which say where in the table


@cache
def waits() -> tuple[int, ...]:
    """Waiting times in thousandths of their mean: the exponential distribution, -ln(u), at 1,024 places in the middle of equal shares."""
    places = 1 << _BITS
    with localcontext(Context(prec=30)):
        found = (-1000 * (Decimal(2 * each + 1) / (2 * places)).ln() for each in range(places))
        return tuple(int(each.to_integral_value(ROUND_HALF_EVEN)) for each in found)


class Chance:
    """Draws in order, the same for the same names; those of other names have nothing to do with them."""

    __slots__ = ("_next", "_waits")

    def __init__(self, *names: object) -> None:
        key = blake2b("/".join(map(str, names)).encode(), digest_size=32).digest()
        self._next = _words(key).__next__
        self._waits = waits()

    def below(self, most: int) -> int:
        """One of 0, 1, ... up to `most` less one, each as likely, but for one part in 2^32 / `most`."""
        return self._next() * most >> 32

    def happens(self, thousandths: int) -> bool:
        """Yes, so many times in a thousand."""
        return self._next() * 1000 >> 32 < thousandths

    def wait(self, mean: int) -> int:
        """A whole number of this mean as waiting times are spread: many short ones, few long ones, none beyond 7.7 times the mean."""
        return mean * self._waits[self._next() >> 32 - _BITS] // 1000

    def gamma(self, shape: int) -> int:
        """Thousandths of a mean of 1, of the gamma distribution of a whole shape, which is a sum of waits; at least 1."""
        return max(1, sum(self.wait(1000) for _ in range(shape)) // shape)

    def one_of(self, what: Sequence[T]) -> T:
        """One of these, each as likely."""
        return what[self.below(len(what))]


def _words(key: bytes) -> Iterator[int]:
    for block in count():
        yield from _WORDS.unpack(blake2b(block.to_bytes(8, "little"), key=key).digest())
