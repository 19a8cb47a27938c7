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
  kind one of drink, food
  gift yes/no

event visit

event refund
  reverses purchase
  amount money{optional}
  {part}
  clawback in proportion, round {mode}, oldest first
  counted at return
"""

EXPIRES = [
    "expires never",
    "expires 12 months after earned",
    "expires 3 days after earned",
    "expires at end of this month",
    "expires 1 months after end of this quarter",
    "expires 2 months after earned, at end of month",
    "expires on 2026-06-30",
]
DEBTS = ["", "debt forgiven", "debt allowed", "debt up to 5 {unit}"]
MODES = ["down", "up", "half up", "half even"]
LIMITS = [
    "{n} {unit} per member per day",
    "{n} {unit} per member per month",
    "{n} {unit} per member",
    "{n} {unit} per event",
]
GIVES = [
    "1 {unit} per full 1 {money} of amount",
    "2 {unit} per 3 {money} of amount",
    "7 {unit}",
    "(1 {unit} per full 2 {money} of amount) * boost(status)",
]


COSTS = [
    "3 {unit}",
    "20 {unit}",
    "5 {unit} per full 5 {unit} of {unit} available",
    "50% of {unit} available",
    "max({unit} available, 4 {unit})",
]


def _redeem(name: str, one: Callable[[list[str]], str], choose: Choose) -> str:
    """A rule that takes, at a purchase or elsewhere."""
    unit = one(["point", "point", "mile"])
    lines = [f"on {one(['purchase', 'visit', 'visit'])}"]
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


def shop(choose: Choose) -> tuple[str, nodes.Program] | None:
    """The text of a shop's program, and the program; None where the checker does not accept it."""

    def one(of: list[str]) -> str:
        return of[choose(len(of))]

    money = one(["USD", "JPY", "KWD"])
    texts = [
        HEAD.format(
            currency=money,
            zone=one(["UTC", "America/New_York"]),
            optional=one(["", " optional"]),
            part="part amount",
            mode=one(MODES),
        )
    ]
    for unit in ("point", "mile"):
        debt = one(DEBTS).format(unit=unit)
        clauses = [f"decimals {choose(3)}", one(EXPIRES), one(["", "spends oldest first", "spends newest first"]), debt]
        texts.append("\n".join([f"unit {unit}", *(f"  {each}" for each in clauses if each)]))
    names = [f"R{number}" for number in range(2 + choose(3))]
    units = {name: one(["point", "point", "mile"]) for name in names}
    grouped = [name for name in names if units[name] == "point"][: choose(4)]
    for name in names:
        unit = units[name]
        lines = ["on purchase"]
        lines.append(f"give {one(GIVES).format(unit=unit, money=money)}")
        lines.append(f"round {one(MODES)} per event")
        if choose(3) == 0:
            lines.append(f"when {one(['kind is drink', 'gift', 'status is High', 'point available > 3 point'])}")
        if choose(2) == 0:
            limit = one(LIMITS).format(n=one(["3", "20", "100"]), unit=unit)
            lines.append(f"limit {limit}{one(['', ', or nothing', ', kept on return'])}")
        texts.append("\n".join([f'earn "{name}"', *(f"  {each}" for each in lines)]))
    texts.append('earn "Visit"\n  on visit\n  give 5 point')
    texts += [_redeem(f"T{number}", one, choose) for number in range(choose(3))]
    if len(grouped) > 1:
        listed = ", ".join(f'"{name}"' for name in grouped)
        limit = one(LIMITS).format(n=one(["5", "30"]), unit="point")
        texts.append(
            f'group "G"\n  of {listed}\n  take {one(["all", "best", "top"])}\n  limit {limit}{one(["", ", kept on return"])}'
        )
    counts = one(
        ["point earned this month", '"R0" earned ever - "R1" taken back ever', "point earned this calendar year"]
    )
    same = units["R0"] == units["R1"]
    counts = counts if same or "R1" not in counts else '"R0" earned ever - "R0" taken back ever'
    unit = units["R0"] if "R0" in counts else "point"
    floored = one(["", ", never below zero"])
    texts.append(f"tiers status\n  counts {counts}{floored}\n  tier Low\n  tier High at 12 {unit}\n  lasts while met")
    texts.append("table boost\n  by status\n  row Low: 1\n  row High: 1.25")
    text = "\n\n".join(texts) + "\n"
    program, _ = check_bytes("shop.guerdon", text.encode())
    return None if program is None else (text, program)
