"""`guerdon describe`: arguments and exit codes."""

from __future__ import annotations

from pathlib import Path

import click

from guerdon.command import loaded, writable


@click.command()
@click.argument("file", type=click.Path())
@click.argument("new", type=click.Path(), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json"]),
    default="text",
    help="Text for a terminal, Markdown, one page of HTML, or JSON.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write it into this file.")
def describe(file: str, new: str | None, form: str, out: Path | None) -> None:
    """Say in plain prose what a program does, or (with NEW) what changed."""
    from guerdon.study.describe import describe as describing
    from guerdon.study.describe import difference, shown

    old = loaded(file, form).typed
    page = describing.describe(old) if new is None else difference.difference(old, loaded(new, form).typed)
    with writable(out):
        shown.show(page, form, out)
