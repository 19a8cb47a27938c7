"""What is done by hand is undone by the kernel itself, and rules are asked again what they would have given."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.kernel.both import agree, reference
from tests.kernel.test_found import HEAD, SALES, event, sale

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.kernel.stepped.session import steps
from guerdon.kernel.uncovered import uncovered
from guerdon.ledger.entries import Ledger, Pot
from guerdon.program import nodes

EARNS = 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n\n'
UNDO = "event undo\n  reverses {of}\n\n"
PART = "event undo\n  quantity point optional\n  reverses redemption\n  part quantity\n\n"
BACK = "event {name}\n  amount money optional\n  reverses sale\n  part amount\n  clawback {how}\n\n"


def checked(text: str, head: str = HEAD) -> nodes.Program:
    program, said = check_bytes("p.guerdon", (head + text).encode())
    assert program is not None, said
    return program


def ledger(text: str, events: list[Event], head: str = HEAD) -> Ledger:
    """The ledger of both engines, of which the kernel ran all events itself."""
    program = checked(text, head)
    assert not uncovered(program)
    expected = reference(program, events, {})
    for compiled in (False, True):
        assert agree(expected, program, events, {}, compiled=compiled) == len(events)
    return expected.ledger


def by_hand(number: int, day: int, quantity: int, unit: str = "point", **more: object) -> Event:
    return event(number, "adjustment", day, unit=unit, quantity=Fraction(quantity), **more)


def spent(number: int, day: int, quantity: int) -> Event:
    return event(number, "redemption", day, unit="point", quantity=Fraction(quantity))


def undone(number: int, day: int, of: int, kind: str = "adjustment", quantity: int | None = None) -> Event:
    more = {"quantity": Fraction(quantity) if quantity is not None else None} if kind == "redemption" else {}
    return event(number, "undo", day, **{kind: f"e{of}"}, **more)


def returned(number: int, day: int, of: int, dollars: int | None, kind: str = "back") -> Event:
    return event(number, kind, day, sale=f"e{of}", amount=Fraction(dollars) if dollars is not None else None)


def sums(of: Ledger, source: Pot, target: Pot) -> Fraction:
    """How much went from one pot to another."""
    return sum((each.quantity for each in of.postings if (each.source, each.target) == (source, target)), Fraction(0))


# ---------------------------------------------------------------- by hand


def test_what_was_given_by_hand_goes_though_it_was_spent():
    events = [by_hand(1, 0, 500), spent(2, 1, 450), undone(3, 2, 1), sale(4, 3, 600)]
    found = ledger(SALES + EARNS + UNDO.format(of="adjustment"), events)
    assert sums(found, Pot.DEBT, Pot.TAKEN_BACK) == 450
    assert sums(found, Pot.AVAILABLE, Pot.DEBT) == 450


def test_what_expired_of_it_is_not_taken_twice():
    head = HEAD.replace("unit point\n", "unit point\n  expires 5 days after earned\n")
    events = [by_hand(1, 0, 10), sale(2, 4, 7), undone(3, 6, 1)]
    found = ledger(SALES + EARNS + UNDO.format(of="adjustment"), events, head)
    assert sums(found, Pot.AVAILABLE, Pot.TAKEN_BACK) == 0


def test_debt_that_was_repaid_comes_back_as_a_lot_of_its_own():
    events = [by_hand(1, 0, 4), by_hand(2, 1, -10), sale(3, 2, 5), undone(4, 3, 2), spent(5, 4, 9)]
    found = ledger(SALES + EARNS + UNDO.format(of="adjustment"), events)
    backs: list[object] = [(each.lot, each.target, each.quantity) for each in found.postings if each.reason == "undone"]
    own, again = ("e4/undone", Pot.AVAILABLE, 5), ("adjustment/e1", Pot.AVAILABLE, 4)
    assert backs == [(None, Pot.DEBT, 1), own, again]


def test_what_was_written_off_is_not():
    head = HEAD.replace("unit point\n", "unit point\n  debt up to 3 point\n")
    events = [sale(1, 0, 2), by_hand(2, 1, -10), undone(3, 2, 2)]
    found = ledger(SALES + EARNS + UNDO.format(of="adjustment"), events, head)
    assert sums(found, Pot.TAKEN_BACK, Pot.WRITTEN_OFF) == sums(found, Pot.WRITTEN_OFF, Pot.TAKEN_BACK) == 5
    assert sums(found, Pot.TAKEN_BACK, Pot.DEBT) == 3


def test_a_redemption_comes_back_in_parts_and_what_expired_meanwhile_does_not():
    head = HEAD.replace("unit point\n", "unit point\n  expires 5 days after earned\n")
    events = [sale(1, 0, 4), sale(2, 3, 6), spent(3, 4, 10), undone(4, 6, 3, "redemption", 7)]
    events += [undone(5, 7, 3, "redemption")]
    found = ledger(SALES + EARNS + PART, events, head)
    assert sums(found, Pot.SPENT, Pot.AVAILABLE) == 10
    assert [each.quantity for each in found.postings if each.reason == "expired meanwhile"] == [1, 3]


def test_a_part_of_several_units_is_measured_in_the_finest_steps():
    head = HEAD + "unit mile\n  decimals 2\n\n"
    given = [by_hand(1, 0, 10), by_hand(2, 0, 10, "mile")]
    events = [*given, spent(3, 1, 9), event(4, "redemption", 1, unit="mile", quantity=Fraction(9))]
    events += [undone(5, 2, 3, "redemption", 3), undone(6, 2, 4, "redemption", 4), undone(7, 3, 4, "redemption")]
    found = ledger(SALES + EARNS + PART, events, head)
    assert sums(found, Pot.SPENT, Pot.AVAILABLE) == 3 + 9


STATUS = """unit night
  kind status

