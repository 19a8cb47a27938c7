"""Texts by chance come to the same by CPython and as WebAssembly, or trap, and they trap only where something left its bounds."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from tests.kernel.lowering.both import Answer, Left, Watched, by_python, by_wasm
from tests.kernel.lowering.programs import MEMORY, Program, programs

from guerdon.kernel.lowering import carried

EXAMPLES = int(os.environ.get("GUERDON_EXAMPLES", "150"))


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_both_lowerings_agree(program: Program):
    watched = Watched(program.text, MEMORY, program.numbers)
    given_ = ("f", program.arguments, program.numbers)
    try:
        expected = Answer(watched.call("f", *program.arguments), watched.arrays)
    except Left:
        expected = Answer(None)
    else:
        assert by_python(program.text, MEMORY, *given_) == expected
    assert by_wasm(program.text, MEMORY, program.bounds, *given_) == expected
    assert by_wasm(program.text, MEMORY, program.bounds, *given_, checked=True) == expected
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(carried, "FEW", 0)
        assert by_wasm(program.text, MEMORY, program.bounds, *given_) == expected
