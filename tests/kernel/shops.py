"""Programs by chance whose returns the kernel covers: in proportion, from the oldest lots, counted at return."""

from __future__ import annotations

from collections.abc import Callable

from tests.generated.chance import Choose

from guerdon.check.passes import check_bytes
from guerdon.program import nodes

HEAD = """program "Shop"
  edition 2026
  currency {currency}
  timezone {zone}

event purchase
  amount money
  note one of tea, cake optional
  kind one of drink, food
  gift yes/no

event visit

event refund
  note one of tea, cake optional
  reverses {which}{within}
  amount money{optional}
  part amount
  clawback {clawback}
  counted at {counted}
{cancel}"""

CANCEL = """
event cancel
  note one of tea, cake
  reverses {which}{within}
{part}  clawback {clawback}
  counted at {counted}
"""
CLAWBACKS = [
    "in proportion, round {mode}, oldest first",
    "in proportion, round {mode}",
    "exactly",
    "oldest first",
    "recomputed",
    "recomputed, oldest first",
]

EXPIRES = [
    "expires never",
    "expires 12 months after earned",
    "expires 3 days after earned",
    "expires at end of this month",
    "expires 1 months after end of this quarter",
    "expires 2 months after earned, at end of month",
    "expires on 2026-06-30",
]
LIVES = [
    [
        "expires 5 days after earned when status is High",
        "expires 1 months after earned when point available > 20 point",
        "expires at end of this week from 2026-03-01",
        "expires never when count of visit this month > 1",
    ],
    [
        "expires 2 months without visit when status is High",
        "expires 7 days without visit from 2026-06-20, existing too",
    ],
    [
        "expires 30 days without visit, purchase",
        "expires 3 days without purchase",
        "expires 14 months without visit",
        "expires never",
    ],
]
DEBTS = ["", "debt forgiven", "debt allowed", "debt up to 5 {unit}", "debt refused"]
MODES = ["down", "up", "half up", "half even"]
LIMITS = [
    "{n} {unit} per member per day",
    "{n} {unit} per member per month",
    "{n} {unit} per member",
    "{n} {unit} per event",
]
LASTS = [
    "lasts while met",
    "lasts while met",
    "lasts through end of next month\n  falls one tier at a time\n  returns lower at review",
    "lasts 9 days\n  grace 3 days\n  returns lower at review",
    "lasts 40 days\n  falls never\n  returns lower at review\n  grants High on visit",
]
GIVES = [
    "1 {unit} per full 1 {money} of amount",
    "2 {unit} per 3 {money} of amount",
    "7 {unit}",
    "(1 {unit} per full 2 {money} of amount) * boost(status)",
]


GUARDS = [
    "kind is drink",
    "gift",
    "status is High",
    "point available > 3 point",
    "amount >= 1 {money}",
    "count of purchase this month > 1",
    "sum of purchase.amount ever > 2 {money}",
]
HOLDS = ["2 days", "1 months", "until visit", "until redemption", "until 2026-03-09", "until last day of this month"]
COSTS = [
    "3 {unit}",
    "20 {unit}",
    "5 {unit} per full 5 {unit} of {unit} available",
    "50% of {unit} available",
    "max({unit} available, 4 {unit})",
]


def _redeem(name: str, one: Callable[[list[str]], str], choose: Choose, elsewhere: bool) -> str:
    """A rule that takes, at a purchase or (alone, where it can't be undone) `elsewhere`."""
    unit = one(["point", "point", "mile"])
    lines = ["on visit" if elsewhere else f"on {one(['purchase', 'visit', 'visit'])}"]
    if choose(3) == 0:
        lines.append("from one expiry")
    cost = one(COSTS).format(unit=unit)
    lines += [f"cost {cost}", f"round {one(MODES)} per event"]
    if choose(4) == 0:
        lines.append(f"when {one(['status is High', 'point available > 8 point'])}")
    if choose(3) == 0:
        limit = one([*LIMITS, "{n} times per member per month", "{n} times per member"])
        more = ", or nothing" if "times" not in limit else ""
        limit = limit.format(n=one(["2", "9"]), unit=unit)
        lines.append(f"limit {limit}{more}{one(['', ', kept on return'])}")
    if choose(3) == 0:
        lines.append(f'say "{name}"')
    return "\n".join([f'redeem "{name}"', *(f"  {each}" for each in lines)])