event adjustment
  amount money

event undo
  amount money optional
  reverses adjustment
  part amount

earn "N"
  on adjustment
  give 1 night per full 1 USD of amount

tiers status
  counts night earned last 20 days
  tier Low
  tier High at 3 night
  lasts while met

"""


def test_what_was_counted_by_hand_is_counted_no_more_nor_what_rules_gave_for_it():
    events = [by_hand(1, 0, -5, "night", amount=Fraction(9)), by_hand(2, 1, 4, "night", amount=Fraction(0))]
    events += [
        event(3, "undo", 2, adjustment="e1", amount=Fraction(3)),
        event(4, "undo", 3, adjustment="e2", amount=None),
    ]
    events += [event(5, "undo", 4, adjustment="e1", amount=None)]
    found = ledger(SALES + STATUS, events)
    backs: list[object] = [(each.rule, each.quantity) for each in found.awards if each.of is not None]
    assert backs == [("N", -3), ("adjustment", 1), ("adjustment", -4), ("N", -6), ("adjustment", 4)]
    assert [each.tier for each in found.moves] == ["Low", "High", "Low"]


@pytest.mark.parametrize(
    ("counts", "tiers"),
    [
        ("night earned last 5 days", ["Low", "High", "Low", "High", "Low"]),
        ("night earned ever - night taken back ever", ["Low", "High", "Low"]),
    ],
)
def test_what_was_counted_by_hand_is_corrected_on_its_day_though_it_is_counted_at_return(counts, tiers):
    start, end = STATUS.index("earn"), STATUS.index("tiers")
    text = STATUS[:start].replace("part amount", "part amount\n  counted at return") + STATUS[end:]
    given = [by_hand(1, 0, 4, "night", amount=Fraction(9)), by_hand(3, 6, 3, "night", amount=Fraction(9))]
    events = [given[0], event(2, "undo", 3, adjustment="e1", amount=None), given[1], sale(4, 20, 1)]
    found = ledger(SALES + text.replace("night earned last 20 days", counts), events)
    assert [each.tier for each in found.moves] == tiers


def test_a_lot_for_debt_that_was_repaid_expires_by_the_line_of_its_day():
    lines = "unit point\n  expires 2 days after earned from 2026-03-20\n  expires 30 days after earned\n"
    events = [by_hand(1, 0, -10), sale(2, 1, 10), undone(3, 3, 1), sale(4, 10, 1), spent(5, 12, 11)]
    found = ledger(SALES + EARNS + UNDO.format(of="adjustment"), events, HEAD.replace("unit point\n", lines))
    assert sums(found, Pot.AVAILABLE, Pot.SPENT) == 11


def test_who_handed_something_on_is_left_to_the_reference_engine_and_others_are_not():
    program = checked(SALES + EARNS + UNDO.format(of="transfer"))
    assert not uncovered(program)
    at = sale(2, 1, 3).at
    handed = event(2, "transfer", 1, unit="point", quantity=Fraction(2), to="berta")
    other = Event("e4", "sale", "clara", at, at, 4, {"amount": Fraction(8), "wait": None})
    events = [sale(1, 0, 5), handed, other, event(5, "undo", 2, transfer="e2")]
    expected = reference(program, events, {})
    assert agree(expected, program, events, {}) == 1


@pytest.mark.parametrize("of", ["adjustment", "redemption"])
def test_what_undoes_nothing_is_left_to_the_reference_engine(of):
    program = checked(SALES + EARNS + UNDO.format(of=of))
    events = [sale(1, 0, 5), event(2, "undo", 1, **{of: "e1"})]
    expected = reference(program, events, {})
    assert [each.code for each in expected.rejections] == ["G692"]
    assert agree(expected, program, events, {}) == 0


def test_sessions_of_such_programs_are_on_the_reference_engine():
    assert not steps(checked(SALES + EARNS + UNDO.format(of="redemption")))


# ---------------------------------------------------------------- recomputed


def taken(text: str, *events: Event) -> list[Fraction]:
    """What is taken back, one award after the other."""
    return [-each.quantity for each in ledger(SALES + text, [*events]).awards if each.of is not None]


RECOMPUTED = BACK.format(name="back", how="recomputed")


def test_what_a_rule_would_have_given_stays():
    rule = 'earn "A"\n  on sale\n  give 1 point per 3 USD of amount\n  round half up per event\n'
    assert taken(RECOMPUTED + rule, sale(1, 0, 10), returned(2, 1, 1, 2), returned(3, 2, 1, 1)) == [1]


@pytest.mark.parametrize(("limit", "backs"), [("12 point per member, or nothing", [10]), ("12 point per member", [])])
def test_limits_leave_the_room_that_they_left_then(limit, backs):
    """The rule gives more for less: of 15 point there is no room for any, or for 12."""
    rule = f'earn "A"\n  on sale\n  give max(0 point, 20 point - (1 point per full 1 USD of amount))\n  limit {limit}\n'
    assert taken(RECOMPUTED + rule, sale(1, 0, 10), sale(2, 0, 18), returned(3, 1, 1, 5)) == backs


def test_of_several_times_each_had_room():
    rule = 'earn "A"\n  on sale\n  give 1 point per full 2 USD of amount\n  limit 2 times per member\n'
    given = [sale(1, 0, 10), sale(2, 0, 6), sale(3, 0, 8)]
    assert taken(RECOMPUTED + rule, *given, returned(4, 1, 2, 1), returned(5, 1, 3, 1), returned(6, 1, 1, 9)) == [1, 5]


@pytest.mark.parametrize(("how", "of_the_other"), [("recomputed", 2), ("exactly", 1)])
def test_a_rule_that_names_another_sees_what_is_left_of_it(how, of_the_other):
    rules = EARNS + 'earn "B"\n  on sale\n  give 50% of "A"\n  round up per event\n'
    assert taken(BACK.format(name="back", how=how) + rules, sale(1, 0, 9), returned(2, 1, 1, 3)) == [3, of_the_other]


def test_what_was_undone_by_another_way_stays_undone():
    """In proportion 6 of 11 point go, 5 of them of the first award, of which 6 are undone: the next return takes that one, exactly."""
    text = BACK.format(name="swap", how="in proportion, round down") + BACK.format(name="back", how="exactly")
    text += 'earn "A"\n  on sale\n  give 10 point\n\n' + 'earn "B"\n  on sale\n  give 1 point\n\n'
    given = sale(1, 0, 100), returned(2, 1, 1, 60, "swap"), returned(3, 2, 1, 1), returned(4, 3, 1, None)
    assert taken(text, *given) == [5, 1, 1, 4]


@pytest.mark.parametrize("how", ["exactly", "recomputed"])
def test_what_is_taken_back_is_whole_steps_though_another_fact_is_less_in_proportion(how):
    text = "event sale\n  amount money\n  fee money\n\n" + BACK.format(name="back", how=how)
    head = HEAD.replace("unit point\n", "unit point\n  decimals 2\n")
    events = [event(1, "sale", 0, amount=Fraction(10), fee=Fraction(1)), returned(2, 1, 1, None)]
    events.insert(1, event(3, "back", 1, sale="e1", amount=Fraction(333, 100)))
    found = ledger(text + 'earn "A"\n  on sale\n  give 1 point per 1 USD of fee\n', events, head)
    backs = [-each.quantity for each in found.awards if each.of is not None]
    assert (backs[0], sum(backs)) == (Fraction(33 if how == "exactly" else 34, 100), 1)


@pytest.mark.parametrize(("how", "backs"), [("recomputed", [2, 4]), ("exactly", [2, 4])])
def test_what_remains_is_raised_to_the_minimum_too(how, backs):
    rule = 'earn "A"\n  on sale\n  give 1 point per full 1 USD of amount\n  minimum 4 point\n'
    given = sale(1, 0, 6), returned(2, 1, 1, 3), returned(3, 2, 1, 2), returned(4, 3, 1, None)
    assert taken(BACK.format(name="back", how=how) + rule, *given) == backs


def test_recomputed_of_a_group_is_not_covered():
    rules = EARNS + EARNS.replace('"A"', '"B"') + 'group "G"\n  of "A", "B"\n  take best\n'
    assert uncovered(checked(SALES + RECOMPUTED + rules)).keys() == {"returns"}
