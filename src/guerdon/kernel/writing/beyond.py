"""What is found to be beyond the kernel only when its text is written."""

from __future__ import annotations


class Beyond(Exception):
    """Something that the kernel does not cover, by its word (see `uncovered`)."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def covered(holds: bool, word: str) -> None:
    """Errors: Beyond, where what the kernel needs does not hold."""
    if not holds:
        raise Beyond(word)
