"""What a designer says in words of their own is told as it is written here, and the edit can be read."""

from __future__ import annotations

import pytest

from guerdon.syntax import sayings, slips
from guerdon.syntax.parse import parse
from guerdon.text.diagnostic import Diagnostic
from guerdon.text.source import Source

HEADS = {
    "program": 'program "P"',
    "unit": "unit star",
    "event": "event refund",
    "account": "account household",
    "table": "table fare",
    "measure": "measure run",
    "tiers": "tiers status",
    "rule": 'rule "R"',
    "earn": 'earn "E"',
    "group": 'group "G"',
    "redeem": 'redeem "D"',
    "referral": 'referral "F"',
    "offer": 'offer "O"',
    "test": 'test "T"',
    "law": 'law "L"',
}
MEANT = [
    ("test", "expect message", "expect 1 message"),
    ("offer", "opens by received", "opens received"),
    ("offer", "opened on 60 days without purchase", "opens 60 days without purchase"),
    ("offer", "enrol on received", "opens received"),
    ("offer", "expires 14 days after opened", "within 14 days"),
    ("offer", "lasts 2 weeks", "within 2 weeks"),
    ("offer", "ends on until", "through until"),
    ("offer", "until last day of next month", "through last day of next month"),
    ("offer", "completes purchase", "on purchase"),
    ("offer", "reward 5 star", "give 5 star"),
    ("offer", "hold for 14 days", "hold 14 days"),
    ("unit", "never expires", "expires never"),
    ("unit", "expires none", "expires never"),
    ("unit", "expires after 6 months", "expires 6 months after earned"),
    ("unit", "expires in 6  months when a is b", "expires 6 months after earned when a is b"),
    ("unit", "expires 6 months", "expires 6 months after earned"),
    ("unit", "expires 1 year from earning", "expires 1 year after earned"),
    ("unit", "expires after 6 months after released", "expires 6 months after released"),
    ("unit", "expires by 2026-12-31", "expires on 2026-12-31"),
    ("unit", "expires 2026-12-31 from 2026-01-01", "expires on 2026-12-31 from 2026-01-01"),
    ("unit", "expires end of next calendar year", "expires at end of next calendar year"),
    ("unit", "expires 6 months after earned at end of month", "expires 6 months after earned, at end of month"),
    ("unit", "suspended if member.staff", "suspended while member.staff"),
    ("unit", "spends fifo", "spends oldest first"),
    ("unit", "spends LIFO", "spends newest first"),
    ("unit", "spends first expiring", "spends soonest first"),
    ("unit", "spends newest", "spends newest first"),
    ("unit", "debt at most 500 star", "debt up to 500 star"),
    ("event", "reverses the purchase", "reverses purchase"),
    ("event", "reverses last purchase", "reverses latest purchase"),
    ("event", "reverses oldest purchase by order", "reverses earliest purchase by order"),
    ("event", "reverses purchase with the same order within 3 days", "reverses purchase by order within 3 days"),
    ("event", "reverses purchase for 30 days", "reverses purchase within 30 days"),
    ("event", "clawback in proportion", "clawback in proportion, round down"),
    ("event", "clawback in proportion round up", "clawback in proportion, round up"),
    ("event", "clawback recomputed from the oldest", "clawback recomputed, oldest first"),
    ("event", "clawback in proportion, round up oldest first", "clawback in proportion, round up, oldest first"),
    ("tiers", "counts star earned ever, never below 0", "counts star earned ever, never below zero"),
    ("tiers", "counts star earned ever, at least 0 star", "counts star earned ever, never below zero"),
    ("tiers", "counts star earned ever but never negative", "counts star earned ever, never below zero"),
    ("measure", "is star clawed back this month", "is star taken back this month"),
    ("tiers", "counts star refunded this month", "counts star taken back this month"),
    ("event", "counted on return", "counted at return"),
    ("account", "owns point and status", "owns point, status"),
    ("account", "joins bringing their points", "joins bringing balance"),
    ("account", "spends if a is b", "spends when a is b"),
    ("table", "row Economy, >= 400 USD: 5%", "row Economy, from 400 USD: 5%"),
    ("table", "row more than 400 USD: 5%", "row above 400 USD: 5%"),
    ("table", "row at most 400 USD: 5%", "row through 400 USD: 5%"),
    ("table", "row <400 USD: 5%", "row below 400 USD: 5%"),
    ("table", "bands in parts", "bands parts"),
    ("table", "key cabin", "by cabin"),
    ("table", "Economy 2", "row Economy: 2 point"),
    ("table", "Economy: 5%", "row Economy: 5%"),
    ("table", "Economy 2 mile", "row Economy: 2 mile"),
    ("table", "default: 5%", "else 5%"),
    ("table", "otherwise 5%", "else 5%"),
    ("tiers", "tier Gold on 450 star", "tier Gold at 450 star"),
    ("tiers", "tier Gold >= 450 star", "tier Gold at 450 star"),
    ("tiers", "tier Black invitation only", "tier Black by invitation"),
    ("tiers", "tier Gold if a > 5", "tier Gold when a > 5"),
    ("tiers", "rises at the end of the calendar year", "rises at end of this calendar year"),
    ("tiers", "grace period of 2 months", "grace 2 months"),
    ("tiers", "floor Silver if a", "floor Silver while a"),
    ("tiers", "grants Gold for match when a", "grants Gold on match when a"),
    ("tiers", "carries over excess once", "carries excess once"),
    ("tiers", "restarts from zero", "restarts at rise, from zero"),
    ("tiers", "restarts at rise", "restarts at rise, from zero"),
    ("tiers", "returns lower immediately", "returns lower at once"),
    ("tiers", "returns lower at the review", "returns lower at review"),
    ("tiers", "returns are ignored", "returns lower at review"),
    ("earn", "on last day of the month", "on end of month"),
    ("rule", "on month end", "on end of month"),
    ("earn", "on every calendar year", "on end of calendar year"),
    ("earn", "on anniversary of member.born", "on anniversary of born"),
    ("earn", "on the anniversary of joining", "on anniversary of joining"),
    ("earn", "on each birthday", "on birthday"),
    ("earn", "on 30 days since last purchase", "on 30 days after purchase"),
    ("earn", "on 30 days after the purchase", "on 30 days after purchase"),
    ("earn", "on after 30 days of purchase", "on 30 days after purchase"),
    ("earn", "on 90 days without any purchase, visit", "on 90 days without purchase, visit"),
    ("earn", "on 90 days no purchase", "on 90 days without purchase"),
    ("earn", "on no purchase for 90 days", "on 90 days without purchase"),
    ("earn", "on 7 days before expiry of stars", "on 7 days before star expires"),
    ("earn", "on 7 days before stars expire", "on 7 days before star expires"),
    ("earn", "on status >= Gold", "on status reaching Gold"),
    ("earn", "on reaching status Gold", "on status reaching Gold"),
    ("earn", "on status Gold", "on status reaching Gold"),
    ("earn", "hold for 14 days", "hold 14 days"),
    ("rule", "hold 14 days after purchase", "hold 14 days"),
    ("earn", "hold up to delivered", "hold until delivered"),
    ("earn", "hold 2026-12-31", "hold until 2026-12-31"),
    ("earn", "hold as long as refundable", "hold while returnable"),
    ("earn", "hold until 14 days", "hold 14 days"),
    ("earn", "share 40% with company", "share 40% to company"),
    ("earn", "share company 40%", "share 40% to company"),
    ("earn", "limit 30 star per day kept after return", "limit 30 star per day, kept on return"),
    ("earn", "maximum 30 star per member per day", "limit 30 star per member per day"),
    ("group", "capped at 30 star per member", "limit 30 star per member"),
    ("earn", "first 1500 USD of amount per member", "limit 1500 USD of amount per member"),
    ("earn", "limit first 3 of pieces per member", "limit 3 of pieces per member"),
    ("earn", "limit amount to 1500 USD per member per year", "limit 1500 USD of amount per member per year"),
    ("earn", "funded 2 airline, 1 hotel", "funded airline 2, hotel 1"),
    ("earn", "funded from airline 2, hotel 1", "funded airline 2, hotel 1"),
    ("earn", "funded by shop", "funded by shop 1"),
    ("earn", "funded by purchase.shop 2, chain 1", "funded by shop 2, chain 1"),
    ("earn", "control group 10%", "control 10%"),
    ("earn", "control 12.5% of members", "control 12.5%"),
    ("rule", "holdout 10% of all members", "control 10%"),
    ("group", "take the best one", "take best"),
    ("group", "take first that gives", "take top"),
    ("group", "take the sum", "take all"),
    ("group", "take only one", "take one"),
    ("redeem", "give 150 star", "cost 150 star"),
    ("redeem", "price: 150 star", "cost 150 star"),
    ("redeem", "cost of 150 star", "cost 150 star"),
    ("redeem", "for 150 star", "cost 150 star"),
    ("redeem", "minimum 500 star", "when star available >= 500 star"),
    ("redeem", "maximum 1000 star", "limit 1000 star per event"),
    ("redeem", "from a single month", "from one expiry"),
    (
        "measure",
        "is streak of checkin where a is b per day this week",
        "is streak per day of checkin where a is b this week",
    ),
    ("measure", "rank highest", "ranked highest first, at end of month"),
    ("measure", "ranked highest first every week", "ranked highest first, at end of week"),
    (
        "measure",
        "ranked lowest first, in 5 equal groups, at end of month",
        "ranked lowest first, in 5 parts, at end of month",
    ),
    ("measure", "is 2 * streak of days with a checkin ever", "is 2 * streak per day of checkin ever"),
    ("measure", "is consecutive months with purchase ever", "is streak per month of purchase ever"),
    ("measure", "is daily streak of checkin ever", "is streak per day of checkin ever"),
    ("tiers", "counts weekly streak of checkin ever", "counts streak per week of checkin ever"),
    ("earn", "when monthly streak of checkin ever >= 3", "when streak per month of checkin ever >= 3"),
    ("measure", "is streak per day of checkin with 2 missed days ever", "is streak per day of checkin, 2 missed ever"),
    ("measure", "is streak per day of checkin, 1 freeze ever", "is streak per day of checkin, 1 missed ever"),
    ("measure", "is streak per day of checkin, make_up at day ever", "is streak per day of checkin, make_up.day ever"),
    (
        "measure",
        "is count of checkin, visit last 12 months",
        "is count of checkin last 12 months + count of visit last 12 months",
    ),
    (
        "earn",
        "when sum of a.b and c.d this calendar year >= 3",
        "when sum of a.b this calendar year + sum of c.d this calendar year >= 3",
    ),
    ("earn", "limit 1 time member per day", "limit 1 time per member per day"),
    ("group", "limit 20 star each member per day", "limit 20 star per member per day"),
    ("program", "lateness of 30 days", "lateness 30 days"),
    ("referral", "friend appears with signup", "friend signup"),
    ("referral", "referrer is invited_by", "referrer invited_by"),
    ("referral", "referrer invited by", "referrer invited_by"),
    ("referral", "referrer gets 100 star", "give 100 star to referrer"),
    ("referral", "reward 100 star to friend", "give 100 star to friend"),
    ("referral", "give 100 star for the referrer", "give 100 star to referrer"),
    ("referral", "qualifies first purchase of the friend", "qualifies purchase"),
    ("referral", "qualifies purchase of friend where a is b", "qualifies purchase where a is b"),
    ("referral", "qualifies purchase if a is b", "qualifies purchase where a is b"),
    ("referral", "qualifies purchase within 30 days after the signup", "qualifies purchase within 30 days of signup"),
    ("referral", "refuse same device and email", "refuse same device, same email"),
    ("referral", "refuse device is the same", "refuse same device"),
    ("referral", "refuse device", "refuse same device"),
    ("test", "expect rejected", "expect refused"),
    ("test", "expect balance is -3 star", "expect balance -3 star"),
    ("test", "expect status needs 24 night for Gold", "expect status needs 24 night to reach Gold"),
    ("test", "expect status is Gold", "expect status Gold"),
    ("law", "never fewer star for a larger amount of purchase", "never less star for more purchase.amount"),
    ("law", "never less star with a higher purchase.lines.price", "never less star for more purchase.lines.price"),
    ("law", "more purchase.amount never lowers star", "never less star for more purchase.amount"),
    ("law", "never star available < 0 star", "always not (star available < 0 star)"),
    ("law", "always that star available >= 0 star", "always star available >= 0 star"),
    ("law", "claim: star available >= 0 star", "always star available >= 0 star"),
]
OPEN = [
    ("offer", "completes purchase where amount > 5 USD", "write `on purchase`, and below it `when amount > 5 USD`"),
    ("offer", "once for each member", "an offer gives once each time that it is opened"),
    ("offer", "each line where category is drink", "ask for lines in a condition"),
    ("law", "expect 3 star", "`expect` belongs to a test: write `always` and a condition"),
    ("earn", "on purchase, end of month", "a rule is on events, or waits for one other thing: write a second rule"),
    ("earn", "on 90 days of inactivity", "name the events that end the silence: write `on 90 days without EVENT`"),
    ("earn", "on 7 days before expiry", "name the unit: write `on 7 days before UNIT expires`"),
    ("unit", "expires end of the year", "write `expires at end of this year` or `expires at end of next year`"),
    ("unit", "expires after 12 months of inactivity", "name the events that keep points alive"),
    ("event", "reverses purchase in part", "how much of it comes back is said on a line of its own"),
    ("table", "row from 0 USD to 400 USD: 5%", "write `row from 0 USD below 400 USD: 5%` or `row from 0 USD through"),
    ("table", "by cabin one of a, b, amount money", "a list of words goes to the end of its line"),
    ("redeem", "worth 5 USD", "what the member gets for it is a rule of its own"),
    ("redeem", "share 50% to charity", "who gets something for it is said by an `earn`"),
    ("redeem", "hold 14 days", "what is taken is gone at once"),
    ("earn", "give points star", "write `give points * 1 star`; or declare `points star`"),
    ("earn", "give by_kind(kind) star", "write the unit in the rows of the table"),
    ("earn", "cost 150 star", "what takes is a `redeem`"),
    ("tiers", "lasts until end of year", "write `lasts through end of this year` or `lasts through end of next year`"),
    ("earn", "funded airline 60%, hotel 40%", "who pays is said in parts"),
    ("redeem", "control 10%", "who asks for something is never left out by chance"),
    ("referral", "control 10%", "two people have to do with a referral"),
    ("referral", "both get 50 star", "what each of the two gets stands on a line of its own"),
    ("referral", "give 50 star to both of them", "write two lines, `give 50 star to referrer`"),
    ("referral", "within 30 days of signup", "the time stands behind the event"),
    ("earn", "when streak >= 7", "say of what and in which window"),
    ("tiers", "carries excess", "write `carries excess once` or `carries excess repeatedly`"),
]
AROUND = '\nevent purchase\n  amount money\n\nprogram "x"\n  currency USD\n'


