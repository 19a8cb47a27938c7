"""The rows that DuckDB makes of a history are those that are made of its events in memory."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from tests.generated import writer
from tests.generated.chance import EVERYTHING
from tests.generated.histories import BUILT_IN, Teller
from tests.kernel.files import comparable, opened

import guerdon
from guerdon.history.open import History
from guerdon.kernel.columns import REFUSED, Columns
from guerdon.kernel.days import Years
from guerdon.kernel.others import concerns_others
from guerdon.kernel.rows.encoded import Encoder
from guerdon.kernel.rows.read import blocks, span
from guerdon.program import nodes

EXAMPLES = Path(__file__).parents[2] / "examples"
YEARS = Years(1960, 2060)


def agrees(history: History, program: nodes.Program, size: int, before: int | None = None) -> list[int]:
    """Fails where the rows differ; the kinds of rows."""
    columns = Columns(program)
    assert not columns.by_hand, "events by hand come as objects"
    events = [each for each in history.events() if before is None or max(each.at, each.recorded) < before]
    by_member = sorted(events, key=lambda event: event.member)
    model = Encoder(columns, YEARS, history.members).block(by_member)
    found: dict[str, list[int]] = {name: [] for name in model.columns}
    first, last = 0, False
    for block in blocks(history, columns, YEARS, size, before):
        assert (block.first, last) == (first, False)
        for name, values in block.columns.items():
            lines = found[name].pop() if found[name] and name.endswith("_first") else 0
            found[name] += [lines + each for each in values]
            if not name.startswith("l"):
                assert len(values) == block.count
        first, last = first + block.count, block.last
    assert last == bool(events)
    assert first == len(events) == span(history, before).count
    if events:
        assert comparable(found, columns) == comparable(model.columns, columns)
    return model.columns["kind_is"]


@pytest.mark.parametrize("size", [700, 65_536])
def test_rows_of_an_example_are_those_of_its_events(size: int) -> None:
    program = guerdon.load(EXAMPLES / "grocery")
    agrees(program.open(), program.typed, size)


def test_what_comes_later_is_left_out() -> None:
    program = guerdon.load(EXAMPLES / "grocery")
    history = program.open()
    moments = sorted(each.at for each in history.events())
    middle = moments[200]
    agrees(history, program.typed, 100, middle)
    assert span(history, middle).later == len(moments) - span(history, middle).count > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_rows_of_histories_by_chance_are_those_of_their_events(seed: int, tmp_path: Path) -> None:
    kinds: Counter[bool] = Counter()
    programs = 0
    for number in range(100):
        choose = random.Random(f"{seed}/{number}").randrange
        made = writer.program_of(choose, EVERYTHING - {"receivers", "referrals"})
        if (
            made is None or Columns(made[1]).by_hand or concerns_others(made[1]) or made[1].accounts
        ):  # which are not read so
            continue
        programs += 1
        if programs > 8:
            break
        _, program = made
        told = Teller(choose, program, without=BUILT_IN[1:]).history(14)
        history = opened(told, program, tmp_path / str(number))
        if history is not None:
            kinds.update(kind == REFUSED for kind in agrees(history, program, 5))
    assert kinds[False] > 10
