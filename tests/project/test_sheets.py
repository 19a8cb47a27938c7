"""Rows of tables from CSV and XLSX files: each cell as it would be typed, each number exact."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pytest

from guerdon.check.passes import Checked
from guerdon.program import nodes
from guerdon.project import sheets
from guerdon.project.load import check_file

HEAD = """\
program "P"
  currency  EUR

unit point

event flight
  cabin     one of Economy, Business
  code      text
  amount    money

"""
FARE = HEAD + 'table fare\n  by       cabin, amount\n  columns  rate, most\n  from     "{}"\n'
ROWS = """\
  row  Economy, from 0 EUR below 100 EUR: 5%, 100 point
  row  Economy, from 100 EUR: 7.5%, 200 point
  row  Business, from 0 EUR: 10%, 300 point
"""


def checked(folder: Path, data: bytes | str, name: str = "fares.csv", text: str = FARE) -> Checked:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (folder / "main.guerdon").write_text(text.format(name))
    return check_file(folder / "main.guerdon")


def written(folder: Path) -> nodes.Program | None:
    """The same table with its rows below it."""
    (folder / "written.guerdon").write_text(FARE.replace('  from     "{}"\n', ROWS))
    return check_file(folder / "written.guerdon")[0]


CSV = [
    "cabin,amount,rate,most\nEconomy,from 0 EUR below 100 EUR,5%,100 point\nEconomy,from 100 EUR,7.5%,200 point\nBusiness,from 0 EUR,10%,300 point\n",
    "cabin,amount [EUR],rate [%],most [point]\nEconomy,from 0 below 100,5,100\nEconomy,from 100,7.5,200\nBusiness,from 0,10,300\n",
    '\ufeffmost [point],note,"rate [%]",amount [EUR],cabin\r\n100,"a, b",5%,from 0,Economy\r\n\r\n200,,7.5,from 100,Economy\r\n300,,10,from 0,Business\r\n,,,,\r\n',
]


@pytest.mark.parametrize("text", CSV)
def test_a_sheet_means_what_its_rows_would_mean_below_the_table(tmp_path: Path, text: str) -> None:
    typed, found = checked(tmp_path, text)
    assert typed is not None, found
    assert typed == written(tmp_path)


def test_a_table_with_one_result_does_not_care_what_it_is_called(tmp_path: Path) -> None:
    text = HEAD + 'table fare\n  by    code\n  from  "{}"\n  else  0%\n'
    typed, _ = checked(tmp_path, 'code,anything [%]\nBK #1,5\n"with ""quotes""",6\n', text=text)
    assert typed is not None
    assert [row.keys for row in typed.tables["fare"].rows] == [("BK #1",), ('with "quotes"',)]


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,5 percent,1 point\n", "G105", "cell C2"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,5%,1 point\n\nBusiness,1 USD,5%,1 point\n", "G205", "cell B4"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,5%,1 point,2 point\n", "G441", "cell E2"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,5%,-1 point\n", "G441", "cell D2"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,1e3,1 point\n", "G105", "cell C2"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR," + "9" * 40 + "%,1 point\n", "G441", "cell C2"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,__import__('os'),1 point\n", "G441", "cell C2"),
        ("cabin,amount,rate,most\nEconomy,from 0 EUR,=1+1,1 point\n", "G441", "cell C2"),
    ],
)
def test_what_is_wrong_in_a_cell_is_told_with_file_and_cell(tmp_path: Path, data: str, code: str, place: str) -> None:
    (said, *_) = checked(tmp_path, data)[1]
    assert said.code == code and said.span is not None
    assert str(said.span) == f"{tmp_path / 'fares.csv'}, {place}"
    assert said.edit is None
    assert said.as_json()["place"]["cell"] == place.removeprefix("cell ")  # type: ignore[index]


@pytest.mark.parametrize(
    "data", [b"cabin\xff,amount\n", b"cabin,am\0ount\n", b'cabin,"amount\n', b'cabin,a"b,\n"x"y,z\n', b"\xff\xfec\0"]
)
def test_what_is_no_csv_is_refused(tmp_path: Path, data: bytes) -> None:
    assert checked(tmp_path, data)[1][0].code in ("G436", "G440")


def test_too_many_rows_and_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert checked(tmp_path, "a,b\n" * 5)[1][0].code == "G438"
    monkeypatch.setattr(sheets, "MOST_ROWS", 10)
    assert checked(tmp_path, "a," * 101 + "\n")[1][0].code == "G438"


