"""A kernel keeps up with the same work written by hand."""

from __future__ import annotations

import importlib.util
import shutil

import pytest
from tests.benchmarks import kernel


@pytest.mark.slow
@pytest.mark.skipif(not (kernel.RIVAL / "hand.c").is_file(), reason="the rival is not here: set GUERDON_BENCH")
@pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="numpy makes the history")
@pytest.mark.skipif(shutil.which("gcc") is None, reason="the rival is compiled by gcc")
def test_a_kernel_has_half_the_speed_of_c_by_hand_at_the_least():
    _, runs = kernel.measure(4000, 7)
    assert max(run.hand / run.blocks for run in runs) >= 0.5
