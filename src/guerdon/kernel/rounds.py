"""Rounds: members are run anew for what came to them of others' events, until nothing changes. Why so: docs/decisions/0031."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from guerdon.history.event import Event, Facts
from guerdon.kernel import others
from guerdon.kernel.loop.frame import Written
from guerdon.kernel.rows.elsewhere import asks, shown
from guerdon.kernel.rows.encoded import Block, Encoder
from guerdon.kernel.rows.handed import handed
from guerdon.kernel.rows.received import Crossed
from guerdon.kernel.rows.together import link, reached
from guerdon.program import nodes
from guerdon.reference.aside import is_of_everybody

ROUNDS = 16
"""So often members are run anew for what they receive for the events of others; who is not done by then is left to the reference engine."""


class Rounds:
    """What came to members, and what they are shown, of what others did: `crossed`, as far as the last round said it.

    Shape: `unsettled`: the members of whom it changed again in the last round that there may be.
    """

    def __init__(
        self, program: nodes.Program, events: Sequence[Event], facts: Mapping[str, Facts], encoder: Encoder
    ) -> None:
        self.events, self.encoder = events, encoder
        self.crossed, self.unsettled = Crossed(), frozenset[str]()
        self._asks = asks(events, program, encoder.columns, lambda member: facts.get(member, {}))
        self._left = ROUNDS

    def following(self, written: Written, block: Block, ledger: Mapping[str, Sequence[int]]) -> Crossed | None:
        """What crosses members by the rows that the last round wrote; None where that is what they were run with, or there are no more rounds."""
        texts = {code: text for text, code in self.encoder.codes.items()}
        found = Crossed(handed(written, block, ledger, texts), shown(self._asks, written, block, ledger))
        self.unsettled, self.crossed = self._changed(found), found
        self._left -= 1
        return found if self.unsettled and self._left >= 0 else None

    def _changed(self, to: Crossed) -> frozenset[str]:
        """The members to whom something else came, or who are shown something else."""
        one = self.crossed
        given = {id for id in {**one.given, **to.given} if one.given.get(id) != to.given.get(id)}
        used = {name for name in {**one.used, **to.used} if one.used.get(name) != to.used.get(name)}
        return frozenset(given | {self.events[place].member for place, _ in used})


def linked(
    ids: Collection[str], events: Iterable[Event], facts: Mapping[str, Facts], program: nodes.Program
) -> frozenset[str]:
    """Some members, and all whom what becomes of them may rest on: who is named by facts of theirs, or names them, and so on."""
    if not ids:
        return frozenset()
    if any(map(is_of_everybody, others.kept_with(program).values())):
        ids = {event.member for event in events}
    links = dict[str, set[str]]()
    for event in events:
        for each in others.named_by(event, program.events[event.type]):
            link(links, event.member, each)
    for member, of in facts.items():
        for each in others.named_by_facts(of, program):
            link(links, member, each)
    return reached(links, ids)
