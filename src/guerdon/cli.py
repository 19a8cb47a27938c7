"""The command line: arguments and exit codes.

Exit 0: fine; 1: the thing checked fell short; 2: wrong use or unreadable input. What a
command does not need it does not import, so that `check` starts fast.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NoReturn

import click

from guerdon.library import NoProgram, Program, load, program_path
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.text.diagnostic import Diagnostic, ProgramError, render

if TYPE_CHECKING:
    from guerdon.history.open import History
    from guerdon.program import nodes

FELL_SHORT, WRONG_USE = 1, 2

format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text for people, or JSON."
)
history_option = click.option(
    "--history", type=click.Path(), help="The folder or history.yaml to read; by default the program's own folder."
)


class Day(click.ParamType[date]):
    """A day as programs write it, YYYY-MM-DD, in the years that they reckon in."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            found = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"`{value}` is no day; write it like 2026-02-28", param, ctx)
        if str(found) != value or not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail(f"`{value}` is no day from {FIRST_YEAR} through {LAST_YEAR}, written like 2026-02-28", param, ctx)
        return found


DAY = Day()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="guerdon", message="%(version)s")
def main() -> None:
    """Guerdon: reward programs that can be read, tested, run and explained."""


# ---------------------------------------------------------------- text


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(allow_dash=True))
@format_option
def check(files: tuple[str, ...], form: str) -> None:
    """Say what is wrong or unclear in programs."""
    from guerdon.check.passes import check_file
    from guerdon.check.size import state_size

    found: list[Diagnostic] = []
    programs: list[nodes.Program] = []
    for file in files:
        with _readable(file):
            typed, said = check_file(program_path(file))
        found += said
        programs += [typed] if typed is not None else []
    _tell(found, form)
    wrong = sum(each.is_error for each in found)
    if form == "text":
        click.echo(f"{wrong} {_plural('error', wrong)}, {_count(found, wrong)}" if found else "nothing to say: fine")
        for each in programs:
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
    """Print a program with its shorthand written out."""
    click.echo(_laid_out(str(program_path(file)) if file != "-" else file, expanded=True)[1], nl=False)


