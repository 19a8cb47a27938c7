"""`guerdon tune`: arguments and exit codes."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from guerdon.command import FELL_SHORT, loaded, stop, watched, writable, wrong_history
from guerdon.options import DAY, PAGE, format_option, set_option


@click.command()
@click.argument("file", type=click.Path())
@click.option("--history", required=True, type=click.Path(), help="The folder or history.yaml to read.")
@click.option("--param", required=True, metavar="NAME", help="The param whose value is looked for.")
@click.option("--target", required=True, metavar="CONDITION", help="What is to hold, like `cost <= 1.2% of sales`.")
@click.option("--from", "low", metavar="VALUE", help="The lowest value to look at; by default nothing.")
@click.option("--to", "high", metavar="VALUE", help="The highest value to look at; by default twice the present one.")
@click.option("--step", metavar="VALUE", help="How far apart values are; by default what the param counts.")
@click.option("--all", "every", is_flag=True, help="Run every value, whatever is seen before.")
@click.option("--as-of", type=DAY, help="The last day to read (YYYY-MM-DD).")
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables as CSV into this folder.")
@click.option("--report", type=PAGE, help="Write a page with a drawing into this file.")
@set_option
@format_option
def tune(
    file: str,
    history: str,
    param: str,
    target: str,
    low: str | None,
    high: str | None,
    step: str | None,
    every: bool,
    as_of: date | None,
    out: Path | None,
    report: Path | None,
    given: dict[str, str],
    form: str,
) -> None:
    """Find the value of a param that meets a target over a history."""
    from guerdon.questions import tune as tuned
    from guerdon.study import screen
    from guerdon.study.report import page, shown
    from guerdon.study.tune.asked import TuneError

    program = loaded(file, form, given)
    try:
        with wrong_history(form), writable(None):
            found = tuned(
                program,
                history,
                param,
                target,
                low=low,
                high=high,
                step=step,
                every=every,
                as_of=as_of,
                watched=watched,
            )
    except TuneError as error:
        stop(str(error) + (f"\nhelp: {error.help}" if error.help else ""), error.code)
    if out is not None:
        with writable(out):
            shown.write_csv(found, out)
    if report is not None:
        with writable(report):
            page.write(found, report)
    if form == "json":
        click.echo(json.dumps(shown.as_json(found), indent=2, ensure_ascii=False))
    else:
        shown.show(found, screen.console())
        for place, what in ((out, "Tables are"), (report, "The page is")):
            if place is not None:
                click.echo(f"{what} in {place}.")
    sys.exit(0 if found.met else FELL_SHORT)
