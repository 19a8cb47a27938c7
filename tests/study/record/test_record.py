"""What a record holds is enough to run it again anywhere, and whatever changes in it is found."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.study.record.bakery import APRIL, MAPPING, PROGRAM, answer, flipped, forged, inside, told

import guerdon
from guerdon.study.schema import TABLES
from guerdon.study.whole import AlreadyThere

ROOT = Path(__file__).resolve().parents[3]


# ---------------------------------------------------------------- what is reproduced


def test_a_record_holds_all_that_a_run_read(record: Path) -> None:
    named = {each.relative_to(record).as_posix() for each in inside(record)}
    assert named == {
        "program/bakery.guerdon",
        "program/members/welcome.guerdon",
        "program/factors.csv",
        "history.yaml",
        "data/2026/03.csv",
        "data/2026/04.csv",
        "data/redemption.csv",
        *(f"results/{table}.parquet" for table in TABLES),
        "record.json",
        "record.sha256",
    }


def test_a_record_is_reproduced_in_another_place_time_zone_and_language(bakery: Path, tmp_path: Path) -> None:
    """By another process, with nothing of what was recorded left where it was."""
    answer(1, "run", bakery, "--set", "rate=20%", "--record", tmp_path / "record")
    shutil.rmtree(bakery)
    shutil.rmtree(tmp_path / "tills")
    elsewhere = tmp_path / "an other" / "place"
    elsewhere.parent.mkdir()
    (tmp_path / "record").rename(elsewhere)
    for zone, language, seed in (("Asia/Kathmandu", "tr_TR.UTF-8", "1"), ("America/St_Johns", "C", "77")):
        environment = os.environ | {"TZ": zone, "LC_ALL": language, "LANG": language, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "guerdon", "verify", "place"]
        done = subprocess.run(
            command, cwd=elsewhere.parent, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith("\nidentical\n")


def test_the_seal_depends_on_nothing_but_what_was_run(bakery: Path, tmp_path: Path) -> None:
    first = guerdon.load(bakery).run().record(tmp_path / "one")
    shutil.copytree(bakery.parent, tmp_path / "copy", ignore=shutil.ignore_patterns("one"))
    moved = guerdon.load(tmp_path / "copy" / "bakery").run().record(tmp_path / "two")
    assert first == moved
    assert guerdon.load(bakery, set={"rate": "11%"}).run().record(tmp_path / "three") != first


def test_values_and_the_last_day_are_those_of_the_run(bakery: Path, tmp_path: Path) -> None:
    outcome = guerdon.load(bakery, set={"rate": "50%"}).run(as_of=date(2026, 3, 31))
    outcome.record(tmp_path / "record")
    found = guerdon.verify(tmp_path / "record")
    assert found.identical
    assert dict(found.rows)["awards"] == len(outcome.posted.ledger.awards)
    assert found.record is not None
    assert (found.record.program.set, found.record.run.as_of) == ({"rate": "50%"}, date(2026, 3, 31))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["forecourt", "travel"])
def test_each_engine_reproduces_what_the_other_did(kind: str, tmp_path: Path) -> None:
    answer(0, "simulate", kind, "--out", tmp_path / "made", "--members", "40", "--months", "4", "--faults", "2")
    seals = {}
    for engine, other in (("reference", "kernel"), ("kernel", "reference")):
        outcome = guerdon.load(tmp_path / "made").run(engine=engine)
        outcome.record(tmp_path / engine)
        found = guerdon.verify(tmp_path / engine, engine=other)
        assert found.identical and found.engine == other
        assert dict(found.rows)["awards"] > 50
        seals[engine] = found.record and found.record.tables
    assert seals["reference"] == seals["kernel"]


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted(each.parent.name for each in ROOT.glob("examples/*/history.yaml")))
def test_the_examples_are_reproduced(example: str, tmp_path: Path) -> None:
    guerdon.load(ROOT / "examples" / example).run().record(tmp_path / "record")
    assert guerdon.verify(tmp_path / "record").identical


# ---------------------------------------------------------------- what changed is found


def test_any_flipped_byte_of_any_file_is_found_and_the_file_named(record: Path) -> None:
    """A change that would mean nothing, as of a space in a comment, is one too."""
    dice, tried = random.Random(1), 0
    for path in inside(record):
        size = path.stat().st_size
        places = range(size) if size <= 80 else {0, size - 1, *dice.sample(range(size), 25)}
        name = path.relative_to(record).as_posix()
        for at in places:
            by = dice.choice((1, 32, 128, 255))
            flipped(path, at, by)
            found = told(record)
            assert found and {code for code, _ in found} == {"G952"}, (name, at)
            assert any(f"`{name}`" in message for _, message in found), (name, at, found)
            flipped(path, at, by)
            tried += 1
    assert tried > 400
    assert not told(record)


def test_a_file_that_is_missing_longer_or_added_is_found(record: Path) -> None:
    for path in inside(record):
        kept, name = path.read_bytes(), path.relative_to(record).as_posix()
        if name == "record.json":
            continue
        for change in (path.unlink, lambda path=path, kept=kept: path.write_bytes(kept + b"\n")):
            change()
            assert any(f"`{name}`" in message for _, message in told(record)), name
            path.write_bytes(kept)
    for name in ("data/2026/05.csv", "program/other.guerdon", "notes.txt", "results/extra/x.parquet"):
        (record / name).parent.mkdir(exist_ok=True)
        (record / name).write_text("", encoding="utf-8")
        assert told(record) == [("G952", f"`{name}` is not in the record that was made")]
        (record / name).unlink()


def test_nothing_is_run_of_what_changed(record: Path) -> None:
    flipped(record / "data" / "2026" / "03.csv", 40, 1)
    output = answer(1, "verify", record)
    assert "`data/2026/03.csv` changed" in output and "not run again" in output
    assert output.endswith("not identical\n")


# ---------------------------------------------------------------- hashes alone


def test_hashes_alone_are_verified_with_the_data_that_are_named(bakery: Path, tmp_path: Path) -> None:
    record, tills = tmp_path / "record", tmp_path / "tills"
    answer(1, "run", bakery, "--record", record, "--record-hashes-only")
    assert not (record / "data").exists()
    assert "error G955: the record holds no data, but the hashes of 3 files" in answer(2, "verify", record)
    assert guerdon.verify(record, data=tills).identical
    flipped(tills / "2026" / "03.csv", 50, 1)
    ((code, message),) = told(record, data=tills)
    assert (code, message.partition(" in ")[0]) == ("G952", "`2026/03.csv` changed")
    flipped(tills / "2026" / "03.csv", 50, 1)
    (tills / "2026" / "05.csv").write_text(APRIL.replace("5,ana", "6,ana"), encoding="utf-8")
    assert told(record, data=tills)[0] == ("G953", "`2026/05.csv` is read now, and is not in the record")


def test_a_record_with_its_data_takes_no_other(record: Path, tmp_path: Path) -> None:
    with pytest.raises(guerdon.RecordError, match="error G955: the record holds its data"):
        guerdon.verify(record, data=tmp_path / "tills")


# ---------------------------------------------------------------- what can't be recorded, or is no record


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("tills/2026/04.csv", "40.00", "40.10"),
        ("bakery/bakery.guerdon", "6 months", "7 months"),
        ("bakery/factors.csv", "200%", "300%"),
        ("bakery/members/welcome.guerdon", "25 point", "26 point"),
    ],
)
def test_a_file_that_changed_since_it_was_read_is_not_recorded(
    bakery: Path, tmp_path: Path, path: str, old: str, new: str
) -> None:
    outcome = guerdon.load(bakery).run()
    text = (tmp_path / path).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / path).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(guerdon.RecordError, match=r"error G954: `[a-z0-9.]+` changed after the run began"):
        outcome.record(tmp_path / "record")
    assert not inside(tmp_path / "record")


def test_a_file_that_is_gone_is_not_recorded(bakery: Path, tmp_path: Path) -> None:
    outcome = guerdon.load(bakery).run()
    (tmp_path / "tills" / "2026" / "04.csv").unlink()
    with pytest.raises(guerdon.RecordError, match=r"error G954: `04\.csv` changed"):
        outcome.record(tmp_path / "record")


def test_the_mapping_is_recorded_as_it_was_read(bakery: Path, tmp_path: Path) -> None:
    outcome = guerdon.load(bakery).run()
    (bakery / "history.yaml").write_text("sources: {}\n", encoding="utf-8")
    outcome.record(tmp_path / "record")
    assert (tmp_path / "record" / "history.yaml").read_text(encoding="utf-8") == MAPPING
    assert guerdon.verify(tmp_path / "record").identical


def test_dataframes_and_the_standard_input_are_not_recorded(bakery: Path, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    sale = {"id": ["1"], "member": ["ana"], "at": ["2026-03-02T12:00:00Z"], "kind": ["bread"], "amount": ["12.60"]}
    outcome = guerdon.load(bakery).run({"purchase": pyarrow.table(sale)})
    with pytest.raises(guerdon.RecordError, match="error G954: a history of dataframes can't be recorded"):
        outcome.record(tmp_path / "record")
    command = "run", "-", "--history", bakery, "--record", tmp_path / "record"
    assert "error G954: a program that is read from the standard input" in answer(2, *command, input=PROGRAM)


def test_a_folder_that_holds_something_is_left_as_it_is(bakery: Path, tmp_path: Path) -> None:
    with pytest.raises(AlreadyThere):
        guerdon.load(bakery).run().record(tmp_path / "tills")
    before = inside(tmp_path / "tills")
    assert "error G903" in answer(2, "run", bakery, "--record", tmp_path / "tills")
    assert inside(tmp_path / "tills") == before


@pytest.mark.parametrize("name", ["../../secret.csv", "/etc/passwd", "a/../../b"])
def test_a_record_that_names_files_elsewhere_is_none(record: Path, name: str) -> None:
    def elsewhere(said: dict[str, Any]) -> None:
        said["data"]["files"][name] = {"bytes": 1, "sha256": ""}

    forged(record, elsewhere)
    with pytest.raises(guerdon.RecordError, match="error G951"):
        guerdon.verify(record)


def test_a_record_of_a_newer_format_is_told(record: Path) -> None:
    forged(record, lambda said: said.update(record=2, signed="yes"))
    assert "error G951: the record has format 2" in answer(2, "verify", record)


def test_a_folder_without_a_record_is_told(tmp_path: Path) -> None:
    assert "error G950" in answer(2, "verify", tmp_path)
    assert "error G950" in answer(2, "verify", tmp_path / "nowhere")
