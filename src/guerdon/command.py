"""What all commands share: options, loading what they read, and how they end where that goes wrong."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from guerdon.library import NoProgram, Program, load
from guerdon.program.time import FIRST_YEAR, LAST_YEAR
from guerdon.text.diagnostic import Diagnostic, ProgramError, render

if TYPE_CHECKING:
    from guerdon.history.open import History

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


class Percent(click.ParamType[Fraction]):
    """A percentage from 0 through 100, exactly as it is written."""

    name = "percent"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        try:
            found = Fraction(Decimal(str(value).removesuffix("%")))
        except (ArithmeticError, ValueError):
            self.fail(f"`{value}` is no percentage; write it like 80", param, ctx)
        if not 0 <= found <= 100:
            self.fail(f"`{value}` is no percentage from 0 through 100", param, ctx)
        return found


PERCENT = Percent()


def loaded(file: str, form: str) -> Program:
    """The program, its warnings told; the command ends where it has errors."""
    with readable(file):
        try:
            program = load(file)
        except ProgramError as error:
            tell(error.diagnostics, form, err=True)
            sys.exit(WRONG_USE)
    tell(program.diagnostics, "text", err=True)
    return program


@contextmanager
def history_of(program: Program, path: str | None, form: str) -> Iterator[History]:
    """The opened history; the command ends where its mapping is wrong."""
    from guerdon.history.fault import HistoryError

    gc.enable()  # from here on a command may run long, see `__main__`
    try:
        yield program.open(path)
    except HistoryError as error:
        tell(error.diagnostics, form, err=True)
        sys.exit(WRONG_USE)


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
