"""W on the kernel comes to what the table of W has, run by CPython and as WebAssembly."""

from __future__ import annotations

import pytest
from tests.benchmarks import kernel
from tests.benchmarks.workload import TOTALS, Missing, history

MEMBERS = 1_000


@pytest.mark.parametrize("compiled", [False, True])
def test_w_is_exact(compiled):
    try:
        of = history(MEMBERS)
    except Missing as missing:
        pytest.skip(str(missing))
    found = kernel.w(of, compiled)
    assert of.events == TOTALS[MEMBERS].events
    assert (found.machine.reruns, found.members) == (0, MEMBERS)
