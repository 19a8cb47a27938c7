"""A member's id and the texts that the program does not name, as the bytes that a state holds: they are looked for there."""

from __future__ import annotations

from collections.abc import Iterable

BETWEEN, MEANT = "\x1f", "\x1d"
"""What stands between two texts, and before a letter that means one of the two."""

_SAID = {BETWEEN: MEANT + "b", MEANT: MEANT + "m"}
_AS_SAID = str.maketrans(_SAID)
SIGN = BETWEEN.encode()


class Texts:
    """Texts by their number, the member's id before them.

    Shape: `whole`: they are as they are said, in UTF-8, each but the first after a byte of 31, which no other letter has in it.
    """

    __slots__ = ("whole",)

    def __init__(self, whole: bytes = b"") -> None:
        self.whole = whole

    def is_of(self, member: bytes) -> bool:
        """Whether a member's id stands before them."""
        return self.whole.startswith(member) and self.whole[len(member) : len(member) + 1] in (b"", SIGN)

    def __len__(self) -> int:
        return self.whole.count(SIGN)

    def number(self, text: str) -> int:
        """The number of a text, which is added where there is none such."""
        whole = self.whole
        asked = SIGN + encoded(text)
        at = (whole + SIGN).find(asked + SIGN)
        if at >= 0:
            return whole.count(SIGN, 0, at)
        self.whole = whole + asked
        return whole.count(SIGN)

    def all(self) -> list[str]:
        """The texts without the member's id."""
        return [meant(each.decode("utf-8", "surrogatepass")) for each in self.whole.split(SIGN)[1:]]

    def put(self, texts: Iterable[str]) -> None:
        """Has these texts from now on."""
        self.whole = SIGN.join((self.whole.partition(SIGN)[0], *map(encoded, texts)))


def encoded(text: str) -> bytes:
    """A text as it stands among others."""
    said = text.translate(_AS_SAID) if BETWEEN in text or MEANT in text else text
    return said.encode("utf-8", "surrogatepass")


def meant(text: str) -> str:
    """The text that was said so."""
    if MEANT in text:
        for letter, written in _SAID.items():
            text = text.replace(written, letter)  # the sign itself is the last of them
    return text
