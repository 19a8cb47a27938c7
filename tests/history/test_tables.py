"""Files are read as they are: nothing is padded, guessed or lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.history.conftest import BASKET, BASKET_EVENT, SALE, SALE_EVENT, Open, Refused, codes, row_of

from guerdon.history.open import History

HEAD = "id,member,at,amount\n"
ROW = "1,m,2026-01-01,1.00\n"


def ids(history: History) -> list[str]:
    return [each.id for each in history.events()]


def test_a_ragged_row_is_set_aside_with_its_place(opened: Open) -> None:
    history = opened(
        SALE,
        SALE_EVENT,
        sales__csv=f"{HEAD}{ROW}2,m,2026-01-02\n3,m,2026-01-03,1.00,extra\n4,m,2026-01-04,1.00\n5,m,2026-01-05,x\n",
    )
    assert ids(history) == ["1", "4"]
    assert sorted((each.code, row_of(each)) for each in history.rejections) == [("G600", 2), ("G600", 3), ("G603", 5)]
    assert history.rejections[0].source == {"row": "2,m,2026-01-02"}
    assert "3 values" in history.rejections[0].message
    assert [row_of(each) for each in history.events()] == [1, 4]


def test_a_ragged_row_takes_its_basket_with_it(opened: Open) -> None:
    rows = "id,member,at,product,amount\n1,m,2026-01-01,tea,1\n1,m,2026-01-01,2\n2,m,2026-01-01,tea,1\n"
    history = opened(BASKET, BASKET_EVENT, sales__csv=rows)
    assert ids(history) == ["2"]
    assert sorted(codes(history)) == ["G600", "G618"]


def test_marks_line_ends_and_quoted_line_breaks_are_fine(opened: Open) -> None:
    text = '\ufeffid,member,at,amount\r\n1,"m\n2",2026-01-01,1.00\r\n"2","a ""b"", c",2026-01-02,"2.00"\r\n'
    history = opened(
        SALE.replace("member: member", "member: replace(member, chr(10), ' ')"), SALE_EVENT, sales__csv=text
    )
    assert [each.member for each in history.events()] == ["m 2", 'a "b", c']


def test_a_column_may_have_any_name(opened: Open) -> None:
    mapping = SALE.replace("amount: amount", "amount: Total of sale").replace("at: at", "at: order")
    history = opened(mapping, SALE_EVENT, sales__csv="id,member,order,Total of sale\n1,m,2026-01-01,1.00\n")
    assert ids(history) == ["1"]


def test_another_separator_is_said(opened: Open, refused: Refused) -> None:
    rows = (HEAD + ROW).replace(",", ";")
    assert "separator" in str(refused(SALE, SALE_EVENT, sales__csv=rows))
    assert ids(opened(SALE.replace("timezone", "separator: ';'\n    timezone"), SALE_EVENT, sales__csv=rows)) == ["1"]


@pytest.mark.parametrize("line", ["{bad", "[1]", "3", '{"id": "\\ud800"}', '{"id": 1, "id": 2}', '{"id": 1} {"id": 2}'])
def test_a_line_that_is_no_object_is_set_aside(opened: Open, line: str) -> None:
    good = '{"id": 7, "member": "m", "at": "2026-01-01", "amount": "1.00"}'
    history = opened(SALE.replace(".csv", ".jsonl"), SALE_EVENT, sales__jsonl=f"{good}\n\n{line}\n")
    assert ids(history) == ["7"]
    assert [(each.code, row_of(each)) for each in history.rejections] == [("G601", 3)]


def test_several_files_are_one_source(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "days").mkdir()
    for day in (2, 1):
        (tmp_path / "days" / f"{day}.csv").write_text(f"{HEAD}{day},m,2026-01-0{day},1.00\n")
    history = opened(SALE.replace("sales.csv", "days/*.csv"), SALE_EVENT)
    assert ids(history) == ["1", "2"]
    assert [each.name for each in history.files] == ["1.csv", "2.csv"]
    assert [str(each.place and each.place.file).rpartition("/")[2] for each in history.events()] == ["1.csv", "2.csv"]


def test_files_of_one_source_have_the_same_columns(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + ROW)
    (tmp_path / "b.csv").write_text("id,member,at,total\n")
    error = refused(SALE.replace("file: sales.csv", "file: [a.csv, b.csv]"), SALE_EVENT)
    assert codes(error) == ["G516"]


@pytest.mark.parametrize(
    ("file", "content", "code", "said"),
    [
        ("sales.csv", None, "G511", "no file `sales.csv`"),
        ("sale.csv", None, "G511", "no file"),
        ("sales.csv", b"", "G513", "empty"),
        ("sales.csv", "id,,at,amount\n", "G516", "without a name"),
        ("sales.csv", "id,id,at,amount\n", "G516", "two columns named `id`"),
        ("sales.csv", "id,ID,at,amount\n", "G516", "two columns named"),
        ("sales.csv", HEAD + "1,m,2026-01-01,1\r\n2,m,2026-01-01,1\n", "G513", "end in different ways"),
        ("sales.csv", (HEAD + ROW).encode("utf-16"), "G514", "not UTF-8"),
        ("sales.csv", HEAD.encode() + b"1,m\xff,2026-01-01,1\n", "G514", "not UTF-8"),
        ("sales.csv", HEAD, "G530", "no events"),
        ("sales.parquet", b"PAR1 this is not one", "G513", "can't be read"),
        ("sales.jsonl", "{}\n", "G513", "no line"),
        ("sales.txt", HEAD, "G512", "not a table"),
        ("https://example.org/sales.csv", None, "G512", "address"),
        ("../sales.csv", None, "G512", "leads out"),
        ("/etc/passwd", None, "G512", "leads out"),
        ("days", "folder", "G512", "is a folder"),
    ],
)
def test_a_file_that_can_not_be_read_is_named(
    refused: Refused, tmp_path: Path, file: str, content: str | bytes | None, code: str, said: str
) -> None:
    files = {}
    if content == "folder":
        (tmp_path / file).mkdir()
    elif content is not None:
        files = {file.replace(".", "__"): content}
    error = refused(SALE.replace("sales.csv", file), SALE_EVENT, **files)
    assert codes(error) == [code]
    assert said in str(error)
    assert "history.yaml:" in str(error)


def test_a_link_does_not_lead_out_of_the_folder(
    refused: Refused, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "sales.csv"
    secret.write_text(HEAD + ROW)
    (tmp_path / "sales.csv").symlink_to(secret)
    assert codes(refused(SALE, SALE_EVENT)) == ["G512"]


def test_another_folder_is_said(opened: Open, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    import os

    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "sales.csv").write_text(HEAD + ROW)
    assert ids(opened(f"folder: {os.path.relpath(elsewhere, tmp_path)}\n{SALE}", SALE_EVENT)) == ["1"]


@pytest.mark.parametrize(
    "sql",
    [
        "(select count(*) from read_csv('/etc/passwd'))",
        "(select content from read_text('/etc/hostname'))",
        "getenv('HOME')",
    ],
)
def test_sql_reads_no_other_file(refused: Refused, sql: str) -> None:
    assert codes(refused(SALE.replace("member: member", f'member: "{sql}"'), SALE_EVENT, sales__csv=HEAD + ROW)) == [
        "G525"
    ]


def test_blank_lines_at_the_end_are_nothing(opened: Open) -> None:
    history = opened(SALE, SALE_EVENT, sales__csv=HEAD + ROW + "\n\n")
    assert ids(history) == ["1"]
    assert not history.rejections
