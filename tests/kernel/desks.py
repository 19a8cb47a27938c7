"""Programs by chance in which what is given, taken and spent by hand is undone: shops with a desk."""

from __future__ import annotations

from collections.abc import Callable

from tests.generated.chance import Choose
from tests.kernel.shops import CLAWBACKS, HOLDS, MODES, shop

from guerdon.check.passes import check_bytes
from guerdon.program import nodes

OWN = """event {event}
  note one of tea, cake optional
  amount money"""
UNDOES = """event {name}
  {by}reverses {which}{within}
{part}  clawback {clawback}
  counted at {counted}"""
WHICH = ["{event}", "{event}", "{event}", "{event} by note", "earliest {event} by note"]
PARTS = ["", "amount money", "amount money optional"]
AMOUNTS = ["quantity point", "quantity mile optional", "quantity number", "quantity whole optional"]
STATUS = """unit night
  kind status
  decimals {decimals}

tiers nights
  counts {counts}
  tier Near
  tier Far at 9 night
  lasts while met"""
COUNTS = [
    "night earned this month",
    "night earned ever",
    "night earned last 20 days",
    "night earned ever - night taken back ever",
]
GIVES = [
    "2 {unit}",
    "1 {unit} per full 1 {money} of amount",
    "2 {unit} per 3 {money} of amount",
    "3 {unit} * (count of {event} this month)",
]


def desk(choose: Choose) -> tuple[str, nodes.Program] | None:
    """The text of a shop's program with a desk, and the program; None where the checker does not accept it."""

    def one(of: list[str]) -> str:
        return of[choose(len(of))]

    made = shop(choose, *[(False, False), (True, False), (True, True)][choose(3)])
    if made is None:
        return None
    text, program = made
    money, units = program.frame.currency, ["point", "mile"]
    texts = [text]
    if counted := choose(2):
        units.append("night")
        texts.append(STATUS.format(decimals=choose(3), counts=one(COUNTS)))
    rewarded = choose(3) == 0
    for event in ("adjustment", "redemption"):
        texts.append(OWN.format(event=event))
        parts = PARTS if event == "adjustment" or rewarded else PARTS[:1] + AMOUNTS if choose(3) else PARTS
        for number in range(choose(3)):
            texts.append(_undoes(f"undo_{event}_{number}", event, one(parts), one))
        if choose(2):
            texts.append(_rule(event, one, one(units), money, choose))
    if rewarded:
        texts.append(f'redeem "Reward"\n  cost {one(["3 point", "5 mile"])}')
    if counted and choose(2):
        texts.append(f'earn "Nights"\n  on purchase\n  give 1 night per full 2 {money} of amount')
    found = "\n\n".join(each.strip("\n") for each in texts) + "\n"
    checked, _ = check_bytes("desk.guerdon", found.encode())
    return None if checked is None else (found, checked)


def _undoes(name: str, event: str, field: str, one: Callable[[list[str]], str]) -> str:
    """An event that undoes a built-in one: as a whole, or (`field`) in part."""
    which = one(WHICH).format(event=event)
    clawback = one(CLAWBACKS if field else CLAWBACKS[2:]).format(mode=one(MODES))
    return UNDOES.format(
        name=name,
        by="note one of tea, cake optional\n  " if "by note" in which else "",
        which=which,
        within=one(["", "", " within 40 days"]),
        part=f"  {field}\n  part {field.split()[0]}\n" if field else "",
        clawback=clawback,
        counted=one(["sale", "return"]),
    )


def _rule(event: str, one: Callable[[list[str]], str], unit: str, money: str, choose: Choose) -> str:
    """A rule on a built-in event."""
    lines = [f"on {event}", f"give {one(GIVES).format(unit=unit, money=money, event=event)}"]
    lines.append(f"round {one(MODES)} per event")
    if choose(3) == 0 and unit != "night":
        lines.append(f"hold {one(HOLDS)}")
    if choose(3) == 0:
        lines.append(f"limit {one(['7', '20'])} {unit} per member{one(['', ' per month'])}")
    return "\n".join([f'earn "On {event}"', *(f"  {each}" for each in lines)])
