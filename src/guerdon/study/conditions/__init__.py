"""Conditions on what a run came to, in one grammar: what `--fail-if` stops at, what `guerdon tune` looks for."""
