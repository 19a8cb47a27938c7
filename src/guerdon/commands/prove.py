"""`guerdon prove`: arguments and exit codes."""

from __future__ import annotations

import json
import sys

import click

from guerdon.command import FELL_SHORT, WRONG_USE, loaded, readable, stop, tell, waiting
from guerdon.library import program_path
from guerdon.options import format_option, set_option


@click.command()
@click.argument("file", type=click.Path())
@click.argument("new", type=click.Path(), required=False)
@set_option
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@format_option
def prove(file: str, new: str | None, given: dict[str, str], as_json: bool, form: str) -> None:
    """Prove what never happens in a program, and the most that it gives; or that NEW is never less generous."""
    from guerdon.project.load import check_file
    from guerdon.study.prove import prove as proving
    from guerdon.study.prove import shown

    form = "json" if as_json else form
    if new is not None:
        programs = [loaded(each, form, values).typed for each, values in ((file, {}), (new, given))]
        if programs[0].frame.currency != programs[1].frame.currency:
            stop(
                f"one program counts in {programs[0].frame.currency}, the other in {programs[1].frame.currency}", "G904"
            )
        with waiting("proving"):
            report = proving.compare(*programs)
    else:
        with readable(file):
            typed, said = check_file(program_path(file), given)
        wrong = [each for each in said if each.is_error]
        if typed is None and not (wrong and all(each.code in proving.TABLES for each in wrong)):
            tell(said, form, err=form == "text")
            sys.exit(WRONG_USE)
        with waiting("proving"):
            report = proving.prove(typed, said) if typed is not None else proving.of_tables(file, said)
    click.echo(
        json.dumps(shown.as_json(report), indent=2, ensure_ascii=False) if form == "json" else shown.text(report)
    )
    sys.exit(FELL_SHORT if report.findings else 0)
