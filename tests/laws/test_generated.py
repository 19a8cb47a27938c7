"""The programs by chance leave nothing out, and all of them are ones that the checker accepts."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from tests.generated import writer
from tests.generated.covered import expected, kinds
from tests.generated.histories import BUILT_IN, Teller
from tests.generated.playing import play


@pytest.mark.slow
def test_every_kind_of_node_is_generated():
    found = set()
    before = len(writer.refused)
    for number in range(700):
        made = writer.program_of(random.Random(number).randrange)
        found |= kinds(made[1]) if made else set()
        if number % 50 == 0 and expected() <= found:
            break
    assert sorted(expected() - found) == []
    assert len(writer.refused) - before <= 7, writer.refused[-1]  # each is a flaw of the generator


@pytest.mark.slow
def test_every_kind_of_event_comes_to_something():
    """Histories hold each built-in event, returns that take something back, and events of each reason to be set aside."""
    found: Counter[str] = Counter()
    wanted = {"G690", "G691", "G692", "G694", "G696", "taken back", "refused", "merged", "closed", "undone"}
    wanted |= {"redemption", "adjustment", "transfer", "opening", "joined", "reached", "term ended", "no longer met"}
    for number in range(400):
        if number % 50 == 0 and wanted <= set(found):
            break
        made = writer.program_of(random.Random(number).randrange)
        assert made is not None
        assert set(BUILT_IN) <= set(made[1].events)
        for again in range(3):
            engine = play(made[1], Teller(random.Random(f"{number}/{again}").randrange, made[1]).history())
            found.update(each.code for each in engine.posted.rejections)
            found.update(each.reason for each in engine.posted.ledger.postings if each.event)
            found.update("taken back" for each in engine.posted.ledger.awards if each.of is not None)
            found.update("refused" for _ in engine.posted.ledger.refusals)
            found.update(each.reason for each in engine.posted.ledger.moves)
    assert wanted - set(found) == set()
