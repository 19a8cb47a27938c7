"""What all commands share: loading what they read, and how they end where that goes wrong."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from guerdon.library import NoProgram, Outcome, Program, load
from guerdon.text.diagnostic import Diagnostic, ProgramError, render

if TYPE_CHECKING:
    from datetime import date

    from guerdon.history.open import History

FELL_SHORT, WRONG_USE = 1, 2


class Commands(click.Group):
    """The commands; an interrupt ends each of them in the same way."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Exception as error:
            from guerdon.history.sql import is_interrupt  # only where something goes wrong

            if is_interrupt(error):
                raise KeyboardInterrupt from None
            raise


def loaded(file: str, form: str, given: dict[str, str] | None = None) -> Program:
    """The program, its warnings told; the command ends where it has errors."""
    with readable(file):
        try:
            program = load(file, set=given or {})
        except ProgramError as error:
            tell(error.diagnostics, form, err=True)
            sys.exit(WRONG_USE)
    tell(program.diagnostics, "text", err=True)
    return program


@contextmanager
def history_of(program: Program, path: str | None, form: str) -> Iterator[History]:
    """The opened history; the command ends where its mapping is wrong."""
    with wrong_history(form):
        with waiting("reading the history"):
            opened = program.open(path)
        yield opened


@contextmanager
def wrong_history(form: str) -> Iterator[None]:
    """Ends the command where the mapping of a history is wrong."""
    from guerdon.history.fault import HistoryError

    gc.enable()  # from here on a command may run long, see `__main__`
    try:
        yield
    except HistoryError as error:
        tell(error.diagnostics, form, err=True)
        sys.exit(WRONG_USE)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows on the error stream of a terminal what takes long."""
    if not sys.stderr.isatty():
        yield
        return
    from guerdon.study import screen

    with screen.console(stderr=True).status(what):
        yield


@contextmanager
def shown_progress(total: int, what: str = "histories") -> Iterator[Callable[[Iterable[int]], Iterable[int]]]:
    """Shows on the error stream of a terminal how many of so many things were done; wraps their numbers."""
    gc.enable()  # it may take long, see `__main__`
    if not sys.stderr.isatty():
        yield lambda numbers: numbers
        return
    from guerdon.study import screen

    with screen.steps(total, what) as counted:
        yield counted


@contextmanager
def watched(what: str, events: int | None) -> Iterator[Callable[[int], object]]:
    """Shows on the error stream of a terminal a bar for each run of several."""
    from guerdon.study import screen

    with screen.progress(events, what) as told:
        yield told


@contextmanager
def readable(file: str) -> Iterator[None]:
    try:
        yield
    except NoProgram as error:
        stop(str(error))
    except OSError as error:
        stop(f"{file} can't be read: {(error.strerror or str(error)).lower()}")


@contextmanager
def writable(path: Path | None) -> Iterator[None]:
    """Ends the command where something can't be written; None: it goes to the standard output."""
    from guerdon.study.rows import TooLarge

    try:
        yield
    except (FileExistsError, NotADirectoryError):
        stop(f"{path} can't be written: there is a file of this name, and results need a folder", "G903")
    except OSError as error:
        stop(f"{path} can't be written: {(error.strerror or str(error)).lower()}", "G903")
    except TooLarge as error:
        stop(str(error), "G903")


def stop(message: str, code: str = "G901") -> NoReturn:
    """Ends the command for wrong use or unreadable input."""
    click.echo(f"error {code}: {message}", err=True)
    sys.exit(WRONG_USE)


def tell(found: Iterable[Diagnostic], form: str, err: bool = False) -> None:
    """Prints diagnostics, coloured on a terminal."""
    if form == "json":
        click.echo(json.dumps([each.as_json() for each in found], indent=2), err=False)
        return
    for each in found:
        head, _, rest = render(each).partition("\n")
        colour = "red" if each.is_error else "yellow"
        click.echo(click.style(head, fg=colour, bold=True) + (f"\n{rest}" if rest else "") + "\n", err=err)


def ran(
    program: Program,
    opened: History,
    as_of: date | None,
    progress: Callable[[int], object],
    engine: str,
    verbose: bool,
) -> Outcome:
    """What a program makes of a history; the command ends where an engine is asked for that does not cover it."""
    with within_reach():
        outcome = program.run(opened, as_of, progress, engine)
    if verbose:
        click.echo(f"engine: {outcome.choice.engine}, {outcome.choice.why}", err=True)
    return outcome


@contextmanager
def within_reach() -> Iterator[None]:
    """Ends the command where an engine is asked for that does not cover the program."""
    from guerdon.choice import NotCovered

    try:
        yield
    except NotCovered as beyond:
        click.echo(f"{beyond}\nhelp: leave `--engine` out: the reference engine runs every program", err=True)
        sys.exit(WRONG_USE)


@contextmanager
def recording(form: str) -> Iterator[None]:
    """Ends the command where there can't be a record, or there is none."""
    from guerdon.study.record.contents import RecordError
    from guerdon.study.whole import AlreadyThere

    try:
        yield
    except AlreadyThere as error:
        stop(f"{error} is there already and not empty; nothing was written", "G903")
    except RecordError as error:
        tell([error.diagnostic], form, err=True)
        sys.exit(WRONG_USE)


def recordable(file: str, folder: Path | None, hashes: bool, form: str) -> None:
    """Ends the command, before anything is run, where a program can't be recorded in a folder (None: nobody asks for it)."""
    if folder is not None:
        from guerdon.study.record import keep

        with recording(form), writable(folder):
            keep.recordable(file, folder)
    elif hashes:
        raise click.UsageError("--record-hashes-only says what --record leaves out: say where with --record DIR")


def recorded(outcome: Outcome, folder: Path | None, hashes: bool, form: str) -> str | None:
    """The seal of a record that a folder holds then (None: nobody asks for it); the command ends where it can't be made."""
    if folder is None:
        return None
    with recording(form), writable(folder), waiting("recording"):
        return outcome.record(folder, data=not hashes)


def tell_coverage(file: str | None, form: str) -> None:
    """Prints what the kernel does not cover: of all that there is, or of a program; 1 where it does not cover it."""
    from guerdon.choice import lacking
    from guerdon.kernel.uncovered import NOT_COVERED

    what = lacking(loaded(file, form).typed) if file is not None else [*NOT_COVERED.values()]
    if form == "json":
        click.echo(json.dumps(what, indent=2))
    elif what:
        click.echo("\n".join(["The kernel does not cover:", *(f"  {each}" for each in what)]))
    else:
        click.echo("The kernel covers the program.")
    sys.exit(FELL_SHORT if what and file is not None else 0)


def warned(found: list[Diagnostic], wrong: int) -> str:
    """How many warnings there are, in words."""
    warnings = len(found) - wrong
    return f"{warnings} {plural('warning', warnings)}"


def plural(word: str, count: int) -> str:
    """A word as it stands behind a number."""
    return word if count == 1 else f"{word}s"
