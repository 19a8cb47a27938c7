"""`guerdon new`: arguments and exit codes."""

from __future__ import annotations

from pathlib import Path

import click

from guerdon.command import stop
from guerdon.starter import SHAPES, SMALL, write


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "shape",
    type=click.Choice(SHAPES),
    default=None,
    help="Whose export the history is: with a mapping for it, and a sample.",
)
def new(folder: Path, shape: str | None) -> None:
    """Make a small program with a history and tests to start from."""
    try:
        written = write(folder, shape or SMALL)
    except FileExistsError as error:
        stop(f"{error.filename} is already there; nothing was written", "G903")
    for path in written:
        click.echo(f"  {path}")
    click.echo(f"now try: guerdon test {folder}, then: guerdon run {folder}")
