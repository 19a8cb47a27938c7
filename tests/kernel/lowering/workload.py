"""A kernel's text as one that is generated for a real program: tiers, bonuses under a cap, returns, lots that expire.

The work is the W of our measurements: purchases earn by tier, half-even; three bonuses share 500 points a member a day;
returns take back from the oldest lots; each lot expires a year later. Members one after the other, events in order.
"""

from __future__ import annotations

from guerdon.kernel.lowering.memory import Array, Memory

FIRST_DAY = 18993  # 2022-01-01, in days since 1970
DAYS = 1096 + 800
BLOCK = 65536
LONGEST = 86400 * (FIRST_DAY + 1096)
MOST = (1 << 31) - 1


def memory(block: int = BLOCK) -> Memory:
    """Columns of a block of so many events, tables by day, rows, what is left of each member, and lots of one."""
    return Memory(
        [
            Array("start", "i64", block + 1, 0, block),
            Array("instant", "i64", block, 86400 * FIRST_DAY, LONGEST - 1),
            Array("kind", "u8", block),
            Array("cents", "i32", block, 0, 10**9),
            Array("category", "u8", block),
            Array("key", "i64", block),
            Array("named", "i64", block),
            Array("year_of", "i32", DAYS),
            Array("month_of", "i32", DAYS),
            Array("weekend", "u8", DAYS),
            Array("campaign", "u8", DAYS),
            Array("end_of", "i32", DAYS),
            Array("row_event", "i32", 3 * block, 0, block),
            Array("row_rule", "u8", 3 * block),
            Array("row_points", "i32", 3 * block),
            Array("balance", "i64", block),
            Array("lapsed", "i64", block),
            Array("tier", "u8", block),
            Array("lot_end", "i32", block),
            Array("lot_left", "i32", block, 0, MOST),
            Array("given", "i32", block, 0, MOST),
        ]
    )


def bounds(block: int = BLOCK) -> dict[str, dict[str, tuple[int, int]]]:
    return {"members": {"first": (0, block), "after": (0, block), "horizon": (0, DAYS)}}


ROW = """
row_event[rows] = {event}
row_rule[rows] = {rule}
row_points[rows] = {points}
rows += 1
"""
BONUS = """
room = 500 - used
bonus = room if bonus > room else bonus
if bonus > 0:
    <row>
    used = fits(used + bonus, 0, 500)
    earned += bonus
"""
LAPSE = """
left = lot_left[head]
head += 1
if left > 0:
    <row>
    gone += left
"""
HALF_EVEN = """
{name} = {number} // {by}
over = {number} % {by}
{name} += (2 * over > {by}) | ((2 * over == {by}) & {name})
"""
FRAME = """
def members(first, after, horizon):
    rows = 0
    member = first
    while member < after:
        at = start[member]
        end = start[member + 1]
        begin = at
        year = 0
        month = 0
        today = -1
        visits = 0
        used = 0
        counted = 0
        head = 0
        tail = 0
        debt = 0
        gone = 0
        due = NEVER
        while at < end:
            day = (instant[at] - T0) // 86400
            while due <= day:
                <lapse>
                due = lot_end[head] if head < tail else NEVER
            counted = counted if year_of[day] == year else 0
            year = year_of[day]
            used = used if day == today else 0
            today = day
            earned = 0
            what = kind[at]
            if what == 0:
                dollars = cents[at] // 100
                quarters = dollars * (4 + (counted >= 1000) + (counted >= 5000))
                <base>
                if points > 0:
                    <base row>
                    counted += points
                    earned = points
                if category[at] == 3 and weekend[day] != 0:
                    bonus = 2 * dollars
                    <weekend>
                if campaign[day] != 0:
                    bonus = dollars
                    <campaign>
            elif what == 2:
                if month_of[day] != month:
                    month = month_of[day]
                    visits = 0
                visits = fits(visits + 1, 0, 1000000)
                if visits == 2:
                    bonus = 50
                    <visit>
            elif what == 1:
                wanted = named[at]
                sale = at - 1
                while sale >= begin and key[sale] != wanted:
                    sale -= 1
                if sale >= begin and given[sale - begin] > 0:
                    product = given[sale - begin] * cents[at]
                    whole = cents[sale]
                    <claw>
                    claw = fits(share, 0, 2147483647)
                    if claw > 0:
                        <claw row>
                        owed = claw
                        while owed > 0 and head < tail:
                            left = lot_left[head]
                            if left > owed:
                                lot_left[head] = left - owed
                                owed = 0
                            else:
                                owed -= left
                                head += 1
                        due = lot_end[head] if head < tail else NEVER
                        debt += owed
                        counted -= claw
                        counted = 0 if counted < 0 else counted
            given[at - begin] = earned
            if earned > 0:
                if debt > 0:
                    repaid = earned if earned < debt else debt
                    debt -= repaid
                    earned -= repaid
                if earned > 0:
                    if head == tail:
                        due = end_of[day]
                    lot_end[tail] = end_of[day]
                    lot_left[tail] = earned
                    tail += 1
            at += 1
        while head < tail and lot_end[head] <= horizon:
            <lapse at the end>
        held = 0 - debt
        while head < tail:
            held += lot_left[head]
            head += 1
        balance[member] = held
        lapsed[member] = gone
        tier[member] = (counted >= 1000) + (counted >= 5000)
        member += 1
    return rows
"""


def row(event: str, rule: int, points: str) -> str:
    return ROW.format(event=event, rule=rule, points=points)


def filled(frame: str, parts: dict[str, str]) -> str:
    """The frame with its parts, each indented as where it stands."""
    out = []
    for line in frame.strip("\n").splitlines():
        mark = line.strip()
        if mark in parts:
            indent = line[: len(line) - len(line.lstrip())]
            out += [indent + inner for inner in filled(parts[mark], parts).splitlines()]
        else:
            out.append(line)
    return "\n".join(out)


def text() -> str:
    def bonus(rule: int) -> str:
        return filled(BONUS, {"<row>": row("at", rule, "bonus")})

    parts = {
        "<lapse>": filled(LAPSE, {"<row>": row("at", 5, "-left")}),
        "<lapse at the end>": filled(LAPSE, {"<row>": row("end - 1", 5, "-left")}),
        "<base>": "points = quarters // 4\nrest = quarters % 4\npoints += (rest > 2) | ((rest == 2) & points)",
        "<base row>": row("at", 0, "points"),
        "<weekend>": bonus(1),
        "<campaign>": bonus(2),
        "<visit>": bonus(3),
        "<claw>": HALF_EVEN.format(name="share", number="product", by="whole"),
        "<claw row>": row("at", 4, "-claw"),
    }
    return filled(FRAME, parts).replace("T0", str(86400 * FIRST_DAY)).replace("NEVER", "1000000") + "\n"
