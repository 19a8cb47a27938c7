"""Programs by chance whose rules give to others, ask about them, and take back from them; histories in which they were there before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.generated.chance import Choose
from tests.generated.histories import History, in_order
from tests.kernel.shops import CLAWBACKS, DEBTS, EXPIRES, LASTS, LIMITS, LIVES, MODES

from guerdon.check.passes import check_bytes
from guerdon.history.event import Event
from guerdon.program import nodes

HEAD = """program "Friends"
  edition 2026
  currency {money}
  timezone {zone}

member
  invited_by member optional
  home text optional
  level one of basic, plus
  wedding date optional

event purchase
  amount money
  friend member optional
  seller member
  gift yes/no
  note one of tea, cake optional

event visit
  guest member optional

event signup
"""
RETURNS = [
    """event refund
  reverses {which}{within}
  note one of tea, cake optional
  amount money{optional}
  part amount
  clawback {clawback}
  counted at {counted}""",
    """event refund
  reverses {which}{within}
  note one of tea, cake
  clawback {whole}
  counted at {counted}""",
    """event cancel
  reverses visit{within}
  clawback {whole}
  counted at {counted}""",
]
SORRY = """earn "Sorry"
  on refund
  give 2 point to {whom}
  limit 3 times per {whom}
  round down per event"""
PEOPLE = ["seller", "friend", "member.invited_by", "seller.invited_by"]
GUARDS = [
    "not friend same as member",
    "seller same as friend",
    "member.home same as friend.home",
    "not member.invited_by same as member",
    "member.invited_by.invited_by same as member",
    "(friend.level or basic) is plus",
    "(seller.wedding or 2026-01-01) > 2026-02-01",
    "member.level is basic",
    "count of purchase where (friend or member) same as member ever >= 1",
    "count of visit this month > 1",
    "point available > 3 point",
    "status is High",
]
GIVES = [
    "1 {unit} per full 1 {money} of amount",
    "2 {unit} per 3 {money} of amount",
    "7 {unit}",
    "0.3 {unit} * boost(status)",
]
HOLDS = [
    "2 days",
    "1 months",
    "until 2026-03-09",
    "until member.invited_by.wedding or date",
    "until last day of this month",
]
REFERRAL = """referral "Bring a friend"
  friend {appears}
  referrer invited_by
  qualifies purchase where amount >= 1 {money}{within}
  give 20 point to referrer
  give {much} point to friend
{more}"""


def friends(choose: Choose) -> tuple[str, nodes.Program] | None:
    """The text of a program of friends, and the program; None where the checker does not accept it."""

    def one(of: list[str]) -> str:
        return of[choose(len(of))]

    money, returned = one(["USD", "JPY", "KWD"]), choose(3) > 0
    texts = [HEAD.format(money=money, zone=one(["UTC", "America/New_York"]))]
    for unit in ("point", "mile"):
        expires = [one(EXPIRES)]
        if choose(3) == 0:
            floats = choose(2)
            last = one(LIVES[2]) if floats else one(EXPIRES)
            expires = [one(LIVES[floats]).replace("when status is High", "when member.level is plus"), last]
        order = one(["", "spends oldest first", "spends newest first"])
        debt = one(["", *DEBTS]).format(unit=unit) if returned else ""
        clauses = [f"decimals {choose(3)}", *dict.fromkeys(expires), order, debt]
        texts.append("\n".join([f"unit {unit}", *(f"  {each}" for each in clauses if each)]))
    of_unit: dict[str, list[str]] = {"point": [], "mile": []}
    for number in range(1 + choose(4)):
        unit, on = one(["point", "point", "mile"]), one(["purchase", "purchase", "visit"])
        people = PEOPLE if on == "purchase" else ["guest", "guest.invited_by", "member.invited_by"]
        give = one(GIVES).format(unit=unit, money=money) if on == "purchase" else f"{one(['3', '0.4'])} {unit}"
        lines = [f"on {on}", f"give {give} to {one(people)}"]
        if choose(3) == 0:
            lines[-1] = f"give {give}"
            lines += [f"share {one(['10%', '33%', '60%'])} to {each}" for each in people[: 1 + choose(2)]]
        lines.append(f"round {one(MODES)} per event")
        if choose(3) == 0:
            lines.append(f"hold {one(HOLDS)}")
        for _ in range(choose(3)) if on == "purchase" else ():
            lines.append(f"when {one(GUARDS)}")
        if choose(3) == 0:
            limit = one([*LIMITS, "{n} times per member per month"]).format(n=one(["3", "20"]), unit=unit)
            lines.append(f"limit {limit}{one(['', '', ', kept on return']) if returned else ''}")
        if choose(3) == 0:
            much = one([f"20 {unit}", f"3.5 {unit}", "1 time", "2 times"])
            nothing = one(["", "", ", or nothing"]) if unit in much else ""
            apart = one(["", "", " per gift"]) if on == "purchase" else ""
            window = one(["", " per month", " per 7 days", " per calendar year", " per day"])
            with_whom = one([*people, "program"])
            stays = one(["", "", "", ", kept on return"]) if returned and not nothing else ""
            lines.append(f"limit {much} per {with_whom}{apart}{window}{nothing}{stays}")
        if choose(4) == 0 and not any(line.startswith("share") for line in lines):
            lines.append(f'say "R{number}"')
        texts.append("\n".join([f'earn "R{number}"', *(f"  {each}" for each in lines)]))
        of_unit[unit].append(f'"R{number}"')
    for unit, names in of_unit.items():
        if len(names) > 1 and choose(2):
            limit = one([f"9 {unit}", f"20.5 {unit}"])
            whom, window = one(["member.invited_by", "program"]), one(["", " per month", " per 7 days"])
            texts.append(
                f'group "G {unit}"\n  of {", ".join(names)}\n  take {one(["all", "all", "top"])}\n  limit {limit} per {whom}{window}'
            )
    if choose(2):
        more = [f"  hold {one(['14 days', '1 day'])}\n"] if choose(3) == 0 else []
        more += ["  refuse same home\n"] if choose(3) == 0 else []
        appears = one(["signup", "visit"])
        within = one(["", f" within 30 days of {appears}"])
        texts.append(
            REFERRAL.format(appears=appears, money=money, within=within, much=one(["5", "50"]), more="".join(more))
        )
    if returned:
        texts += _returns(one, choose)
    if choose(3) == 0 and not (returned and choose(4)):
        rate = one(["1 {unit} per full 3 {money}", "10% of"]).format(unit="point", money=money)
        give = f"{rate} of amount" if "full" in rate else f"1 point per 2 {money} of amount"
        texts.append(
            f'earn "Together"\n  on purchase\n  give {give} to {one(PEOPLE)}\n'
            f"  accumulate per {one(PEOPLE)}{one(['', ' per month'])}\n  round {one(['down per event', 'down per total'])}"
        )
    if choose(2):
        texts.append('redeem "Gift"\n  on visit\n  cost 3 point')
        texts.append(
            f'earn "Passed on"\n  on visit\n  give 50% of "Gift" to {one(["guest", "member.invited_by"])}\n  round down per event'
        )
    counts = one(["point earned this month", "point available", "mile earned last 20 days", "point earned ever"])
    lasts = one(LASTS[:2]) if "available" in counts else one(LASTS)
    lasts = lasts.replace("\n  returns lower at review", "") if not returned else lasts
    unit = counts.split()[0]
    texts.append(f"tiers status\n  counts {counts}\n  tier Low\n  tier High at 12 {unit}\n  {lasts}")
    if choose(3) == 0:
        texts.append('earn "Up"\n  on status reaching High\n  give 1 mile')
    texts.append("table boost\n  by status\n  row Low: 1\n  row High: 1.25")
    text = "\n\n".join(texts) + "\n"
    program, _ = check_bytes("friends.guerdon", text.encode())
    return None if program is None else (text, program)


def _returns(one: Callable[[list[str]], str], choose: Choose) -> list[str]:
    """What takes purchases and visits back, and what a rule gives somebody for it."""
    some = [each for each in RETURNS if choose(2)] or RETURNS[:1]
    some = some[1:] if RETURNS[0] in some[:1] and RETURNS[1] in some[1:2] else some
    texts = [
        each.format(
            which=one(["purchase", "purchase", "purchase by note"]),
            within=one(["", "", " within 3 months"]),
            optional=one(["", " optional"]),
            clawback=one(CLAWBACKS).format(mode=one(MODES)),
            whole=one(["exactly", "oldest first"]),
            counted=one(["sale", "return"]),
        )
        for each in some
    ]
    if choose(4) == 0 and texts[0].startswith("event refund"):
        texts.append(SORRY.format(whom="member.invited_by"))
    return texts


def introduced(history: History, choose: Choose) -> History:
    """The history with everybody there before anything happens, so that whoever is named is known."""
    if not history.events:
        return history
    first = min(event.at for event in history.events)
    there = [_comes(number, member, first - 1 - choose(3), choose) for number, member in enumerate(history.members)]
    return replace(history, events=in_order([*there, *history.events]))


def _comes(number: int, member: str, at: int, choose: Choose) -> Event:
    kind, facts = ("signup", {}) if choose(2) else ("visit", {"guest": None})
    return Event(f"s{number}", kind, member, at, at, 0, facts)
