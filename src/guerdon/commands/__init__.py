"""Commands that have a file of their own: arguments and exit codes, no logic."""

from __future__ import annotations

import click

from guerdon.commands.compare import compare
from guerdon.commands.describe import describe
from guerdon.commands.draw import draw
from guerdon.commands.explain import explain
from guerdon.commands.measure import measure
from guerdon.commands.new import new
from guerdon.commands.prove import prove
from guerdon.commands.simulate import simulate
from guerdon.commands.tune import tune
from guerdon.commands.verify import verify

OTHERS: tuple[click.Command, ...] = (compare, describe, draw, explain, measure, new, prove, simulate, tune, verify)
"""A new command needs its place here, and in the manual."""
