"""Members of an account take turns, as text: what each has of their own is put aside while the loop is at another.

The rows of all members of an account stand together, in their order, and what is the account's is kept as if all were one.
Each has a number from 0 on, in the order of their ids, which is that in which triggers happen to them. Whose turn it is,
their own are scalars as everything else; of the others they stand in arrays, at their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from guerdon.kernel.awards.triggers import Coming
from guerdon.kernel.columns import TURN, TURNS
from guerdon.kernel.days import NEVER
from guerdon.kernel.writing.make import BESIDE, Make

ROW = (0, 2**40)


class Turns:
    """Writes how they take turns; of a program without accounts nothing."""

    def __init__(self, make: Make) -> None:
        self.make, self.w = make, make.w
        if make.together:
            make.scalar("turn", (-1, make.room.listed), -1)
            make.scalar("turns", make.place)
            make.scalar("own_row", ROW, own=True)
            make.array("is_seen", "turns", "u8", (0, 1))

    def stop(self) -> None:
        """Stops where there is no room for so many, before they begin."""
        if self.make.together:
            self.make.stop(3, f"i < n and {TURNS}[i] > {self.make.room.listed - 2 * BESIDE}")

    def begin(self) -> None:
        """Begins with the members of an account: nobody was seen."""
        if not self.make.together:
            return
        w = self.w
        w.line(f"turns = fits({TURNS}[i], 0, {self.make.room.listed})")
        w.line("k = 0")
        with w.block("while k < turns:"):
            w.line("is_seen[k] = 0")
            w.line("k += 1")

    def take(self) -> None:
        """The event's member has their turn; who was not seen before begins (inside the lines that `first` writes)."""
        w = self.w
        w.line(f"k = fits({TURN}[i], 0, {self.make.room.listed})")
        w.line("@turn")

    @contextmanager
    def first(self) -> Iterator[None]:
        """What is written inside is for a member who was not seen before."""
        with self.w.block("if is_seen[turn] == 0:"):
            self.w.line("is_seen[turn] = 1")
            self.w.line("@own")
            yield

    @contextmanager
    def each(self) -> Iterator[None]:
        """What is written inside is for each who was seen, in the order of their ids, as of their latest event."""
        w = self.w
        w.line("each = 0")
        with w.block("while each < turns:"):
            with w.block("if is_seen[each]:"):
                w.line("k = each")
                w.line("@turn")
                w.line("row = fits(own_row - first, -2147483648, 2147483647)")
                yield
            w.line("each += 1")

    def soonest(self, name: str, of: list[Coming]) -> None:
        """Names the soonest day on which a trigger happens to any of them."""
        w = self.w
        w.line(f"{name} = {NEVER}")
        w.line("@aside")
        w.line("k = 0")
        with w.block("while k < turns:"):
            with w.block("if is_seen[k]:"):
                for each in of:
                    w.line(f"{name} = of_{each.next}[k] if of_{each.next}[k] < {name} else {name}")
            w.line("k += 1")

    # ------------------------------------------------------------ now that it is known what they have of their own

    def arrays(self) -> None:
        """The arrays in which their own are put aside."""
        for name, (_, low, high) in self.make.own.items():
            self.make.array(f"of_{name}", "turns", "i64", (low, high))

    def lines(self, mark: str) -> list[str]:
        """The lines that stand for a mark."""
        own = self.make.own
        aside = ["if turn >= 0:", *(f"    of_{name}[turn] = {name}" for name in own)]
        match mark:
            case "@aside":
                return aside
            case "@own":
                return [f"{name} = {begins}" for name, (begins, _, _) in own.items()]
            case "@turn":
                taken = ["turn = k", *(f"{name} = of_{name}[k]" for name in own)]
                return ["if k != turn:", *(f"    {each}" for each in (*aside, *taken))]
            case _:
                raise AssertionError(mark)