def _laid_out(file: str, expanded: bool) -> tuple[bytes, str]:
    """A file's bytes and its text laid out; the command ends where it can't be read."""
    from guerdon.check.expand import expand as written_out
    from guerdon.check.names import Names
    from guerdon.syntax.format import format_document
    from guerdon.syntax.parse import parse_bytes
    from guerdon.text.source import read_bytes

    with _readable(file):
        data = read_bytes(file)
    document, found = parse_bytes(file, data)
    if found:
        _tell(found, "text", err=True)
        sys.exit(FELL_SHORT)
    if expanded:
        said = Names()
        document = written_out(document, said)
        if said.found:
            _tell(said.found, "text", err=True)
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
        _stop(f"there is no code {code}" + (f"; did you mean {near}?" if near else ""), "G902")
    click.echo(found)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Make a small program with a history and tests to start from."""
    from guerdon.starter import write

    try:
        written = write(folder)
    except FileExistsError as error:
        _stop(f"{error.filename} is already there; nothing was written", "G903")
    for path in written:
        click.echo(f"  {path}")
    click.echo(f"now try: guerdon test {folder}, then: guerdon run {folder}")


# ---------------------------------------------------------------- programs


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@format_option
def test(files: tuple[str, ...], form: str) -> None:
    """Run the tests in programs."""
    from guerdon.study import trial

    failed = total = 0
    told: list[dict[str, object]] = []
    for file in files:
        program = _load(file, form)
        for result in trial.run(program.typed):
            total += 1
            failed += bool(result.misses)
            told.append(trial.as_json(result))
            if form == "text":
                for miss in result.misses:
                    click.echo(trial.render(result, miss) + "\n")
    if form == "json":
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(f"{total - failed} passed, {failed} failed" if total else "there are no tests")
    sys.exit(FELL_SHORT if failed else 0)


@main.command()
@click.argument("file", type=click.Path())
@history_option
@click.option("--as-of", type=DAY, help="The last day to read (YYYY-MM-DD); later events are counted, not read.")
@click.option("--engine", type=click.Choice(["auto", "reference"]), default="auto", help="Which engine evaluates.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the result tables here.")
@click.option(
    "--table-format", type=click.Choice(["parquet", "csv", "jsonl"]), default="parquet", help="Files in --out."
)
@click.option("--allow-rejected", is_flag=True, help="Exit 0 even where rows were set aside.")
@format_option
def run(
    file: str,
    history: str | None,
    as_of: date | None,
    engine: str,
    out: Path | None,
    table_format: str,
    allow_rejected: bool,
    form: str,
) -> None:
    """Run a program on a history: awards, balances, tiers."""
    from guerdon.study import screen
    from guerdon.study.summary import as_json

    started = perf_counter()
    program = _load(file, form)
    with _history(program, history, form) as opened, screen.progress(opened.count) as counted:
        outcome = program.run(opened, as_of, counted)
    summary = outcome.summary()
    if out is not None:
        with _writable(out):
            outcome.write(out, table_format)
    if form == "json":
        click.echo(json.dumps(as_json(summary), indent=2))
    else:
        to = screen.console()
        screen.show_summary(summary, perf_counter() - started, to)
        screen.show_rejections(outcome.posted.rejections, to)
        if out is not None:
            to.print(f"Tables are in {out}.")
    sys.exit(FELL_SHORT if outcome.posted.rejections and not allow_rejected else 0)


@main.command()
@click.argument("file", type=click.Path())
@history_option
@click.option("--member", required=True, help="Whose account.")
@click.option("--event", help="The event to explain in full.")
@click.option("--rule", help="The rule to explain, alone: why, or why not.")
@format_option
def explain(file: str, history: str | None, member: str, event: str | None, rule: str | None, form: str) -> None:
    """Say why a member was given what they were given, and why not."""
    from guerdon.study import screen
    from guerdon.study.explain import explain as explained

    program = _load(file, form)
    if rule is not None and rule not in program.typed.rules:
        from guerdon.text.diagnostic import nearest

        near = nearest(rule, program.typed.rules)
        _stop(f'no rule is called "{rule}"' + (f'; did you mean "{near}"?' if near else ""), "G902")
    if rule is not None and event is None:
        raise click.UsageError("--rule needs --event: say at which event; without it, the member's events are listed")
    with _history(program, history, form) as opened:
        account = explained(program.typed, opened.events, opened.members, member, event, rule)
    if not account.events:
        _stop(f"no event of the history is of a member {member}", "G902")
    if event is not None and not account.explained:
        _stop(f"{member} has no event {event}; without --event, their events are listed", "G902")
    if form == "json":
        click.echo(json.dumps(asdict(account), indent=2))
    else:
        screen.show_account(account, screen.console())


@main.command()
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--history", required=True, type=click.Path(), help="The folder or history.yaml to read.")
@click.option("--as-of", type=DAY, help="The last day to read (YYYY-MM-DD).")
@click.option("--out", type=click.Path(path_type=Path), help="Write the tables as CSV here.")
@format_option
def compare(old: str, new: str, history: str, as_of: date | None, out: Path | None, form: str) -> None:
    """Compare two versions of a program over a history."""
    from guerdon.study import compare as comparing
    from guerdon.study import screen

    outcomes = []
    for file in (old, new):
        program = _load(file, form)
        with _history(program, history, form) as opened, screen.progress(opened.count, file) as counted:
            outcomes.append(program.run(opened, as_of, counted).posted)
    try:
        found = comparing.compare(*outcomes)
    except comparing.NotComparable as error:
        _stop(str(error), "G904")
    if out is not None:
        with _writable(out):
            comparing.write_csv(found, out)
    if form == "json":
        click.echo(json.dumps(comparing.as_json(found), indent=2))
    else:
        to = screen.console()
        for title, columns, rows in comparing.tables(found):
            to.print(screen.table(title, columns, rows))
            to.print()
        if out is not None:
            to.print(f"Tables are in {out}.")


# ---------------------------------------------------------------- what they share


def _load(file: str, form: str) -> Program:
    """The program, its warnings told; the command ends where it has errors."""
    with _readable(file):
        try:
            program = load(file)
        except ProgramError as error:
            _tell(error.diagnostics, form, err=True)
            sys.exit(WRONG_USE)
    _tell(program.diagnostics, "text", err=True)
    return program


@contextmanager
def _history(program: Program, path: str | None, form: str) -> Iterator[History]:
    """The opened history; the command ends where its mapping is wrong."""
    from guerdon.history.fault import HistoryError

    gc.enable()  # from here on a command may run long, see `__main__`
    try:
        yield program.open(path)
    except HistoryError as error:
        _tell(error.diagnostics, form, err=True)
        sys.exit(WRONG_USE)


@contextmanager
def _readable(file: str) -> Iterator[None]:
    try:
        yield
    except NoProgram as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"{file} can't be read: {(error.strerror or str(error)).lower()}")


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    from guerdon.study.rows import TooLarge

    try:
        yield
    except (FileExistsError, NotADirectoryError):
        _stop(f"{folder} can't be written: there is a file of this name, and results need a folder", "G903")
    except OSError as error:
        _stop(f"{folder} can't be written: {(error.strerror or str(error)).lower()}", "G903")
    except TooLarge as error:
        _stop(str(error), "G903")


def _stop(message: str, code: str = "G901") -> NoReturn:
    """Ends the command for wrong use or unreadable input."""
    click.echo(f"error {code}: {message}", err=True)
    sys.exit(WRONG_USE)


def _tell(found: Iterable[Diagnostic], form: str, err: bool = False) -> None:
    """Prints diagnostics, coloured on a terminal."""
    if form == "json":
        click.echo(json.dumps([each.as_json() for each in found], indent=2), err=False)
        return
    for each in found:
        head, _, rest = render(each).partition("\n")
        colour = "red" if each.is_error else "yellow"
        click.echo(click.style(head, fg=colour, bold=True) + (f"\n{rest}" if rest else "") + "\n", err=err)


def _count(found: list[Diagnostic], wrong: int) -> str:
    warnings = len(found) - wrong
    return f"{warnings} {_plural('warning', warnings)}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