def shop(choose: Choose, plain: bool = False, spends: bool = False) -> tuple[str, nodes.Program] | None:
    """The text of a shop's program, and the program; None where the checker does not accept it.

    Shape: `plain`: lots only expire, and are taken back from the oldest, at the return, so that little is kept of them; `spends`: what is spent is, at
    events that nobody undoes, of lots that expire by several lines.
    """

    def one(of: list[str]) -> str:
        return of[choose(len(of))]

    money = one(["USD", "JPY", "KWD"])
    texts = [
        HEAD.format(
            currency=money,
            zone=one(["UTC", "America/New_York"]),
            optional=one(["", " optional"]),
            which="purchase" if plain else one(["purchase", "purchase", "purchase", "purchase by note"]),
            within="" if plain else one(["", "", " within 3 months"]),
            clawback=one(CLAWBACKS[:1] if plain else CLAWBACKS).format(mode=one(MODES)),
            counted=(counted := "return" if plain else one(["sale", "return"])),
            cancel=CANCEL.format(
                which=one(["purchase", "purchase", "purchase by note", "earliest purchase by note"]),
                within=one(["", " within 40 days"]),
                part=(part := one(["", "", "  amount money\n  part amount\n"])),
                clawback=one(CLAWBACKS if part else CLAWBACKS[2:]).format(mode=one(MODES)),
                counted=counted if choose(3) else one(["sale", "return"]),
            )
            if choose(2) and not plain
            else "",
        )
    ]
    for unit in ("point", "mile"):
        debt = one(DEBTS[:-1] if plain else DEBTS).format(unit=unit)
        expires = [one(EXPIRES)]
        if choose(3) == 0 and (spends or not plain):
            floats = 0 if plain else choose(2)
            expires = [one(LIVES[floats]) for _ in range(1 + choose(2))] + [
                one(EXPIRES) if not floats else one(LIVES[2])
            ]
        order = "" if plain and not spends else one(["", "spends oldest first", "spends newest first"])
        clauses = [f"decimals {choose(3)}", *dict.fromkeys(expires), order, debt]
        texts.append("\n".join([f"unit {unit}", *(f"  {each}" for each in clauses if each)]))
    names = [f"R{number}" for number in range(2 + choose(3))]
    units = {name: one(["point", "point", "mile"]) for name in names}
    grouped = [name for name in names if units[name] == "point"][: choose(4)]
    for name in names:
        unit = units[name]
        lines = ["on purchase"]
        gives = GIVES if name == "R0" or unit != units["R0"] else [*GIVES, '50% of "R0"']
        lines.append(f"give {one(gives).format(unit=unit, money=money)}")
        lines.append(f"round {one(MODES)} per event")
        if choose(5) == 0:
            lines.append(f"minimum {one(['2', '6', '15'])} {unit}")
        if choose(4) == 0:
            share = one(["40%", '50% for "C"'])
            lines.append(f"control {share}")
        if choose(4) == 0 and not plain:
            lines.append(f"hold {one(HOLDS)}")
        if choose(3) == 0:
            lines.append(f"when {one(GUARDS).format(money=money)}")
        if choose(2) == 0:
            limit = one(LIMITS).format(n=one(["3", "20", "100"]), unit=unit)
            lines.append(f"limit {limit}{one(['', ', or nothing', ', kept on return'])}")
        texts.append("\n".join([f'earn "{name}"', *(f"  {each}" for each in lines)]))
    texts.append('earn "Visit"\n  on visit\n  give 5 point')
    takes = 1 + choose(2) if spends else 0 if plain else choose(3)
    texts += [_redeem(f"T{number}", one, choose, spends) for number in range(takes)]
    if len(grouped) > 1:
        listed = ", ".join(f'"{name}"' for name in grouped)
        limit = one(LIMITS).format(n=one(["5", "30"]), unit="point")
        texts.append(
            f'group "G"\n  of {listed}\n  take {one(["all", "best", "top"])}\n  limit {limit}{one(["", ", kept on return"])}'
        )
    counts = one(
        [
            "point earned this month",
            "point earned last 20 days",
            '"R0" earned ever - "R1" taken back ever',
            "point earned this calendar year",
            "sum of purchase.amount this month",
            "sum of purchase.amount last 20 days",
            "count of purchase ever",
        ]
    )
    same = units["R0"] == units["R1"]
    counts = counts if same or "R1" not in counts else '"R0" earned ever - "R0" taken back ever'
    unit = units["R0"] if "R0" in counts else money if "sum" in counts else "" if "count" in counts else "point"
    floored = one(["", ", never below zero"]) if "last" not in counts else ""
    texts.append(
        f"tiers status\n  counts {counts}{floored}\n  tier Low\n  tier High at 12 {unit}\n  {one(LASTS[:1] if plain else LASTS)}"
    )
    texts.append("table boost\n  by status\n  row Low: 1\n  row High: 1.25")
    text = "\n\n".join(texts) + "\n"
    program, _ = check_bytes("shop.guerdon", text.encode())
    return None if program is None else (text, program)