def only(keyword: str, clause: str) -> Diagnostic:
    (mistake,) = parse(Source("t", f"{HEADS[keyword]}\n  {clause}\n{AROUND}"))[1]
    return mistake


@pytest.mark.parametrize(("keyword", "said", "meant"), MEANT)
def test_a_clause_is_told_as_it_is_meant_and_the_edit_writes_it(keyword: str, said: str, meant: str) -> None:
    mistake = only(keyword, said)
    assert mistake.help[0] == f"write `{meant}`"
    assert mistake.edit is not None
    text, span = mistake.edit.span.source.text, mistake.edit.span
    mended = text[: span.start] + mistake.edit.text + text[span.end :]
    assert mended == text.replace(f"\n  {said}\n", f"\n  {meant}\n")
    assert parse(Source("t", mended))[1] == ()


@pytest.mark.parametrize(("keyword", "said", "help"), OPEN)
def test_a_clause_that_can_be_meant_in_several_ways_is_left_to_its_writer(keyword: str, said: str, help: str) -> None:
    mistake = only(keyword, said)
    assert mistake.help[0].startswith(help) and mistake.edit is None


def test_every_slip_is_made_here() -> None:
    """Each entry is the first that some clause above begins like."""
    firsts = set()
    for keyword, said, _ in [*MEANT, *OPEN]:
        matching = [slip for pattern, slip in slips.slips(keyword) if pattern.match(" ".join(said.split()))]
        firsts |= set(matching[:1])
    assert {slip for keyword in sayings.DECLARATIONS for _, slip in slips.slips(keyword)} == firsts


