"""Rings of places: lots in an order, out of which any can be taken at once, and put back.

Each ring has a number, and the place of that number stands between its last lot and its
first. A place is in one ring at most.
"""

from __future__ import annotations

from dataclasses import dataclass

from guerdon.kernel.writing.make import Make


@dataclass
class Rings:
    """So many rings of a purse, written as the arrays `after` and `before` of its places.

    Shape: `name` begins the names of arrays; a ring that is sorted holds lots by the array `end`, then by place.
    """

    make: Make
    name: str
    count: int

    def declare(self) -> None:
        for each in ("after", "before"):
            self.make.array(f"{self.name}_{each}", f"{self.name}_tail", "i32", self.make.place)

    def open(self) -> None:
        """Makes the rings of a new member, which hold nothing."""
        w, n = self.make.w, self.name
        for ring in range(self.count):
            w.line(f"{n}_after[{ring}] = {ring}")
            w.line(f"{n}_before[{ring}] = {ring}")

    def insert(self, at: str, ring: str) -> None:
        """Puts a place into a ring, looking for its own from the end."""
        w, n = self.make.w, self.name
        w.line(f"ahead = {n}_before[{ring}]")
        later = f"({n}_end[ahead] > {n}_end[{at}] or ({n}_end[ahead] == {n}_end[{at}] and ahead > {at}))"
        with w.block(f"while ahead != {ring} and {later}:"):
            w.line(f"ahead = {n}_before[ahead]")
        self._between(at)

    def append(self, at: str, ring: str) -> None:
        """Puts a place at the end of a ring."""
        self.make.w.line(f"ahead = {self.name}_before[{ring}]")
        self._between(at)

    def _between(self, at: str) -> None:
        w, n = self.make.w, self.name
        w.line(f"behind = {n}_after[ahead]")
        w.line(f"{n}_after[ahead] = {at}")
        w.line(f"{n}_before[{at}] = ahead")
        w.line(f"{n}_after[{at}] = behind")
        w.line(f"{n}_before[behind] = {at}")
        w.line(f"{n}_live += 1")

    def unlink(self, at: str) -> None:
        """Takes a place out of its ring."""
        w, n = self.make.w, self.name
        w.line(f"ahead = {n}_before[{at}]")
        w.line(f"behind = {n}_after[{at}]")
        w.line(f"{n}_after[ahead] = behind")
        w.line(f"{n}_before[behind] = ahead")
        w.line(f"{n}_live -= 1")
