"""`guerdon measure`: arguments and exit codes."""

from __future__ import annotations

import json
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import click

from guerdon.command import FELL_SHORT, history_of, loaded, ran, stop, waiting, writable
from guerdon.options import DAY, PAGE, PERCENT, engine_option, format_option, history_option, set_option, verbose_option


def _expected(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[date | None, Fraction], ...]:
    """Shares that are expected to be redeemed, each from a day on."""
    found: dict[date | None, Fraction] = {}
    for each in given:
        day, equals, share = each.rpartition("=")
        since = DAY.convert(day, option, context) if equals else None
        if since in found:
            raise click.BadParameter(f"`{each}` says another share from the same day on", context, option)
        found[since] = PERCENT.convert(share, option, context) / 100
    return tuple(found.items())


@click.command()
@click.argument("file", type=click.Path())
@history_option
@click.option("--purchase", "purchases", multiple=True, metavar="EVENT.FIELD", help="What is spent; repeatable.")
@click.option("--return", "returns", multiple=True, metavar="EVENT.FIELD", help="What a return takes back; repeatable.")
@click.option("--survey", metavar="EVENT.FIELD", help="Answers from 0 to 10.")
@click.option("--from", "since", type=DAY, help="A day of the first month to show.")
@click.option("--through", type=DAY, help="A day of the last month to show.")
@click.option(
    "--lapsed-after", type=click.IntRange(1), default=90, help="Days without a purchase until a member lapses."
)
@click.option("--margin", type=PERCENT, default="100%", help="How much of net sales is margin.")
@click.option("--retention", type=PERCENT, help="How many members are kept each year, instead of an estimate.")
@click.option("--discount", type=PERCENT, help="The discount rate a year, for the closed form of lifetime value.")
@click.option(
    "--horizon", type=click.IntRange(1), default=365, help="How many days the model of lifetime value looks ahead."
)
@click.option(
    "--redeemed",
    multiple=True,
    callback=_expected,
    metavar="[DAY=]PERCENT",
    help="How much of the points is expected to be redeemed, from a day on; repeatable.",
)
@click.option(
    "--ratio-decimals", type=click.IntRange(0), help="Round the ratio of allocations to so many decimals of a percent."
)
@click.option("--as-of", type=DAY, help="The last day to read.")
@engine_option
@verbose_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables as CSV into this folder.")
@click.option("--html", type=PAGE, help="Write a page with drawings into this file.")
@click.option("--allow-rejected", is_flag=True, help="Exit 0 even where rows were set aside.")
@set_option
@format_option
def measure(
    file: str,
    history: str | None,
    purchases: tuple[str, ...],
    returns: tuple[str, ...],
    survey: str | None,
    since: date | None,
    through: date | None,
    lapsed_after: int,
    margin: Fraction,
    retention: Fraction | None,
    discount: Fraction | None,
    horizon: int,
    redeemed: tuple[tuple[date | None, Fraction], ...],
    ratio_decimals: int | None,
    as_of: date | None,
    engine: str,
    verbose: bool,
    out: Path | None,
    html: Path | None,
    allow_rejected: bool,
    given: dict[str, str],
    form: str,
) -> None:
    """Measure what a program is to the business, by month."""
    from guerdon.study import screen
    from guerdon.study.measure.asked import Asked, MeasureError
    from guerdon.study.measure.measure import check
    from guerdon.study.report import page, shown

    if discount is not None and not discount:
        raise click.BadParameter("a discount rate is above zero", param_hint="--discount")
    program = loaded(file, form, given)
    try:
        asked = Asked(
            purchases,
            returns,
            survey,
            since,
            through,
            lapsed_after,
            margin / 100,
            retention / 100 if retention is not None else None,
            discount / 100 if discount is not None else None,
            horizon,
            redeemed,
            ratio_decimals,
        )
        check(program.typed, asked)
        with history_of(program, history, form) as opened, screen.progress(opened.count) as told:
            outcome = ran(program, opened, as_of, told, engine, verbose)
        with waiting("measuring"), writable(out):
            report = outcome.measure(asked)
    except MeasureError as error:
        stop(str(error) + (f"\nhelp: {error.help}" if error.help else ""), error.code)
    if out is not None:
        with writable(out):
            shown.write_csv(report, out)
    if html is not None:
        with writable(html):
            html.write_text(page.as_html(report), encoding="utf-8")
    if form == "json":
        click.echo(json.dumps(shown.as_json(report), indent=2, ensure_ascii=False))
    else:
        shown.show(report, screen.console())
        for place, what in ((out, "Tables are"), (html, "The page is")):
            if place is not None:
                click.echo(f"{what} in {place}.")
    sys.exit(FELL_SHORT if report.aside and not allow_rejected else 0)
