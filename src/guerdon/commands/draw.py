"""`guerdon draw`: arguments and exit codes."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import click

from guerdon.command import FELL_SHORT, history_of, loaded, plural, ran, stop, waiting, writable
from guerdon.options import DAY, engine_option, format_option, history_option, set_option, verbose_option


@click.command()
@click.argument("file", type=click.Path())
@history_option
@click.option("--unit", required=True, help="The unit of which each one is an entry.")
@click.option("--seed", help="What the winners are drawn with; without it the list is made, and nobody wins.")
@click.option("--winners", type=click.IntRange(1), default=1, help="How many win.")
@click.option("--reserves", type=click.IntRange(0), default=0, help="How many are drawn after them.")
@click.option("--repeat", is_flag=True, help="A member may win more than once, with other entries.")
@click.option("--from", "since", type=DAY, help="The first day on which entries were given.")
@click.option("--through", type=DAY, help="The last such day, at whose end they must be there.")
@click.option("--as-of", type=DAY, help="The last day to read, for returns after the period.")
@click.option("--entries", "entries", type=click.Path(path_type=Path), help="Write the list of entries into this file.")
@engine_option
@verbose_option
@click.option("--allow-rejected", is_flag=True, help="Exit 0 even where rows were set aside.")
@set_option
@format_option
def draw(
    file: str,
    history: str | None,
    unit: str,
    seed: str | None,
    winners: int,
    reserves: int,
    repeat: bool,
    since: date | None,
    through: date | None,
    as_of: date | None,
    entries: Path | None,
    engine: str,
    verbose: bool,
    allow_rejected: bool,
    given: dict[str, str],
    form: str,
) -> None:
    """Draw the winners of prizes, in a way that anybody can repeat."""
    from guerdon.study import screen
    from guerdon.study.draw import shown
    from guerdon.study.draw.draw import DrawError, check

    program = loaded(file, form, given)
    try:
        check(program.typed, unit, seed, since, through)
        with history_of(program, history, form) as opened, screen.progress(opened.count) as told:
            outcome = ran(program, opened, as_of, told, engine, verbose)
        with writable(entries), waiting("drawing"):
            found = outcome.draw(
                unit,
                seed,
                winners=winners,
                reserves=reserves,
                repeat=repeat,
                since=since,
                through=through,
                file=entries,
            )
    except DrawError as error:
        stop(str(error) + (f"\nhelp: {error.help}" if error.help else ""), error.code)
    aside = len(outcome.rejections)
    if form == "json":
        click.echo(json.dumps(shown.as_json(found), indent=2, ensure_ascii=False))
    else:
        shown.show(found, screen.console())
        if entries is not None:
            click.echo(f"The list is in {entries}.")
    if aside:
        click.echo(f"Set aside: {aside:,} {plural('row', aside)}, of no entries; `guerdon run` shows why.", err=True)
    sys.exit(FELL_SHORT if aside and not allow_rejected else 0)
