"""Commands that have a file of their own: arguments and exit codes, no logic."""

from __future__ import annotations

import click

from guerdon.commands.compare import compare
from guerdon.commands.describe import describe
from guerdon.commands.draw import draw
from guerdon.commands.measure import measure
from guerdon.commands.new import new
from guerdon.commands.prove import prove
from guerdon.commands.simulate import simulate
from guerdon.commands.tune import tune

OTHERS: tuple[click.Command, ...] = (compare, describe, draw, measure, new, prove, simulate, tune)
"""A new command needs its place here, and in the manual."""
