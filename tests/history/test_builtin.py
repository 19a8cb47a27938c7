"""Built-in events come from tables like any others, their amounts on the grid of the unit that each row names."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from tests.history.conftest import Open, Refused, codes, typed

from guerdon.history.open import History

ONE_UNIT = """
program "One"
  currency USD
unit point
unit night
  kind status
member
  town text optional
  visits whole optional
event sale
  amount money
tiers status
  counts count of sale this calendar year
  tier Base
  tier Silver at 10
  lasts while met
"""
TWO_UNITS = """
program "Two"
  currency USD
unit point
unit mile
  decimals 2
event sale
  amount money
tiers status
  counts count of sale this calendar year
  tier Base
  tier Silver at 10
  lasts while met
tiers wine
  counts sum of sale.amount this calendar year
  tier Sipper
  tier Taster at 10 USD
  lasts while met
"""
SALES = """
sources:
  sales:
    file: sales.csv
events:
  sale:
    from: sales
    id: id
    member: member
    at: at
    fields:
      amount: amount
"""
SALE = "id,member,at,amount\n1,ana,2026-01-01,1\n"


def built_in(event: str, *fields: str) -> str:
    """The mapping of sales, and one of a built-in event from `more.csv`."""
    mapped = "".join(f"      {each}: {each}\n" for each in fields)
    of_event = f"  {event}:\n    from: more\n    id: id\n    member: member\n    at: at\n    fields:\n{mapped}"
    return SALES.replace("events:", "  more:\n    file: more.csv\nevents:") + of_event


def facts(history: History, event: str, *names: str) -> list[tuple[object, ...]]:
    return [tuple(each.facts[name] for name in names) for each in history.events() if each.type == event]


def test_a_history_need_not_speak_of_built_in_events(opened: Open) -> None:
    assert [each.type for each in opened(SALES, of=typed(ONE_UNIT), sales__csv=SALE).events()] == ["sale"]
    absent = SALES + "  redemption: absent\n"
    assert opened(absent, of=typed(ONE_UNIT), sales__csv=SALE).count == 1


def test_a_built_in_event_that_the_program_declares_is_mapped_or_absent(opened: Open, refused: Refused) -> None:
    program = typed(ONE_UNIT + "event redemption\n  shop text\n")
    assert codes(refused(SALES, of=program, sales__csv=SALE)) == ["G520"]
    rows = "id,member,at,quantity,shop\n1,ana,2026-01-02,5,Main Street\n"
    history = opened(built_in("redemption", "quantity", "shop"), of=program, sales__csv=SALE, more__csv=rows)
    assert facts(history, "redemption", "unit", "quantity", "shop") == [("point", 5, "Main Street")]


def test_the_only_unit_that_can_be_spent_need_not_be_named(opened: Open) -> None:
    rows = "id,member,at,quantity\n1,ana,2026-01-02,5\n"
    history = opened(built_in("redemption", "quantity"), of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert facts(history, "redemption", "unit", "quantity") == [("point", 5)]
    rows = "id,member,at,unit,quantity\n1,ana,2026-01-02,,5\n2,ana,2026-01-02,point,6\n"
    history = opened(built_in("redemption", "unit", "quantity"), of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert facts(history, "redemption", "unit", "quantity") == [("point", 5), ("point", 6)]


def test_one_of_several_units_is_named(opened: Open, refused: Refused) -> None:
    rows = "id,member,at,unit,quantity\n1,ana,2026-01-02,,5\n2,ana,2026-01-02,mile,6.25\n"
    history = opened(built_in("redemption", "unit", "quantity"), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
    assert codes(history) == ["G602"]
    assert "`unit` is missing" in history.rejections[0].message
    assert facts(history, "redemption", "unit", "quantity") == [("mile", Fraction("6.25"))]
    error = refused(built_in("redemption", "quantity"), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
    assert codes(error) == ["G522"]
    assert "`unit`" in str(error)


@pytest.mark.parametrize(
    ("unit", "quantity", "code", "said"),
    [
        ("point", "1", None, ""),
        ("point", "1.0", None, ""),
        ("point", "1.5", "G604", "no decimals"),
        ("mile", "1.25", None, ""),
        ("mile", "1.255", "G604", "at most 2 decimals"),
        ("mile", "0.01", None, ""),
        ("point", "-1", "G606", "below zero"),
        ("mile", "-0.01", "G606", "below zero"),
        ("pont", "1", "G608", "`point`"),
        ("Mile", "1", "G608", "`mile`"),
        ("point", "999999999999999999", None, ""),
        ("point", "9999999999999999999", "G605", "too many digits"),
        ("mile", "99999999999999999", "G605", "too many digits"),
        ("point", "NaN", "G603", "a number"),
        ("point", "", "G602", "`quantity` is missing"),
    ],
)
def test_an_amount_is_on_the_grid_of_its_unit(opened: Open, unit: str, quantity: str, code: str, said: str) -> None:
    rows = f"id,member,at,unit,quantity\n1,ana,2026-01-02,{unit},{quantity}\n"
    history = opened(built_in("redemption", "unit", "quantity"), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
    assert codes(history) == ([code] if code else [])
    if code:
        assert said in f"{history.rejections[0].message} {history.rejections[0].help}"
    else:
        assert facts(history, "redemption", "unit", "quantity") == [(unit, Fraction(quantity))]


@pytest.mark.parametrize("event", ["redemption", "transfer"])
def test_a_status_unit_is_not_spent(opened: Open, event: str) -> None:
    rows = "id,member,at,unit,quantity,to\n1,ana,2026-01-02,night,5,ben\n"
    fields = ("unit", "quantity", *(["to"] if event == "transfer" else []))
    history = opened(built_in(event, *fields), of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert codes(history) == ["G623"]


def test_an_adjustment_may_be_negative_and_says_who_made_it(opened: Open) -> None:
    rows = "id,member,at,unit,quantity,by,why\n1,ana,2026-01-02,mile,-0.50,kim,typing error\n"
    fields = ("unit", "quantity", "by", "why")
    history = opened(built_in("adjustment", *fields), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
    assert facts(history, "adjustment", *fields) == [("mile", Fraction(-1, 2), "kim", "typing error")]


TIERS = ("unit", "quantity", "ladder", "tier", "through")


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        (",,status,Silver,2026-12-31", None, ""),
        (",,wine,Taster,", None, ""),
        (",,wine,Silver,", "G608", "`wine` has Sipper, Taster"),
        (",,status,Sliver,", "G608", "`Silver`"),
        (",,wines,Taster,", "G608", "`wine`"),
        (",,,Taster,", "G602", "`ladder` is missing"),
        (",,status,,", "G602", "`tier` is missing"),
        (",,,,", "G622", "neither"),
        ("mile,1,status,Silver,", "G622", "both"),
        ("mile,1,,,", None, ""),
        (",,status,Silver,31.12.2026", "G609", "date"),
    ],
)
def test_a_tier_is_one_of_its_ladder(opened: Open, row: str, code: str, said: str) -> None:
    rows = f"id,member,at,{','.join(TIERS)}\n1,ana,2026-01-02,{row}\n"
    history = opened(built_in("adjustment", *TIERS), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
    assert codes(history) == ([code] if code else [])
    if code:
        assert said in f"{history.rejections[0].message} {history.rejections[0].help}"


def test_the_only_ladder_need_not_be_named(opened: Open) -> None:
    rows = "id,member,at,tier,through\n1,ana,2026-01-02,Silver,2026-12-31\n"
    history = opened(built_in("adjustment", "tier", "through"), of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert facts(history, "adjustment", "ladder", "tier", "through") == [("status", "Silver", date(2026, 12, 31))]


def test_a_ladder_needs_its_tier_and_a_tier_its_ladder(refused: Refused) -> None:
    rows = "id,member,at,tier,ladder\n1,ana,2026-01-02,Silver,status\n"
    for field in ("tier", "ladder"):
        error = refused(built_in("adjustment", field), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
        assert codes(error) == ["G522"]


def test_an_opening_says_whether_it_was_earned_and_when_it_expires(opened: Open) -> None:
    rows = "id,member,at,quantity,earned,expires\n1,ana,2026-01-02,500,yes,2026-06-30\n2,ben,2026-01-02,7,,\n"
    mapping = built_in("opening", "quantity", "earned", "expires")
    history = opened(mapping, of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert facts(history, "opening", "unit", "quantity", "earned", "expires") == [
        ("point", 500, True, date(2026, 6, 30)),
        ("point", 7, None, None),
    ]


@pytest.mark.parametrize(("event", "field"), [("transfer", "to"), ("merged", "other")])
def test_a_member_names_another_one(opened: Open, event: str, field: str) -> None:
    rows = f"id,member,at,quantity,{field}\n1,ana,2026-01-02,5,ben\n2,Zo\u00eb,2026-01-02,5,Zoe\u0308\n3,ana,2026-01-02,5,\n"
    fields = (field, *(["quantity"] if event == "transfer" else []))
    history = opened(built_in(event, *fields), of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert facts(history, event, field) == [("ben",)]
    assert codes(history) == ["G624", "G602"]


def test_events_without_facts_need_no_fields(opened: Open) -> None:
    mapping = (
        built_in("joined")
        .replace("    fields:\n", "", 2)
        .replace("    at: at\n      amount", "    at: at\n    fields:\n      amount")
    )
    history = opened(mapping, of=typed(ONE_UNIT), sales__csv=SALE, more__csv="id,member,at\n1,ana,2025-12-01\n")
    assert [each.type for each in history.events()] == ["joined", "sale"]


def test_a_change_gives_facts_of_the_member(opened: Open) -> None:
    rows = "id,member,at,town,visits\n1,ana,2026-01-02,Albany,\n2,ana,2026-01-03,,3\n"
    history = opened(built_in("changed", "town", "visits"), of=typed(ONE_UNIT), sales__csv=SALE, more__csv=rows)
    assert facts(history, "changed", "town", "visits") == [("Albany", None), (None, 3)]


# ---------------------------------------------------------------- files of their own name


def test_a_file_named_for_a_built_in_event_is_that_event(opened: Open) -> None:
    rows = "id,member,at,quantity,note\n1,ana,2026-01-02,5,x\n"
    history = opened(SALES, of=typed(ONE_UNIT), sales__csv=SALE, redemption__csv=rows)
    assert facts(history, "redemption", "unit", "quantity") == [("point", 5)]
    assert [each.name for each in history.files] == ["sales.csv", "redemption.csv"]


def test_a_file_of_objects_is_named_for_its_event_too(opened: Open) -> None:
    lines = '{"id": "1", "member": "ana", "at": "2026-01-02"}\n{"id": "2", "member": "ben", "at": "2026-01-02", "why": "moved"}\n'
    history = opened(SALES, of=typed(ONE_UNIT), sales__csv=SALE, closed__jsonl=lines)
    assert facts(history, "closed", "why") == [(None,), ("moved",)]


def test_a_file_that_is_mapped_or_whose_event_is_absent_is_not_read_by_its_name(opened: Open) -> None:
    rows = "number,member,at,quantity\n1,ana,2026-01-02,5\n"
    mapping = (
        built_in("redemption", "quantity")
        .replace("more.csv", "redemption.csv")
        .replace("more\n    id: id", "more\n    id: number")
    )
    history = opened(mapping, of=typed(ONE_UNIT), sales__csv=SALE, redemption__csv=rows)
    assert history.count == 2
    assert (
        opened(SALES + "  redemption: absent\n", of=typed(ONE_UNIT), sales__csv=SALE, redemption__csv=rows).count == 1
    )
    adjusted = mapping.replace("redemption:", "adjustment:")
    assert opened(adjusted, of=typed(ONE_UNIT), sales__csv=SALE, redemption__csv=rows).count == 2


def test_a_column_that_nearly_is_a_fact_is_refused(refused: Refused) -> None:
    rows = "id,member,at,quantity,expries\n1,ana,2026-01-02,5,2026-02-01\n"
    error = refused(SALES, of=typed(ONE_UNIT), sales__csv=SALE, opening__csv=rows)
    assert codes(error) == ["G523"]
    assert "`expires`" in str(error)


def test_a_file_of_an_event_without_what_it_needs_is_refused(refused: Refused) -> None:
    error = refused(SALES, of=typed(ONE_UNIT), sales__csv=SALE, redemption__csv="id,member,at\n1,ana,2026-01-02\n")
    assert codes(error) == ["G522"]
    error = refused(
        SALES, of=typed(ONE_UNIT), sales__csv=SALE, redemption__csv="member,at,quantity\nana,2026-01-02,5\n"
    )
    assert codes(error) == ["G515"]


# ---------------------------------------------------------------- what an event reverses


def test_an_event_that_reverses_names_what_by_its_id(opened: Open, refused: Refused) -> None:
    program = typed(ONE_UNIT + "event refund\n  reverses sale\n")
    rows = "id,member,at,sale\n1,ana,2026-01-02,Zoe\u0308-1\n2,ana,2026-01-02,\n3,ana,2026-01-02,1 \n"
    history = opened(built_in("refund", "sale"), of=program, sales__csv=SALE, more__csv=rows)
    assert facts(history, "refund", "sale") == [("Zo\u00eb-1",)]
    assert codes(history) == ["G602", "G616"]
    assert codes(refused(built_in("refund"), of=program, sales__csv=SALE, more__csv=rows)) != []


# ---------------------------------------------------------------- facts of members over time


MEMBERS = "members:\n  from: people\n  id: card\n  since: valid_from\n  fields:\n    town: town\n    visits: visits\n"
PEOPLE = SALES.replace("events:", "  people:\n    file: people.csv\nevents:") + MEMBERS


def changes(history: History) -> list[tuple[str, int, object, object]]:
    return [
        (each.member, each.at // 86_400_000_000, each.facts["town"], each.facts["visits"])
        for each in history.events()
        if each.type == "changed"
    ]


def day(*of: int) -> int:
    return (date(*of) - date(1970, 1, 1)).days


def test_rows_of_a_member_from_which_facts_differ_are_changes(opened: Open) -> None:
    people = (
        "card,valid_from,town,visits\nana,2026-03-01,Troy,2\nana,,Albany,1\nana,2026-02-01,Albany,1\n"
        "ben,2020-01-01,Utica,\nben,2026-02-10,Utica,4\nana,2026-04-01,,3\n"
    )
    history = opened(PEOPLE, of=typed(ONE_UNIT), sales__csv=SALE, people__csv=people)
    assert dict(history.members) == {"ana": {"town": "Albany", "visits": 1}, "ben": {"town": "Utica", "visits": None}}
    assert changes(history) == [
        ("ben", day(2026, 2, 10), None, 4),
        ("ana", day(2026, 3, 1), "Troy", 2),
        ("ana", day(2026, 4, 1), None, 3),
    ]
    assert (history.count, codes(history)) == (4, [])
    orders = [each.order for each in history.events()]
    assert orders == sorted(orders)


def test_a_change_comes_before_what_else_happens_at_its_moment(opened: Open) -> None:
    people = "card,valid_from,town,visits\nana,,Albany,1\nana,2026-01-01,Troy,1\n"
    history = opened(PEOPLE, of=typed(ONE_UNIT), sales__csv=SALE, people__csv=people)
    assert [each.type for each in history.events()] == ["changed", "sale"]


def test_a_day_of_change_starts_in_the_programs_zone(opened: Open) -> None:
    program = typed(ONE_UNIT.replace("currency USD", "currency USD\n  timezone America/New_York"))
    people = "card,valid_from,town,visits\nana,,Albany,1\nana,2026-03-01,Troy,1\nana,2026-03-02T12:00:00Z,Utica,1\n"
    history = opened(PEOPLE, of=program, sales__csv=SALE, people__csv=people)
    assert [each.at % 86_400_000_000 // 3_600_000_000 for each in history.events() if each.type == "changed"] == [5, 12]


def test_two_rows_of_one_moment_that_differ_are_a_fault(opened: Open) -> None:
    people = (
        "card,valid_from,town,visits\nana,,Albany,1\nana,2026-03-01,Troy,1\nana,2026-03-01,Utica,1\n"
        "ana,2026-03-01,Troy,1\nben,,Albany,\nben,,Troy,\nana,yesterday,Troy,1\n"
    )
    history = opened(PEOPLE, of=typed(ONE_UNIT), sales__csv=SALE, people__csv=people)
    assert sorted(codes(history)) == ["G610", "G621", "G621"]
    assert [each[2] for each in changes(history)] == ["Troy"]


def test_changes_of_members_and_changes_from_a_table_are_one_order(opened: Open) -> None:
    mapping = PEOPLE.replace("sources:", "sources:\n  moves:\n    file: moves.csv")
    mapping = mapping.replace(
        "members:",
        "  changed:\n    from: moves\n    id: id\n    member: member\n    at: at\n    fields: {town: town}\nmembers:",
    )
    people = "card,valid_from,town,visits\nana,,Albany,1\nana,2026-03-01,Troy,1\n"
    moves = "id,member,at,town\n1,ana,2026-02-01,Utica\n2,ana,2026-03-01,Ilion\n"
    history = opened(mapping, of=typed(ONE_UNIT), sales__csv=SALE, people__csv=people, moves__csv=moves)
    assert [each[2] for each in changes(history)] == ["Utica", "Troy", "Ilion"]


def test_a_built_in_event_that_comes_again_counts_once(opened: Open) -> None:
    rows = "id,member,at,unit,quantity\n1,ana,2026-01-02,mile,0.50\n1,ana,2026-01-02,mile,0.5\n1,ana,2026-01-02,mile,0.51\n"
    history = opened(built_in("redemption", "unit", "quantity"), of=typed(TWO_UNITS), sales__csv=SALE, more__csv=rows)
    assert facts(history, "redemption", "quantity") == [(Fraction(1, 2),)]
    assert (history.repeated, codes(history)) == (1, ["G619"])


WITH_REWARDS = ONE_UNIT + 'redeem "Any drink"\n  cost 150 point\nredeem "Mug"\n  cost 500 point\n'


def test_a_redemption_is_of_a_reward_or_of_an_amount(opened: Open) -> None:
    mapping, of = built_in("redemption", "reward", "quantity"), typed(WITH_REWARDS)
    rows = "id,member,at,reward,quantity\n1,ana,2026-01-02,Any drink,\n2,ana,2026-01-03,,20\n"
    history = opened(mapping, of=of, sales__csv=SALE, more__csv=rows)
    assert facts(history, "redemption", "reward", "quantity", "unit") == [
        ("Any drink", None, None),
        (None, Fraction(20), "point"),
    ]
    wrong = "id,member,at,reward,quantity\n1,ana,2026-01-02,Mug,5\n2,ana,2026-01-03,,\n3,ana,2026-01-03,Mog,\n"
    history = opened(mapping, of=of, sales__csv=SALE, more__csv=wrong)
    assert sorted(each.code for each in history.rejections) == ["G608", "G622", "G622"]
    alone = opened(
        built_in("redemption", "reward"),
        of=of,
        sales__csv=SALE,
        more__csv="id,member,at,reward\n1,ana,2026-01-02,Mug\n",
    )
    assert facts(alone, "redemption", "reward") == [("Mug",)]


def test_a_redemption_is_of_something(refused: Refused) -> None:
    of = typed(WITH_REWARDS + "event redemption\n  shop text optional\n")
    found = refused(built_in("redemption", "shop"), of=of, sales__csv=SALE, more__csv="id,member,at,shop\n")
    assert codes(found) == ["G522"]
