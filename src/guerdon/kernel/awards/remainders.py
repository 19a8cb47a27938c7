"""What is left when shares are rounded down, handed out by largest remainder, as text."""

from __future__ import annotations

from collections.abc import Sequence

from guerdon.kernel.writing.written import Writer


def hand_out(w: Writer, rest: str, most: str, shares: Sequence[tuple[str, str]]) -> None:
    """Hands out so many steps (`rest`) one by one to shares, each a name with that of what rounding took off it: the largest first, of like ones the first."""
    with w.block(f"while {rest} > 0:"):
        w.line(f"{most} = (-2)")
        w.line(f"{most}_of = 0")
        for number, (_, loss) in enumerate(shares):
            with w.block(f"if {loss} > {most}:"):
                w.line(f"{most} = {loss}")
                w.line(f"{most}_of = {number}")
        for number, (share, loss) in enumerate(shares):
            with w.block(f"{'if' if number == 0 else 'elif'} {most}_of == {number}:"):
                w.line(f"{share} += 1")
                w.line(f"{loss} = (-1)")
        w.line(f"{rest} -= 1")
