"""Makes the tables of this example: 60 customers of a year who are made up, with chance from a fixed seed.

    python make_data.py

What the plan does is put in here, in RETURNS: of those who have not come a second time within
three weeks, half come back in the four weeks after if they are written to, and a quarter if not.
So the page can be judged by whether it finds what is there.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = (
    "aad aagje abe ada adil aicha alma anna arno bart bea bo bram carla cees cem daan demi dirk ella emil esra eva fatma "
    "fenna finn floor gijs guus hana hugo ida ilse imke ivo jaap jan jet joep jonas kees kim lars lena levi lotte luuk "
    "maaike mark mees mila nina noor olaf otto pia rik roos sara sem"
).split()
FIRST, LAST = date(2025, 1, 6), date(2025, 12, 31)
HABITS = {"often": (0.1, 12, 17), "now and then": (0.3, 32, 14), "once": (0.6, 0, 9)}  # share, days between, euros
RETURNS = {True: 0.5, False: 0.25}  # written to, or in the control group
CONTROL = 0.3
OFFLINE, SENT = date(2025, 4, 24), date(2025, 6, 30)  # the till at the market sent that day's sales much later


def in_control(name: str) -> bool:
    """Whether somebody is only counted: the draw of the language reference, Control groups."""
    return int(sha256(f"Second cup\n{name}".encode()).hexdigest()[:16], 16) < CONTROL * 2**64


def visits(chance: random.Random, name: str, joined: date) -> list[tuple[date, str]]:
    """The days on which a customer buys, the first on the day of joining, and for how much."""
    _, between, euros = chance.choices(list(HABITS.values()), [share for share, _, _ in HABITS.values()])[0]
    days = [joined]
    if between:
        while (day := days[-1] + timedelta(max(1, round(chance.gauss(between, between / 3))))) <= LAST:
            days.append(day)
    elif chance.random() < RETURNS[not in_control(name)]:
        days.append(joined + timedelta(chance.randint(23, 48)))
        days += [days[-1] + timedelta(chance.randint(20, 60)) for _ in range(chance.randint(0, 2))]
    return [(day, f"{max(2.8, chance.gauss(euros, euros / 3)):.2f}") for day in sorted(set(days)) if day <= LAST]


def write(name: str, head: str, rows: Iterable[Iterable[object]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head.split(","))
        writer.writerows(rows)


def main() -> None:
    chance = random.Random(2025)
    joined = sorted((FIRST + timedelta(chance.randint(0, 80)), name) for name in NAMES)
    bought = sorted((day, name, much) for start, name in joined for day, much in visits(chance, name, start))
    write("customers.csv", "customer,joined", ((name, day) for day, name in joined))
    write(
        "purchases.csv",
        "receipt,customer,day,sent,amount",
        (
            (f"P{number:03}", name, day, SENT if day == OFFLINE else "", much)
            for number, (day, name, much) in enumerate(bought, 1)
        ),
    )


if __name__ == "__main__":
    main()
