"""Options that several commands of the command line have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any

import click

from guerdon.program.time import FIRST_YEAR, LAST_YEAR


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


class FileOf(click.Path):
    """A file that is written, whose name says what it is."""

    def __init__(self, what: str, *endings: str) -> None:
        super().__init__(path_type=Path)
        self.what, self.endings = what, endings

    def convert(self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = super().convert(value, param, ctx)
        if Path(str(found)).suffix.lower() not in self.endings:
            self.fail(f"this writes {self.what}: give it a name like `report{self.endings[0]}`", param, ctx)
        return found


PAGE, WORKBOOK = FileOf("a page of HTML", ".html", ".htm"), FileOf("a workbook", ".xlsx")


def _values(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Values for params, by their name."""
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.BadParameter(f"`{each}` is not written like base_rate=5%")
        found[name.strip()] = value
    return found


format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="Text for people, or JSON."
)
set_option = click.option(
    "--set", "given", multiple=True, callback=_values, metavar="PARAM=VALUE", help="A value for a param; repeatable."
)
history_option = click.option(
    "--history", type=click.Path(), help="The folder or history.yaml to read; by default the program's own folder."
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["auto", "reference", "kernel"]),
    default="auto",
    help="Which engine evaluates; auto: the kernel, where it covers the program and the history is long.",
)
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Say which engine evaluated, and why.")
record_option = click.option(
    "--record", type=click.Path(path_type=Path), help="Leave here what reproduces the result; `guerdon verify` does it."
)
hashes_option = click.option(
    "--record-hashes-only", "hashes", is_flag=True, help="Record hashes of the history's files, not the files."
)
