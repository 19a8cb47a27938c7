"""What comes out otherwise than it was recorded is told, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.record.bakery import APRIL, PROGRAM, answer, forged, rewritten, told

import guerdon
from guerdon.program.printed import fingerprint
from guerdon.project.load import check_file
from guerdon.study.record import clocks, digest
from guerdon.study.record.differences import KEYS, difference
from guerdon.study.schema import TABLES

# ---------------------------------------------------------------- what comes out otherwise is found


def test_a_forged_record_that_changes_nothing_is_identical(record: Path) -> None:
    forged(record)
    assert guerdon.verify(record).identical


def test_a_table_that_differs_is_told_by_its_first_row_and_column(record: Path) -> None:
    rewritten(
        record,
        "awards",
        "SELECT * REPLACE (CASE WHEN rule = 'Base' THEN quantity + 1 ELSE quantity END AS quantity) FROM was",
    )
    forged(record)
    ((code, message),) = told(record)
    assert code == "G953"
    assert message == (
        "`awards` differs (4 rows gone, 4 new), first at id `purchase/1/Base`, unit `point`: `quantity` was `13` and is `12`"
    )
    found = guerdon.verify(record).differences[0]
    assert (found.table, found.column, found.was, found.now) == ("awards", "quantity", "13", "12")
    shown = json.loads(answer(1, "verify", record, "--format", "json"))
    assert not shown["identical"] and shown["differences"][0]["key"]["id"] == "purchase/1/Base"


@pytest.mark.parametrize("table", ["awards", "postings", "lots", "balances", "refused", "rejected"])
def test_a_row_that_is_gone_or_new_is_told(record: Path, table: str) -> None:
    kept = (record / "results" / f"{table}.parquet").read_bytes()
    rewritten(record, table, "SELECT * FROM was OFFSET 1")
    forged(record)
    (found,) = guerdon.verify(record).differences
    assert (found.table, found.gone, found.new, found.came, found.column) == (table, 0, 1, True, None)
    (record / "results" / f"{table}.parquet").write_bytes(kept)
    rewritten(
        record, table, "SELECT * FROM was UNION ALL (SELECT * FROM was LIMIT 1)"
    )  # twice the same is one too many
    forged(record)
    (found,) = guerdon.verify(record).differences
    assert (found.table, found.gone, found.new, found.came, found.column) == (table, 1, 0, False, None)


def test_what_is_missing_is_told_from_an_empty_text(record: Path) -> None:
    rewritten(record, "awards", """SELECT * REPLACE (coalesce("of", '') AS "of") FROM was""")
    forged(record)
    assert [each.table for each in guerdon.verify(record).differences] == ["awards"]


def test_the_order_of_rows_is_none_of_what_is_compared(record: Path) -> None:
    for table in TABLES:
        rewritten(record, table, "SELECT * FROM was ORDER BY hash(COLUMNS(*))")
    before = json.loads((record / "record.json").read_text(encoding="utf-8"))["tables"]
    forged(record)
    assert json.loads((record / "record.json").read_text(encoding="utf-8"))["tables"] == before
    assert guerdon.verify(record).identical


def test_a_table_that_is_not_what_the_record_says_is_told(record: Path) -> None:
    """Its file is hashed as it is, and its rows are not those whose hash stands in the record."""
    said = json.loads((record / "record.json").read_text(encoding="utf-8"))["tables"]["tiers"]
    rewritten(record, "awards", "SELECT * FROM was LIMIT 3")
    of_awards = json.loads((record / "record.json").read_text(encoding="utf-8"))["tables"]["awards"]
    forged(record, lambda now: now["tables"].update(awards=of_awards, tiers=said))
    assert told(record) == [("G953", "`results/awards.parquet` does not hold the rows whose hash the record gives")]


def test_another_program_is_told_from_its_typed_form_and_its_awards(record: Path) -> None:
    path = record / "program" / "bakery.guerdon"
    path.write_text(PROGRAM.replace("1 point per 1 EUR", "2 point per 1 EUR"), encoding="utf-8")
    forged(record)
    found = told(record)
    assert found[0][1].startswith("the typed program differs: its fingerprint was ")
    assert any(message.startswith("`awards` differs") for _, message in found)
    typed = check_file(path, {"rate": "20%"})[0]
    assert typed is not None
    forged(record, lambda said: said["program"].update(fingerprint=fingerprint(typed)))
    assert not told(record)[0][1].startswith("the typed program")
    assert "id `purchase/1/Base`, unit `point`: `quantity` was `12` and is `25`" in told(record)[0][1]


def test_a_layout_and_a_comment_leave_the_typed_program_as_it_is(record: Path) -> None:
    text = PROGRAM.replace("give        1", "give 1") + "\n# a comment\n"
    (record / "program" / "bakery.guerdon").write_text(text, encoding="utf-8")
    forged(record)
    assert guerdon.verify(record).identical


def test_other_data_are_told_by_what_comes_of_them(record: Path) -> None:
    (record / "data" / "2026" / "04.csv").write_text(APRIL.replace("40.00", "41.00"), encoding="utf-8")
    forged(record)
    assert "id `purchase/5/Base`, unit `point`: `quantity` was `40` and is `41`" in told(record)[0][1]


def test_a_figure_of_the_summary_that_differs_is_told(record: Path) -> None:
    forged(record, lambda said: said["summary"]["units"][0].update(balance="1000"))
    ((_, message),) = told(record)
    assert message.startswith("the summary differs: `units[0].balance` was `1000` and is ")


def test_a_program_that_this_version_refuses_is_told(record: Path) -> None:
    (record / "program" / "bakery.guerdon").write_text(PROGRAM.replace("earn ", "earned "), encoding="utf-8")
    forged(record)
    ((code, message),) = told(record)
    assert code == "G956" and "refuses the program of the record: G012" in message


# ---------------------------------------------------------------- what else is not as it was


def test_versions_and_clocks_that_differ_are_told_and_whether_they_matter(record: Path) -> None:
    def older(said: dict[str, Any]) -> None:
        said["environment"]["duckdb"] = "0.1"
        said["zones"]["Europe/Vienna"]["offsets"][1][0] = "2026-03-22T01:00:00Z"

    forged(record, older)
    found = guerdon.verify(record)
    assert found.identical
    notes = {each.what: (each.was, each.now) for each in found.notes}
    assert notes["duckdb"] == ("0.1", duckdb.__version__)
    assert notes["zone Europe/Vienna"] == ("+02:00 from 2026-03-22T01:00:00Z on", "no change at 2026-03-22T01:00:00Z")
    assert "This makes no difference to the result." in answer(0, "verify", record)


def test_another_database_with_the_same_clocks_is_told_as_that(record: Path) -> None:
    forged(record, lambda said: said["zones"]["Europe/Vienna"].update(database="older"))
    (note,) = guerdon.verify(record).notes
    assert note.was == "older" and note.now.endswith(", with the same clocks from 2026 to 2026")


def test_the_clocks_of_a_zone_are_those_of_its_years() -> None:
    found = clocks.zone("Europe/Vienna", 2025, 2026)
    assert found.offsets == (
        ("2025-01-01T00:00:00Z", "+01:00"),
        ("2025-03-30T01:00:00Z", "+02:00"),
        ("2025-10-26T01:00:00Z", "+01:00"),
        ("2026-03-29T01:00:00Z", "+02:00"),
        ("2026-10-25T01:00:00Z", "+01:00"),
    )
    assert clocks.zone("UTC", 2025, 2026).offsets == (("2025-01-01T00:00:00Z", "+00:00"),)
    assert clocks.zone("America/St_Johns", 2025, 2025).offsets[0] == ("2025-01-01T00:00:00Z", "-03:30")
    assert clocks.zone("Africa/Monrovia", 1971, 1972).offsets[0] == ("1971-01-01T00:00:00Z", "-00:44:30")


def test_the_clocks_in_a_record_are_those_of_all_years_that_it_names(record: Path) -> None:
    said = json.loads((record / "record.json").read_text(encoding="utf-8"))["zones"]
    assert {name: (each["first"], each["last"]) for name, each in said.items()} == {"Europe/Vienna": (2026, 2026)}


# ---------------------------------------------------------------- how rows are hashed


def test_the_hash_of_a_table_is_what_the_manual_says(bakery: Path, tmp_path: Path) -> None:
    """Made once more, by hand, of the entries of the run."""
    outcome = guerdon.load(bakery).run()
    outcome.record(tmp_path / "record")

    def at(microseconds: int) -> str:
        return datetime.fromtimestamp(microseconds // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    lines = [
        "\t".join(
            [
                *(each.holder, each.unit, each.lot or "\\N", each.source.value, each.target.value),
                *(str(each.quantity), at(each.at), each.event or "\\N", each.reason),
            ]
        )
        for each in outcome.posted.ledger.postings
    ]
    whole = "".join(f"{line}\n" for line in sorted(lines, key=str.encode)).encode()
    said = json.loads((tmp_path / "record" / "record.json").read_text(encoding="utf-8"))["tables"]["postings"]
    assert (said["rows"], said["sha256"]) == (len(lines), hashlib.sha256(whole).hexdigest())


def test_rows_of_odd_texts_are_told_apart(tmp_path: Path) -> None:
    """A tab in a text is not the end of a column, and a text of two characters is not what is missing."""
    columns = digest.hashed("funding")
    odd = ["a\tb", "a", "\\N", None, "\\", "\n", "", "\\t", "ä", "a\\", "\r"]
    rows = [(one, other, "point") for one in odd for other in odd]
    found = set()
    with duckdb.connect() as con:
        for number, row in enumerate(rows):
            path = tmp_path / f"{number}.parquet"
            con.execute(
                "CREATE OR REPLACE TABLE one (award VARCHAR, partner VARCHAR, unit VARCHAR, quantity DECIMAL(18,0))"
            )
            con.execute("INSERT INTO one VALUES ($1, $2, $3, 1)", row)
            con.execute(f"COPY one TO '{path}' (FORMAT parquet)")
            found.add(digest.table(con, path, "funding", columns).sha256)
    assert len(found) == len(rows)


@given(
    old=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.integers(0, 2)), max_size=6),
    new=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.integers(0, 2)), max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_tables_differ_just_where_their_rows_do(
    old: list[tuple[str, str, int]], new: list[tuple[str, str, int]]
) -> None:
    """Counted as bags of rows: in any order, and as often as they are there."""
    columns = digest.hashed("funding")
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        paths = Path(folder) / "old.parquet", Path(folder) / "new.parquet"
        for path, rows in zip(paths, (old, new), strict=True):
            con.execute("CREATE OR REPLACE TABLE one (award TEXT, partner TEXT, unit TEXT, quantity DECIMAL(18,0))")
            for award, partner, quantity in rows:
                con.execute("INSERT INTO one VALUES ($1, $2, 'point', $3)", [award, partner, quantity])
            con.execute(f"COPY one TO '{path}' (FORMAT parquet)")
        found = difference(con, "funding", paths[0], paths[1], columns)
        hashes = {digest.table(con, path, "funding", columns).sha256 for path in paths}
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    assert (found is None) == (len(hashes) == 1) == (not gone and not come)
    if found is not None:
        assert (found.gone, found.new) == (gone.total(), come.total())
        key = min((award, partner) for award, partner, _ in gone | come)
        assert dict(found.key) == {"award": key[0], "partner": key[1], "unit": "point"}
        was, now = ([str(of[2]) for of in sorted(each.elements()) if of[:2] == key] for each in (gone, come))
        expected = ("quantity", was[0], now[0], False) if was and now else (None, None, None, not was)
        assert (found.column, found.was, found.now, found.came) == expected


def test_the_keys_of_tables_are_columns_that_are_hashed() -> None:
    assert KEYS.keys() == TABLES.keys()
    for table, key in KEYS.items():
        assert {*key} <= {*digest.hashed(table)}
