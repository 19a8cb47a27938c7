"""`guerdon compare`: arguments and exit codes."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guerdon.command import FELL_SHORT, loaded, stop, watched, writable, wrong_history
from guerdon.options import DAY, PAGE, WORKBOOK, set_option

if TYPE_CHECKING:
    from guerdon.study.conditions.condition import Condition


def _conditions(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[Condition, ...]:
    """Conditions on the comparison."""
    from guerdon.study.conditions.condition import Malformed, condition

    try:
        return tuple(map(condition, given))
    except Malformed as error:
        raise click.BadParameter(str(error), context, option) from None


@click.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--history", required=True, type=click.Path(), help="The folder or history.yaml to read.")
@click.option("--as-of", type=DAY, help="The last day to read (YYYY-MM-DD).")
@click.option("--live", type=DAY, help="The day on which NEW begins to decide; by default the one after the history.")
@click.option(
    "--attribute/--no-attribute", default=None, help="Whether to find out what each change in the rules brings."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables as CSV into this folder.")
@click.option("--report", type=PAGE, help="Write a page with drawings into this file.")
@click.option("--xlsx", type=WORKBOOK, help="Write a workbook into this file.")
@click.option(
    "--fail-if",
    "fails",
    multiple=True,
    callback=_conditions,
    metavar="CONDITION",
    help="End with 1 where this holds, like `cost > 5%`; repeatable.",
)
@click.option(
    "--full", is_flag=True, help="Print all tables, and what each version says of the first event that differs."
)
@set_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="Text for people, JSON, or a short summary in Markdown.",
)
def compare(
    old: str,
    new: str,
    history: str,
    as_of: date | None,
    live: date | None,
    attribute: bool | None,
    out: Path | None,
    report: Path | None,
    xlsx: Path | None,
    fails: tuple[Condition, ...],
    full: bool,
    given: dict[str, str],
    form: str,
) -> None:
    """Compare two versions of a program over a history; values are set in NEW."""
    from guerdon.questions import compare as compared
    from guerdon.study import screen
    from guerdon.study.compare.comparison import NotComparable
    from guerdon.study.compare.failing import holds
    from guerdon.study.compare.markdown import markdown
    from guerdon.study.conditions.condition import Malformed
    from guerdon.study.report import page, shown, workbook

    programs = loaded(old, form), loaded(new, form, given)
    try:
        with wrong_history(form), writable(out):
            found = compared(*programs, history, as_of=as_of, live=live, attribute=attribute, out=out, watched=watched)
        failed = [(each, told) for each in fails if (told := holds(each, found)) is not None]
    except NotComparable as error:
        stop(str(error), "G904")
    except Malformed as error:
        raise click.BadParameter(str(error), param_hint="--fail-if") from None
    for place, write in ((report, page.write), (xlsx, workbook.write)):
        if place is not None:
            with writable(place):
                write(found, place)
    if form == "json":
        click.echo(json.dumps(shown.as_json(found), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(markdown(found))
    else:
        shown.show(found if full else found.brief(), screen.console())
        for place, what in ((out, "Tables are"), (report, "The page is"), (xlsx, "The workbook is")):
            if place is not None:
                click.echo(f"{what} in {place}.")
    for each, told in failed:
        click.echo(f"fails: {each.text} (it is {told})", err=True)
    sys.exit(FELL_SHORT if failed else 0)