FACTS = (
    """text; whole optional; money = 5 USD; yes/no; one of a, b; list of line; USD; star; number  # of parts""".split(
        "; "
    )
)


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("word", ["reverses", "part", "clawback", "counted"])
def test_a_fact_called_like_a_clause_is_told(word: str, kind: str) -> None:
    (mistake,) = parse(Source("t", f"event refund\n  {word} {kind}\n{AROUND}\nunit star\n"))[1]
    assert (mistake.code, mistake.span and mistake.span.text) == ("G103", word)
    assert mistake.edit and mistake.edit.text == f"{word}_"


@pytest.mark.parametrize(
    "clause", ["part star", "part amount of net by order", "part one of two", "reverses POS", "clawback exactly"]
)
def test_a_clause_that_only_looks_like_a_fact_is_read(clause: str) -> None:
    text = f"event refund\n  star star\n  {clause}\n{AROUND}\nunit star\n"
    assert parse(Source("t", text))[1] == ()


@pytest.mark.parametrize("word", ["reverse", "undoes", "cancels"])
@pytest.mark.parametrize("event", ["purchase", "redemption"])
def test_an_event_is_no_type_of_a_fact(word: str, event: str) -> None:
    mistake = only("event", f"{word} {event}")
    assert (mistake.code, mistake.edit and mistake.edit.text) == ("G013", "reverses")


@pytest.mark.parametrize("line", ["returns whole", "cancels star", "reverse text", "returns purchase_count"])
def test_other_facts_are_left_alone(line: str) -> None:
    assert parse(Source("t", f"event refund\n  {line}\n{AROUND}\nunit star\nevent star\n"))[1] == ()


def test_a_clause_of_another_declaration_is_told_whose_it_is() -> None:
    assert only("earn", "expires never").help[0] == "`expires` is a clause of `unit`"
    assert only("unit", "hold 14 days").help[0] == "`hold` is a clause of `earn`, `offer`, `referral` and `rule`"


def test_the_clauses_of_an_event_are_facts_too() -> None:
    help = "the clauses of `event` are its fields, like `amount money`, and `clawback`, `counted`, `part`, `reverses`"
    assert only("event", "5 x").help == (help,)
