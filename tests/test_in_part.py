"""A part of a return that takes nothing back is warned of, and only such a one."""

from __future__ import annotations

import pytest

from guerdon.check.in_part import untouched
from guerdon.check.passes import check_bytes

SHOP = """program "Shop"
  currency    USD

unit point

event purchase
  amount      money
  points      whole
  own         point
  twice       money = 2 * amount
  kind        one of drink, food
  lines       list of line

record line
  product     text
  amount      money
  pieces      whole

event refund
  amount      money
  lines       list of line
  reverses    purchase
  part        PART
"""
AMOUNT, LINES = "amount", "lines.amount by product"


def rule(*lines: str, keyword: str = "earn", name: str = "A") -> str:
    return "\n" + f'{keyword} "{name}"\n  on purchase\n' + "".join(f"  {line}\n" for line in lines)


FLAT = rule("give 5 point")
TOUCHED = [
    (AMOUNT, rule("give 1 point per full 1 USD of amount")),
    (AMOUNT, rule("give 1 point per full 1 USD of twice")),
    (AMOUNT, rule("give own")),
    (AMOUNT, rule("when amount >= 5 USD", "give 5 point")),
    (AMOUNT, rule("when sum of purchase.amount this month >= 5 USD", "give 5 point")),
    (AMOUNT, rule("each line where amount >= 5 USD", "give 5 point")),
    (LINES, rule("each line", "give 5 point")),
    (LINES, rule("give 1 point * count of lines this event")),
    (LINES, rule("when count of purchase.lines this month >= 2", "give 5 point")),
    (AMOUNT, rule("give 1 point per full 1 USD of amount") + rule('give 100% of "A"', name="B")),
    (AMOUNT, rule("cost own", keyword="redeem") + rule('give 100% of "A"', name="B")),
]
STAYS = [
    (AMOUNT, FLAT),
    (LINES, FLAT),
    (AMOUNT, rule("give points * 1 point")),
    (AMOUNT, rule("when kind is drink", "give 5 point")),
    (AMOUNT, rule('each line where product is "Tea"', "give 5 point")),
    (LINES, rule("when count of purchase this month >= 2", "give 5 point")),
    (AMOUNT, FLAT + rule('give 100% of "A"', name="B")),
]


def checked(part: str, rules: str) -> tuple[list[str], list[str]]:
    """The codes that are said of a program, and the rules of which a part takes nothing."""
    program, said = check_bytes("t.guerdon", (SHOP.replace("PART", part) + rules).encode())
    assert program is not None, [each.message for each in said]
    return [each.code for each in said], [each.name for each in untouched(program.events["refund"], program)]


@pytest.mark.parametrize(("part", "rules"), TOUCHED)
def test_what_depends_on_the_part_goes_with_it(part: str, rules: str) -> None:
    assert checked(part, rules) == ([], [])


@pytest.mark.parametrize(("part", "rules"), STAYS)
def test_what_does_not_depend_on_the_part_stays_and_is_warned_of(part: str, rules: str) -> None:
    codes, stays = checked(part, rules)
    assert codes == ["G570"]
    assert stays


def test_a_flat_bonus_beside_others_or_beside_a_measure_is_no_mistake() -> None:
    assert checked(AMOUNT, FLAT + rule("give own", name="B")) == ([], ["A"])
    spent = "\nmeasure spent\n  is sum of purchase.amount this month\n"
    assert checked(AMOUNT, FLAT + spent) == ([], ["A"])
    assert checked(AMOUNT, rule("give points * 1 point") + spent)[0] == ["G570"]
