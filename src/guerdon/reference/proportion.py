"""What a return takes back `in proportion`: the share of the sale that it brings back, of all that the sale was awarded.

No rule is asked what it comes to for what remains. All that somebody was given of a unit is
one amount, of which the share is rounded once and shared out to the awards.

Source: language reference, Returns.
"""

from __future__ import annotations

from fractions import Fraction

from guerdon.program import nodes
from guerdon.reference import remains
from guerdon.reference.exact import ZERO, rounded, shared_out, summed
from guerdon.reference.room import limit_under, step_of
from guerdon.reference.scene import Scene
from guerdon.reference.state import Deed, Gift
from guerdon.reference.world import World


def parts(world: World, reversal: nodes.Reversal, deed: Deed, before: Fraction) -> dict[str, Fraction] | None:
    """What is taken back now of each award, of a deed of which the share `before` remained; None in other modes.

    Shape: never more than is left, and all of it once nothing of the deed remains; shared
    out by what is left of each award.
    """
    if reversal.clawback is not nodes.Clawback.PROPORTION:
        return None
    assert reversal.rounding is not None
    share = before - remains.share(world.program, deed)
    together: dict[tuple[str, str], list[Gift]] = {}
    for gift in deed.gifts:
        if gift.rule in world.program.rules:
            together.setdefault((world.who(gift.holder), gift.unit), []).append(gift)
    found: dict[str, Fraction] = {}
    for (_, unit), gifts in together.items():
        step, left = world.program.units[unit].step, [gift.quantity - gift.taken for gift in gifts]
        there = summed(left)
        back = rounded(summed(gift.quantity for gift in gifts) * share, step, reversal.rounding)
        back = there if deed.undone else min(back, there)
        shares = shared_out(back, [back * each / there for each in left], step) if back else [ZERO] * len(gifts)
        found |= {gift.award: part for gift, part in zip(gifts, shares, strict=True)}
    return found


def leave(world: World, deed: Deed, rule: nodes.Rule, gift: Gift, share: Fraction, then: Scene) -> None:
    """Leaves in the limits of facts that a rule keeps what is in proportion, of a deed whose `share` is undone."""
    ref = deed.event.type, deed.event.id
    for holder_id, key in gift.limits:
        limit = limit_under(world.program, key)
        if limit.of is not None and gift.share < 1:
            tally = world.subjects[world.who(holder_id)].limits[key]
            held = summed(tally.values[place] for place in tally.of(ref, deed.day))
            most, step = held * (1 - share) / (1 - gift.share), step_of(limit, rule, world.program, then)
            tally.leave(ref, deed.day, rounded(most, step, nodes.RoundMode.UP) if step else most)