def test_nothing_for_sheets_is_imported_without_one(tmp_path: Path) -> None:
    loaded = {name for name in sys.modules if name.split(".")[0] == "python_calamine"}
    checked(tmp_path, CSV[0])
    assert {name for name in sys.modules if name.split(".")[0] == "python_calamine"} == loaded


# ---------------------------------------------------------------- workbooks

Cell = str | float | tuple[float, str]
"""A text, a number, or a number with the number of its format."""


def workbook(path: Path, rows: list[list[Cell]], formats: Mapping[str, str] | None = None) -> None:
    """A workbook of one sheet, as small as one can be."""
    kinds = ["0", "9", "10", "14", *(formats or {})]
    custom = "".join(f'<numFmt numFmtId="{id}" formatCode="{escape(code)}"/>' for id, code in (formats or {}).items())
    styles = "".join(f'<xf numFmtId="{kind}"/>' for kind in kinds)
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, cell in enumerate(row):
            place = f'r="{chr(65 + column)}{number}"'
            if isinstance(cell, str):
                cells.append(f'<c {place} t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
            else:
                value, kind = cell if isinstance(cell, tuple) else (cell, "0")
                cells.append(f'<c {place} s="{kinds.index(kind)}"><v>{value!r}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    of = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{of}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{of}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="{of}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Fares" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><numFmts>{custom}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    with ZipFile(path, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


TOP: list[Cell] = ["cabin", "amount [EUR]", "rate [%]", "most [point]"]


def of_workbook(folder: Path, rows: list[list[Cell]], formats: Mapping[str, str] | None = None) -> Checked:
    pytest.importorskip("python_calamine")
    workbook(folder / "made.xlsx", [TOP, *rows], formats)
    return checked(folder, (folder / "made.xlsx").read_bytes(), "fares.xlsx")


@pytest.mark.parametrize(
    "rates",
    [
        (5.0, 7.5, 10.0),
        ("5%", "7.5%", "10%"),
        ((0.05, "9"), (0.075, "10"), (0.1, "9")),
        ((0.05, "170"), 7.5, (0.1, "170")),
    ],
)
def test_a_workbook_means_the_same_its_percentages_too(tmp_path: Path, rates: tuple[Cell, Cell, Cell]) -> None:
    one, two, three = rates
    rows: list[list[Cell]] = [
        ["Economy", "from 0 below 100", one, 100.0],
        ["Economy", "from 100", two, 200.0],
        ["Business", "from 0", three, 300.0],
    ]
    typed, found = of_workbook(tmp_path, rows, {"170": "0.0%"})
    assert typed is not None, found
    assert typed == written(tmp_path)


def test_a_number_is_its_shortest_decimal_and_what_computing_leaves_is_refused(tmp_path: Path) -> None:
    typed, _ = of_workbook(tmp_path, [["Economy", "from 0", 0.07, 1.0], ["Business", "from 0", 1.005, 1.0]])
    assert typed is not None
    (said, *_) = of_workbook(tmp_path, [["Economy", "from 0", 0.1 + 0.2, 1.0]])[1]
    assert said.code == "G441" and said.span is not None and said.span.text.startswith("0.30000000000000004 (computed")
    assert str(said.span).endswith("fares.xlsx, cell C2")


def test_a_day_of_a_workbook_is_a_date(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    workbook(tmp_path / "made.xlsx", [["date", "x"], [(46023.0, "14"), "5%"]])
    text = HEAD + 'table fare\n  by    date\n  from  "{}"\n  else  0%\n'
    typed, found = checked(tmp_path, (tmp_path / "made.xlsx").read_bytes(), "fares.xlsx", text)
    assert typed is not None, found
    assert str(typed.tables["fare"].rows[0].keys[0]) == "2026-01-01"


def test_what_is_no_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("python_calamine")
    assert checked(tmp_path, b"PK\x03\x04 not really", "fares.xlsx")[1][0].code == "G436"
    with ZipFile(tmp_path / "empty.zip", "w") as packed:
        packed.writestr("a.txt", "x")
    assert checked(tmp_path, (tmp_path / "empty.zip").read_bytes(), "fares.xlsx")[1][0].code == "G436"
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(12))
        + "]><x>&m;</x>"
    )
    with ZipFile(tmp_path / "bomb.zip", "w") as packed:
        packed.writestr("xl/styles.xml", bomb)
    assert checked(tmp_path, (tmp_path / "bomb.zip").read_bytes(), "fares.xlsx")[1][0].code == "G436"
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 10)
    assert checked(tmp_path, (tmp_path / "bomb.zip").read_bytes(), "fares.xlsx")[1][0].code == "G438"
