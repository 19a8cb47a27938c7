"""Which cells of a workbook's first sheet are shown as percentages.

A spreadsheet keeps `5%` as 0.05 and the sign as a format. What the reader of cells gives
is the number alone, so a percentage would be taken for a hundredth of itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from zipfile import ZipFile

_BUILT_IN = {"9", "10"}  # 0% and 0.00%
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")
_LITERAL = re.compile(r'"[^"]*"|\\.')


def percents(packed: ZipFile) -> set[tuple[int, int]]:
    """The rows and columns, from 0, of cells whose format ends in a percent sign.

    Errors: KeyError, ElementTree.ParseError where this is no workbook.
    """
    styles = _percent_styles(packed)
    if not styles:
        return set()
    with packed.open(_first_sheet(packed)) as sheet:
        return {
            _place(cell.attrib["r"])
            for _, cell in ElementTree.iterparse(sheet)
            if _is(cell, "c") and cell.get("s") in styles and "r" in cell.attrib
        }


def _percent_styles(packed: ZipFile) -> set[str]:
    """The numbers of the cell formats that show a percentage."""
    if "xl/styles.xml" not in packed.namelist():
        return set()
    root = ElementTree.fromstring(packed.read("xl/styles.xml"))
    formats = {
        each.get("numFmtId") for each in _all(root, "numFmt") if "%" in _LITERAL.sub("", each.get("formatCode", ""))
    }
    cells = next((each for each in root if _is(each, "cellXfs")), ())
    return {str(at) for at, each in enumerate(cells) if each.get("numFmtId") in formats | _BUILT_IN}


def _first_sheet(packed: ZipFile) -> str:
    """The path of the first sheet in the package."""
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    sheet = next(_all(book, "sheet"))
    wanted = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    target = next(each.attrib["Target"] for each in links if each.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _all(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in root.iter() if _is(each, name))


def _is(element: ElementTree.Element, name: str) -> bool:
    """Whether an element has this name in whatever namespace."""
    return element.tag.rpartition("}")[2] == name


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise KeyError(reference)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1
