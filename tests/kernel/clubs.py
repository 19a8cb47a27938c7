"""Programs by chance with tiers, triggers, streaks, tables and lots that expire, all of which the kernel covers."""

from __future__ import annotations

from tests.generated.chance import DATES, Choose
from tests.kernel.shops import EXPIRES, MODES

from guerdon.check.passes import check_bytes
from guerdon.program import nodes

HEAD = """program "Club"
  edition 2026
  currency {money}
  timezone {zone}
  {start}

member
  born date optional
  quota number

record line
  price money
  off percent optional

event purchase
  amount money
  pieces whole
  kind one of drink, food
  lines list of line

event visit
  code text
  back date optional

table sliding
  by key money
  bands parts
  row from 0 {money}: {low}
  row from 10 {money}: 12.5%
  row from 100 {money}: 7%

table steps
  by kind, key money
  bands parts
  row drink, from 0 {money}: 1 point per 2 {money}
  row drink, from 5 {money}: 3 point per 1 {money}
  row food, from 0 {money}: 2 point per 3 {money}
"""

PERIODS = ["day", "week", "month", "quarter", "calendar year", "membership year"]
COUNTS = [
    ("point available", " point"),
    ("point earned this {period}", " point"),
    ("point available + (point earned last 20 days)", " point"),
    ("count of visit this {period}", ""),
    ("count of visit last 9 days", ""),
    ("streak per {short} of visit, purchase where amount > 3 {money} {missed}last 6 months", ""),
    ("streak per {short} of visit {missed}ever", ""),
    ("streak per {short} of visit.back, purchase {missed}ever", ""),
    ("streak per {short} of visit.back {missed}last 60 weeks", ""),
    ("sum of purchase.amount this {period}", " {money}"),
    ("least of purchase.amount last 8 weeks or 0 {money}", " {money}"),
]
CONDITIONS = [
    "point available > 7 point",
    "count of purchase last 5 days >= 2",
    "streak per {short} of visit {missed}ever >= 2",
    "days since purchase < 4 days",
    "count of visit previous {period} > 1",
]
GIVES = [
    ("1 point per full 1 {money} of amount", ""),
    ("sliding(amount) of 40 point", "round {mode} per event"),
    ("steps(kind, amount) of amount", "round {mode} per event"),
    ("steps(kind) of amount", "round {mode} per event"),
    ("1 point * (streak per {short} of visit {missed}ever)", "round {mode} per event"),
    ("1 mile * pieces", ""),
    ("3 point", ""),
]
WAITS = [
    "end of {period}",
    "start of {plain}",
    "anniversary of joining",
    "anniversary of born",
    "{date}",
    "{time} after {event}",
    "{time} without {event}",
    "{time} without visit, purchase",
    "status reaching High",
    "status reaching Top",
]


def club(choose: Choose, plain: bool = False) -> tuple[str, nodes.Program] | None:
    """The text of a club's program, and the program; None where the checker does not accept it.

    Shape: `plain`: no triggers and no streaks, so that little is kept but where members stand.
    """

    def one(of: list[str]) -> str:
        return of[choose(len(of))]

    money = one(["USD", "JPY", "KWD"])

    def filled(text: str) -> str:
        return text.format(
            money=money,
            period=one(PERIODS),
            plain=one(PERIODS[:5]),
            short=one(PERIODS[:3]),
            missed=one(["", ", 1 missed ", ", 2 missed "]),
            mode=one(MODES),
            date=one(list(DATES)),
            time=one(["1 days", "3 days", "2 weeks", "1 months", "7 months"]),
            event=one(["visit", "purchase"]),
        )

    start = one(["week starts Monday", "week starts Sunday", "fiscal year starts 02-28"])
    zone = one(["UTC", "America/New_York", "Pacific/Apia"])
    texts = [HEAD.format(money=money, zone=zone, start=start, low=one(["0%", "33%"]))]
    for unit in ("point", "mile"):
        clauses = [f"decimals {choose(3)}", "expires never" if unit == "mile" else one(EXPIRES)]
        texts.append("\n".join([f"unit {unit}", *(f"  {each}" for each in clauses)]))
    ladder = _ladder(choose, one, filled, plain)
    for number in range(2 + choose(3)):
        give, rounds = (filled(each) for each in GIVES[choose(4 if plain else len(GIVES))])
        lines = ["on purchase", f"give {give}", rounds]
        if choose(4) == 0:
            lines.append(f"when {one(['kind is drink', 'status >= High', filled(CONDITIONS[0])])}")
        if choose(4) == 0:
            lines.append(filled("limit 30 {money} of amount per member per {period}") if "of amount" in give else "")
        texts.append("\n".join([f'earn "R{number}"', *(f"  {each}" for each in lines if each)]))
    for number in range(0 if plain else 1 + choose(4)):
        give = one(
            ["4 point", "2 mile", "1 point per 2 point of (point earned this {period})", "10% of (point available)"]
        )
        lines = [f"on {filled(one(WAITS))}", f"give {filled(give)}"]
        lines += ["round down per event"] if "per" in give or "%" in give else []
        lines += [f"when {filled(one(CONDITIONS[:3]))}"] if choose(3) == 0 else []
        lines += ['say "well done"'] if choose(4) == 0 else []
        texts.append("\n".join([f'earn "T{number}"', *(f"  {each}" for each in lines)]))
    if choose(2):
        give = one(
            ["sliding(price) of 40 point", "7 point * (price / (price + 3 {money}) or 1)", "(off or 3%) of 90 point"]
        )
        lines = ["on purchase", "each line", f"give {filled(give)}", f"round {one(MODES)} per {one(['line', 'event'])}"]
        texts.append("\n".join(['earn "L"', *(f"  {each}" for each in lines)]))
    texts.append(ladder)
    text = "\n\n".join(texts) + "\n"
    program, _ = check_bytes("club.guerdon", text.encode())
    return None if program is None else (text, program)


def _ladder(choose: Choose, one, filled, plain: bool) -> str:
    counts, unit = (filled(each) for each in one([each for each in COUNTS if not plain or "streak" not in each[0]]))
    lasts = one(
        [
            "while met",
            "while met",
            "through end of this {period}",
            "through end of next {period}",
            "20 days",
            "2 months",
        ]
    )
    lines = [
        f"counts {counts}",
        "tier Low",
        f"tier High at {one(['1', '2', '5'])}{unit}",
        f"tier Top at {one(['6', '9', '40'])}{unit}",
    ]
    if choose(4) == 0:
        lines = [*lines[:2], lines[2], f"tier Top when {filled(one(CONDITIONS[: 2 if plain else 3]))}"]
    lines.append(f"lasts {filled(lasts)}")
    if lasts != "while met":
        lines.append(f"falls {one(['one tier at a time', 'to the tier counted', 'to the lowest', 'never'])}")
        lines += ["grace 5 days"] if choose(4) == 0 else []
        lines += [filled("rises at end of this {period}")] if choose(4) == 0 else []
    lines += [f"floor High while {filled(one(CONDITIONS[: 2 if plain else 3]))}"] if choose(4) == 0 else []
    lines += (
        [one(["restarts at rise, from zero", "restarts at rise, keeping excess"])] if plain and choose(3) == 0 else []
    )
    lines += ['grants Top on visit when code is "a"'] if choose(4) == 0 else []
    lines += (
        [f"carries excess {one(['once', 'repeatedly'])}"]
        if choose(3) == 0 and "this" in counts and "Top at" in lines[3]
        else []
    )
    return "\n".join(["tiers status", *(f"  {each}" for each in lines)])
