"""Who pays, where facts say so: of the event one, of lines each for its own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from tests.kernel.both import agree, reference

from guerdon.history.event import Event
from guerdon.kernel.uncovered import uncovered
from guerdon.ledger.entries import Award
from guerdon.session import Session
from guerdon.study.describe.describe import describe
from guerdon.study.describe.shown import as_markdown
from guerdon.study.explain.explain import explain
from guerdon.study.funding import funding
from guerdon.study.summary import summarise

SHOP = """event purchase
  shop one of grocer, baker, fuel
  amount money
  lines list of line
record line
  product text
  shop one of grocer, baker, fuel
  amount money
event refund
  amount money
  reverses purchase
  part amount
"""
BACK = """event goods_back
  lines list of line
  reverses purchase
  part lines.amount by product
"""
EACH = "each line\n  give 1 point per 1 USD of amount\n  round down per event"


def rule(*lines: str) -> str:
    return 'earn "A"\n  on purchase\n  ' + "\n  ".join(lines) + "\n"


def line(shop: str, amount: int | str) -> dict[str, object]:
    return {"product": shop, "shop": shop, "amount": Fraction(amount)}


def bought(shop: str, *lines: dict[str, object]) -> tuple[str, str, dict[str, object]]:
    amount = sum((Fraction(str(each["amount"])) for each in lines), Fraction(0))
    return "2026-01-01 10:00", "purchase", {"shop": shop, "amount": amount, "lines": lines}


def refund(amount: int) -> tuple[str, str, dict[str, object]]:
    return "2026-01-02 10:00", "refund", {"purchase": "e001", "amount": Fraction(amount)}


def back(*lines: dict[str, object]) -> tuple[str, str, dict[str, object]]:
    return "2026-01-03 10:00", "goods_back", {"purchase": "e001", "lines": lines}


def paid(found) -> list[tuple[str, int]]:
    return [(each.partner, int(each.quantity)) for each in funding(found.outcome.ledger.awards, found.program)]


class TestOfTheEvent:
    def test_whoever_a_fact_names_pays_and_is_paid_back(self, play):
        text = SHOP + rule("give 1 point per full 1 USD of amount", "funded by shop 1")
        found = play(text, bought("baker", line("baker", 10)), bought("fuel", line("fuel", 7)), refund(4))
        assert paid(found) == [("baker", 10), ("fuel", 7), ("baker", -4)]

    def test_beside_somebody_who_always_pays(self, play):
        text = SHOP + rule("give 1 point per full 1 USD of amount", "funded by shop 2, chain 1")
        assert paid(play(text, bought("baker", line("baker", 9)))) == [("baker", 6), ("chain", 3)]

    def test_who_is_named_twice_pays_both_parts(self, play):
        text = SHOP + rule("give 1 point per full 1 USD of amount", "funded by shop 2, fuel 1")
        assert paid(play(text, bought("fuel", line("fuel", 9)))) == [("fuel", 9)]

    def test_the_kernel_says_the_same(self, checked):
        program = checked(SHOP + rule("give 1 point per full 1 USD of amount", "funded by shop 2, chain 1"))
        assert not uncovered(program)
        events = [
            _event(1, "purchase", shop="baker", amount=Fraction(9), lines=()),
            _event(2, "refund", purchase="e1", amount=Fraction(3)),
            _event(3, "purchase", shop="fuel", amount=Fraction(5), lines=()),
        ]
        expected = reference(program, events, {})
        assert [each.payers for each in expected.ledger.awards if each.payers] == [
            (("baker", Fraction(2)), ("chain", Fraction(1))),
            (("fuel", Fraction(2)), ("chain", Fraction(1))),
        ]
        for compiled in (False, True):
            assert agree(expected, program, events, {}, compiled=compiled) == 3


class TestOfLines:
    def test_each_pays_for_what_its_lines_come_to(self, play):
        text = SHOP + BACK + rule(EACH, "funded by shop 1")
        found = play(text, bought("fuel", line("grocer", "10.50"), line("baker", "20.25"), line("grocer", "0.25")))
        assert paid(found) == [("grocer", 11), ("baker", 20)]

    def test_a_line_that_comes_back_is_paid_back_to_who_paid_for_it(self, play):
        text = SHOP + BACK + rule(EACH, "funded by shop 1")
        sold = bought("fuel", line("grocer", 10), line("baker", 20))
        found = play(text, sold, back(line("baker", 5)), back(line("grocer", 10)), back(line("baker", 15)))
        assert paid(found) == [("grocer", 10), ("baker", 20), ("baker", -5), ("grocer", -10), ("baker", -15)]

    def test_what_is_cut_off_nobody_pays(self, play):
        text = SHOP + BACK + rule(EACH, "limit 15 point per event", "funded by shop 1")
        assert paid(play(text, bought("fuel", line("grocer", 10), line("baker", 20)))) == [("grocer", 5), ("baker", 10)]

    def test_a_limit_of_a_fact_lets_in_the_first_lines(self, play):
        text = SHOP + rule(EACH.replace("give", "limit 12 USD of amount per event\n  give"), "funded by shop 1")
        assert paid(play(text, bought("fuel", line("grocer", 10), line("baker", 20)))) == [("grocer", 10), ("baker", 2)]

    def test_of_a_running_total_the_lines_bases_count(self, play):
        text = SHOP + rule(
            "each line",
            "accumulate per member",
            "give 1 point per full 10 USD of amount",
            "funded by shop 1",
        )
        found = play(text, bought("fuel", line("grocer", 9)), bought("fuel", line("grocer", 2), line("baker", 9)))
        assert paid(found) == [("baker", 2)]  # 2 parts of 11 are the grocer's, 0.36 points

    def test_the_shop_of_the_line_and_the_chain_share_each_part(self, play):
        text = SHOP + BACK + rule(EACH, "funded by shop 1, chain 1")
        found = play(text, bought("fuel", line("grocer", 10), line("baker", 20)))
        assert paid(found) == [("grocer", 5), ("chain", 15), ("baker", 10)]

    def test_the_kernel_leaves_it_to_the_reference_engine(self, checked):
        assert "payers" in uncovered(checked(SHOP + rule(EACH, "funded by shop 1")))


def _event(number: int, kind: str, **facts: object) -> Event:
    at = 1_772_452_800_000_000 + number * 86_400_000_000
    return Event(f"e{number}", kind, "anna", at, at, number, facts)


class TestWhatIsSaid:
    def test_an_account_says_whom_the_lines_name(self, checked):
        program = checked(SHOP + rule(EACH, "funded by shop 1, chain 1"))
        lines = (line("grocer", 10), line("baker", 20))
        sale = _event(1, "purchase", shop="fuel", amount=Fraction(30), lines=lines)
        (found,) = explain(program, lambda: [sale], {}, "anna", "e1").explained
        (said,) = (each for each in found.rules[0].reasons if each.clause == "funded")
        assert (said.text, said.result) == ("by shop 1, chain 1", "grocer 5 point, chain 15 point, baker 10 point")

    def test_a_summary_lists_them_in_the_order_of_the_alphabet(self, play):
        text = SHOP + rule(EACH, "funded by shop 1, chain 1")
        found = play(text, bought("fuel", line("grocer", 10), line("baker", 20)))
        said = [(each.partner, int(each.quantity)) for each in summarise(found.outcome).funding]
        assert said == [("chain", 15), ("baker", 10), ("grocer", 5)]

    def test_a_state_keeps_who_pays_for_what_is_corrected(self, checked):
        text = SHOP + rule(EACH, "limit 50 point per member per month", "funded by shop 1")
        program = checked(text, 'program "T"\n  currency USD\n  lateness 30 days\nunit point\nunit mile\n')
        lines = (line("grocer", 10), line("baker", 20))
        sales = [_event(day, "purchase", shop="fuel", amount=Fraction(30), lines=lines) for day in (1, 3)]
        late = _event(2, "purchase", shop="fuel", amount=Fraction(5), lines=(line("baker", 5),))
        session = Session(program)
        states: dict[str, bytes | None] = {"anna": None}
        awards: list[Award] = []
        for event in (*sales, replace(late, recorded=sales[-1].at + 1)):
            came, after = session.step(event, states)
            states = {**after}
            awards += came.awards
        both = ("grocer", Fraction(10)), ("baker", Fraction(20))
        assert [(int(each.quantity), each.payers) for each in awards[:2]] == [(30, both), (20, both)]
        assert {(int(each.quantity), each.payers) for each in awards[2:]} == {
            (5, (("baker", Fraction(5)),)),
            (-5, both),
        }
        paid = [(each.partner, int(each.quantity)) for each in funding(awards, program) if each.award.of is not None]
        assert paid == [("grocer", -2), ("baker", -3)]

    def test_a_description_says_where_the_names_stand(self, checked):
        program = checked(
            SHOP
            + rule(EACH, "funded by shop 2, chain 1")
            + rule("give 1 point", "funded by shop 1").replace('"A"', '"B"')
        )
        told = " ".join(as_markdown(describe(program)).split())
        assert (
            "of every 3 parts of what it gives, whoever is named as “shop” of a line pays 2 and “chain” pays 1"
            in told.replace("Of every", "of every")
        )
        assert "Whoever is named as “shop” pays for all that it gives" in told
