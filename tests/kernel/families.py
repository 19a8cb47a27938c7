"""Programs by chance in which an account has what members have in other ones: families, whose members are run together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from guerdon.check.passes import check_bytes
from guerdon.program import nodes

PATH = r"\b(of|since) ({})(?=[.\s)])"
"""What is counted: a path that begins with an event."""


def family(made: tuple[str, nodes.Program] | None, chance: Random) -> tuple[str, nodes.Program] | None:
    """A program of which a family has all points and tiers; what else is counted is theirs or a member's own."""
    if made is None or made[1].accounts:
        return None
    text, program = made
    for often in (
        2,
        3,
        1,
    ):  # what members do themselves does not count for a family's tier, so all may have to be the family's
        found = "".join(_blocks(text, program, chance, often))
        known, _ = check_bytes("family.guerdon", found.encode())
        if known is not None:
            return found, known
    return None


def _blocks(text: str, program: nodes.Program, chance: Random, often: int) -> Iterator[str]:
    events = "|".join(program.events)
    blocks = re.split(r"(?m)^(?=\S)", text)
    if not any(block.startswith("member") for block in blocks):
        blocks.append("member\n  role one of head, child optional\n")
    for block in blocks:
        if block.startswith("member"):
            block = f"{block.rstrip()}\n  family text optional\n\n"
        if block.startswith(("earn", "rule", "redeem")):  # an account's points have no control group
            block = re.sub(r"(?m)^  control .*\n", "", block)

        def theirs(found: re.Match[str], is_ladder: bool = block.startswith("tiers")) -> str:
            return f"{found[1]} family.{found[2]}" if is_ladder or chance.randrange(often) == 0 else found[0]

        block = re.sub(PATH.format(events), theirs, block)
        yield re.sub(r"per member\b", lambda found: chance.choice(["per family", found[0]]), block)
    owned = [*program.units, *program.ladders]
    lines = ["account family", "  members family", f"  owns {', '.join(owned)}"]
    if (
        "  role one of head" in "".join(blocks)
        and chance.randrange(2)
        and any(u.spendable for u in program.units.values())
    ):
        lines.append("  spends when (member.role or child) is head")
    yield "\n".join(lines) + "\n"
