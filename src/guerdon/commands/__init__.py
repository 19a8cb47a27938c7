"""Commands that have a file of their own: arguments and exit codes, no logic."""

from __future__ import annotations

import click

from guerdon.commands.describe import describe

OTHERS: tuple[click.Command, ...] = (describe,)
"""A new command needs its place here, and in the manual."""
