"""Law 1: the kernel, run by CPython and as WebAssembly, in blocks that end anywhere, posts what the reference engine does."""

from __future__ import annotations

import os

import pytest
from tests.kernel.many import KINDS, Counts, Effort, compare

PROGRAMS = int(os.environ.get("GUERDON_EXAMPLES", "460"))
"""Of each of eleven kinds, so that there are more than 5,000."""
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_the_kernels_agree_with_the_reference(kind, part):
    counts = Counts()
    for number in range(part, PROGRAMS, PARTS):
        counts.add(compare(kind, number, Effort()))
    assert counts.python, "nothing was compared"
