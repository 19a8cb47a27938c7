"""The command line: arguments and exit codes.

Exit 0: fine; 1: the thing checked fell short; 2: wrong use or unreadable input. What a
command does not need it does not import, so that `check` starts fast.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from guerdon.command import (
    FELL_SHORT,
    Commands,
    history_of,
    loaded,
    plural,
    ran,
    readable,
    recordable,
    recorded,
    shown_progress,
    stop,
    tell,
    tell_coverage,
    waiting,
    warned,
    writable,
)
from guerdon.commands import OTHERS
from guerdon.library import program_path
from guerdon.options import (
    DAY,
    PERCENT,
    engine_option,
    format_option,
    hashes_option,
    history_option,
    record_option,
    set_option,
    verbose_option,
)
from guerdon.text.diagnostic import Diagnostic

if TYPE_CHECKING:
    from guerdon.program import nodes
    from guerdon.study.coverage.report import Coverage
    from guerdon.study.laws.attack import Attack


@click.group(
    cls=Commands,
    commands=OTHERS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="guerdon", message="%(version)s")
def main() -> None:
    """Guerdon: reward programs that can be read, tested, run and explained."""


# ---------------------------------------------------------------- text


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@set_option
@click.option("--size", is_flag=True, help="Say how large the state of a member gets at most.")
@format_option
def check(files: tuple[str, ...], given: dict[str, str], size: bool, form: str) -> None:
    """Say what is wrong or unclear in programs."""
    from guerdon.project.load import check_file

    found: list[Diagnostic] = []
    programs: list[nodes.Program] = []
    for file in files:
        with readable(file):
            typed, said = check_file(program_path(file), given)
        found += said
        programs += [typed] if typed is not None else []
    tell(found, form)
    wrong = sum(each.is_error for each in found)
    if form == "text":
        click.echo(f"{wrong} {plural('error', wrong)}, {warned(found, wrong)}" if found else "nothing to say: fine")
        for each in programs if size else ():
            from guerdon.check.size import state_size

            click.echo(state_size(each).text(each.frame.name if len(files) > 1 else ""))
    sys.exit(FELL_SHORT if wrong else 0)


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 where a file is not laid out so.")
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
def fmt(files: tuple[str, ...], only_check: bool) -> None:
    """Lay programs out in the one layout; comments are kept."""
    short = False
    for file in files:
        path = program_path(file) if file != "-" else Path("-")
        old, new = _laid_out(str(path), expanded=False)
        if file == "-":
            click.echo(new, nl=False)
        elif old != new.encode():
            short |= only_check
            click.echo(f"{path}: {'would be laid out anew' if only_check else 'laid out anew'}")
            if not only_check:
                path.write_bytes(new.encode())
    sys.exit(FELL_SHORT if short else 0)


@main.command()
@click.argument("file", type=click.Path(allow_dash=True))
def expand(file: str) -> None:
    """Print a program with its shorthand, and the files that it uses, written out."""
    click.echo(_laid_out(str(program_path(file)) if file != "-" else file, expanded=True)[1], nl=False)


def _laid_out(file: str, expanded: bool) -> tuple[bytes, str]:
    """A file's bytes and its text laid out; the command ends where it can't be read."""
    from guerdon.project.reading import whole
    from guerdon.syntax.format import format_document
    from guerdon.syntax.parse import parse_bytes
    from guerdon.text.source import read_bytes

    with readable(file):
        data = read_bytes(file)
    document, found = whole(file, data) if expanded else parse_bytes(file, data)
    if found:
        tell(found, "text", err=True)
        sys.exit(FELL_SHORT)
    return data, format_document(document)


@main.command()
@click.argument("code")
def code(code: str) -> None:
    """Explain a diagnostic code, with an example that triggers it."""
    from guerdon.text.pages import page

    found = page(code.upper())
    if found is None:
        from guerdon.text.codes import CODES
        from guerdon.text.diagnostic import nearest

        near = nearest(code.upper(), CODES)
        stop(f"there is no code {code}" + (f"; did you mean {near}?" if near else ""), "G902")
    click.echo(found)


# ---------------------------------------------------------------- programs


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--coverage", is_flag=True, help="Say which rules and branches no test reaches.")
@click.option("--marked", is_flag=True, help="Print the programs, each line marked as reached, partly or never.")
@click.option("--fail-under", type=PERCENT, help="Exit 1 where less of the branches is reached.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    help="Text, JSON, or HTML of coverage.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the page of HTML into this file.")
@click.option(
    "--histories", type=click.IntRange(1, 100_000), default=100, help="How many histories each law is tried on."
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, help="Which histories; the same for the same.")
@set_option
def test(
    files: tuple[str, ...],
    coverage: bool,
    marked: bool,
    fail_under: Fraction | None,
    form: str,
    out: Path | None,
    histories: int,
    seed: int,
    given: dict[str, str],
) -> None:
    """Run the tests in programs, and put their laws to the test."""
    from guerdon.study import trial

    coverage |= marked or fail_under is not None
    if not coverage and form == "html":
        raise click.UsageError("--format html shows --coverage: ask for it")
    if out is not None and form != "html":
        raise click.UsageError("--out is for the page of --format html")
    results: list[trial.Result] = []
    covered: list[Coverage] = []
    attacks: list[Attack] = []
    for file in files:
        program = loaded(file, form, given)
        if coverage:
            from guerdon.study.coverage import report

            found, reach = report.run(program.typed, str(program.path))
            covered.append(reach)
        else:
            found = trial.run(program.typed)
        results += found
        if program.typed.laws:
            from guerdon.study.laws import attack, told

            with shown_progress(histories * len(program.typed.laws)) as counted:
                attacks += attack.attack(program.typed, histories, seed, counted)
    failed = sum(bool(each.misses) for each in results)
    if form == "text":
        for each in results:
            for miss in each.misses:
                click.echo(trial.render(each, miss) + "\n")
        for law in filter(None, map(told.render, attacks)) if attacks else ():
            click.echo(law + "\n")
        click.echo(f"{len(results) - failed} passed, {failed} failed" if results else "there are no tests")
        if attacks:
            click.echo(told.summary(attacks))
    laws = [told.as_json(each) for each in attacks]
    if covered:
        with writable(out):
            report.tell(results, covered, form, marked, out, laws)
    elif form == "json":
        click.echo(json.dumps([*map(trial.as_json, results), *laws], indent=2))
    failed += sum(each.broken is not None for each in attacks)
    low = [report.too_low(reach, fail_under) for reach in covered if fail_under and reach.share * 100 < fail_under]
    for message in low:
        click.echo(message, err=True)
    sys.exit(FELL_SHORT if failed or low else 0)


@main.command()
@click.argument("file", type=click.Path())
@history_option
@click.option("--as-of", type=DAY, help="The last day to read (YYYY-MM-DD); later events are counted, not read.")
@engine_option
@verbose_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the result tables here.")
@click.option(
    "--table-format", type=click.Choice(["parquet", "csv", "jsonl"]), default="parquet", help="Files in --out."
)
@record_option
@hashes_option
@click.option("--allow-rejected", is_flag=True, help="Exit 0 even where rows were set aside.")
@set_option
@format_option
def run(
    file: str,
    history: str | None,
    as_of: date | None,
    engine: str,
    verbose: bool,
    out: Path | None,
    table_format: str,
    record: Path | None,
    hashes: bool,
    allow_rejected: bool,
    given: dict[str, str],
    form: str,
) -> None:
    """Run a program on a history: awards, balances, tiers."""
    from guerdon.study import screen
    from guerdon.study.summary import as_json

    started = perf_counter()
    recordable(file, record, hashes, form)
    program = loaded(file, form, given)
    with history_of(program, history, form) as opened, screen.progress(opened.count) as told:
        outcome = ran(program, opened, as_of, told, engine, verbose)
    with waiting("adding up"):
        summary = outcome.summary()
    if out is not None:
        with writable(out), waiting("writing the tables"):
            outcome.write(out, table_format)
    seal = recorded(outcome, record, hashes, form)
    if form == "json":
        click.echo(json.dumps(as_json(summary) | ({"seal": seal} if seal else {}), indent=2))
    else:
        to = screen.console()
        screen.show_summary(summary, perf_counter() - started, to)
        screen.show_rejections(outcome.rejections, to)
        if out is not None:
            to.print(f"Tables are in {out}.")
        if seal is not None:
            click.echo(f"The record is in {record}, its seal is {seal}.")
    sys.exit(FELL_SHORT if outcome.rejections and not allow_rejected else 0)


@main.command()
@click.argument("file", type=click.Path(), required=False)
@format_option
def kernel(file: str | None, form: str) -> None:
    """Say what the kernel does not cover: at all, or of a program."""
    tell_coverage(file, form)
