"""`guerdon verify`: arguments and exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from guerdon.command import FELL_SHORT, readable, recording, waiting, within_reach
from guerdon.options import engine_option, format_option


@click.command()
@click.argument("record", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="The folder with the data, where the record has hashes.")
@engine_option
@format_option
def verify(record: Path, data: Path | None, engine: str, form: str) -> None:
    """Run again what a record holds, and say where what comes of it differs."""
    from guerdon.questions import verify as verified
    from guerdon.study.record import shown

    with recording(form), within_reach(), readable(str(record)), waiting("running it again"):
        found = verified(record, data, engine)
    click.echo(json.dumps(shown.as_json(found), indent=2, ensure_ascii=False) if form == "json" else shown.text(found))
    sys.exit(0 if found.identical else FELL_SHORT)
