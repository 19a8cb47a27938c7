"""`guerdon simulate`: arguments and exit codes."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from guerdon.command import shown_progress, stop, writable
from guerdon.options import DAY, PERCENT, format_option
from guerdon.simulate import NAMES


def _thousandths(context: click.Context, option: click.Parameter, given: Fraction) -> int:
    """A percentage with one decimal at most."""
    found = given * 10
    if found.denominator != 1:
        raise click.BadParameter("a percentage here has one decimal at most, like 2.5")
    return int(found)


@click.command()
@click.argument("kind", type=click.Choice(NAMES))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Write the files into this folder.")
@click.option("--members", type=click.IntRange(1, 100_000_000), default=1000, help="How many members there are.")
@click.option("--months", type=click.IntRange(1, 120), default=12, help="How many months they are followed.")
@click.option("--start", type=DAY, default="2025-01-01", help="The first day.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, help="Which history; the same for the same.")
@click.option(
    "--late", type=PERCENT, callback=_thousandths, default="0", help="How many percent of sales become known late."
)
@click.option("--faults", type=PERCENT, callback=_thousandths, default="0", help="How many percent of rows are bad.")
@click.option(
    "--table-format", type=click.Choice(["csv", "jsonl", "parquet"]), default="csv", help="What the files are."
)
@format_option
def simulate(
    kind: str,
    out: Path,
    members: int,
    months: int,
    start: date,
    seed: int,
    late: int,
    faults: int,
    table_format: str,
    form: str,
) -> None:
    """Make up a history of a kind of program, the same everywhere, with a program to run on it."""
    from guerdon.simulate import kinds, shown
    from guerdon.simulate.simulate import OutOfYears, Plan, write
    from guerdon.study.whole import AlreadyThere

    plan = Plan(kinds.KINDS[kind], members, months, start, seed, late, faults)
    try:
        plan.check()
        with writable(out), shown_progress(members, "members") as counted:
            _, tally = write(plan, out, table_format, counted)
    except OutOfYears as error:
        stop(str(error), "G930")
    except AlreadyThere as error:
        stop(f"{error} is already there; nothing was written", "G903")
    if form == "json":
        click.echo(json.dumps(shown.as_json(plan, tally), indent=2))
    else:
        click.echo(shown.text(plan, tally, out, table_format))
