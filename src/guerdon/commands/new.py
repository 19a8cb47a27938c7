"""`guerdon new`: arguments and exit codes."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from guerdon.command import stop, writable
from guerdon.starter import SHAPES, SMALL, write
from guerdon.study.whole import AlreadyThere


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
        with writable(folder):
            written = write(folder, shape or SMALL)
    except AlreadyThere as error:
        stop(f"{error} is already there; nothing was written", "G903")
    for path in written:
        click.echo(f"  {path}")
    typed = shlex.quote(str(folder))
    click.echo(f"now try: guerdon test {typed}, then: guerdon run {typed}")
