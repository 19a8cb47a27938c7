"""The manual says what is true: every block of it is checked, run, or compared with what is printed.

What stands in a block is said by the words behind its fence. `guerdon` is a whole program: it is checked and its tests
run. `guerdon fragment` is a part of one: the prelude of `docs/language.md` is put behind it, less what the fragment
declares itself. `guerdon addition` goes into a file that is there already: each of its declarations stands in place of the one with the
same first line, or else at the end. `yaml` is a whole `history.yaml`, `yaml fragment` a part of one, `yaml addition` what goes into one that is
there. `csv` is a file. `sh` runs in a folder
that holds a copy of the examples; a command that ends with another code than 0 says so: `# exit 1`. `python` is
executed. `text` is what the block before it gives, word for word; seconds and events a second are written `N`.
A line that must be refused names the code: `# G219`. A block below a line that ends in "`a/file.csv`:" becomes that file.
Blocks without a word are pictures, and not looked at.

`GUERDON_SNAPSHOTS=write pytest tests/test_docs.py` writes the texts that differ anew, in full: read each change of them before you keep it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest
import yaml
from sybil import Document, Example, Sybil
from sybil.example import SybilFailure
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from guerdon.check.names import RESERVED
from guerdon.check.passes import check_bytes
from guerdon.history.fault import HistoryError
from guerdon.history.mapping import EventMapping, HistoryMapping, JoinMapping, MembersMapping, SourceMapping
from guerdon.history.shape import read_mapping
from guerdon.program import nodes
from guerdon.project.load import check_file
from guerdon.reference.calendar import ONE, Calendar
from guerdon.study import trial
from guerdon.study.schema import TABLES
from guerdon.syntax.format import format_document
from guerdon.syntax.parse import parse_bytes
from guerdon.text.diagnostic import render

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MADE = DOCS / "errors.md"  # made from cases that are tests themselves
PAGES = sorted({ROOT / "README.md", *ROOT.glob("examples/*/README.md"), *DOCS.rglob("*.md")} - {MADE})
KINDS = {
    "guerdon",
    "guerdon fragment",
    "guerdon addition",
    "yaml",
    "yaml fragment",
    "yaml addition",
    "csv",
    "sh",
    "python",
    "text",
}
WRITE = os.environ.get("GUERDON_SNAPSHOTS") == "write"
STUBS = {"sources": "sources:\n  orders:\n    file: orders.csv\n", "events": "events: {}\n"}

_CODE = re.compile(r"#.*\b(G\d{3})\b")
_EXIT = re.compile(r"\s+# exit (\d)$")
_FENCE = re.compile(r"^ *```(\S[^\n]*)$", re.MULTILINE)
_NAMED = re.compile(r"`([\w./-]+)`:\s*\Z")
_FOLLOWING = re.compile(
    r"\A\s*(?:[^\n`#|][^\n]*\n\s*)?^(?P<fence>```)text\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_ANY = re.compile(r"(?:(?<=\n)|\A)\.\.\.(?=\n|\Z)")
_TIMES = re.compile(r"[\d.,]+ seconds, [\d.,]+ events a second")


def shown(page: Path) -> str:
    return str(page.relative_to(ROOT)) if page.is_relative_to(ROOT) else page.name


# ---------------------------------------------------------------- what a block is checked for


def program(example: Example) -> str | None:
    """A program is refused for just what it says, and its tests are met but for those that say so."""
    return refused(example, example.parsed)


def fragment(example: Example) -> str | None:
    """So is a part of one, with the prelude behind it."""
    return refused(example, f"{example.parsed}\n{rest_of_prelude(example.parsed)}")


def addition(example: Example) -> str | None:
    """So is a program that a part is put into, in its file."""
    place = named(example)
    if place is None or not place.exists():
        return "nothing says which file this goes into"
    kept, new = pieces(place.read_text(encoding="utf-8")), pieces(example.parsed)
    text = "\n".join([new.pop(first, piece).strip("\n") + "\n" for first, piece in kept.items()] + list(new.values()))
    place.write_text(text, encoding="utf-8")
    return refused(example, text, place)


def refused(example: Example, text: str, place: Path | None = None) -> str | None:
    found: list[tuple[int, str]] = []
    kept = keep(example) if place is None else None
    place = place or (kept if text == example.parsed else None)  # it may name files beside it
    typed, diagnostics = check_file(place) if place else check_bytes("program.guerdon", text.encode())
    told = [render(each) for each in diagnostics]
    found += [(each.span.line if each.span else 0, each.code) for each in diagnostics]
    for result in trial.run(typed) if typed else ():
        told += [trial.render(result, miss) for miss in result.misses]
        found += [(miss.span.line, "G701") for miss in result.misses]
    return compared(example, found, "\n\n".join(told), text)


def mapping(example: Example) -> str | None:
    """A mapping has the shape that it must have."""
    return shaped(example, example.parsed)


def mapping_fragment(example: Example) -> str | None:
    """So has a part of one, with what every mapping needs behind it."""
    missing = (stub for key, stub in STUBS.items() if not re.search(f"^{key}:", example.parsed, re.MULTILINE))
    return shaped(example, example.parsed + "".join(missing))


def mapping_addition(example: Example) -> str | None:
    """So has one that a part is put into, in its file: keys below the same key stand together."""
    place = named(example)
    if place is None or not place.exists():
        return "nothing says which file this goes into"
    kept = yaml.safe_load(place.read_text(encoding="utf-8"))
    for key, below in yaml.safe_load(example.parsed).items():
        kept[key] = kept.get(key, {}) | below
    return shaped(example, yaml.safe_dump(kept, sort_keys=False), place)


def shaped(example: Example, text: str, place: Path | None = None) -> str | None:
    place = place or keep(example) or Path("read") / "history.yaml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    try:
        read_mapping(place)
    except HistoryError as error:
        codes = [(each.span.line if each.span else 0, each.code) for each in error.diagnostics]
        told = "\n\n".join(map(render, error.diagnostics)).replace(str(place), "history.yaml")
        return compared(example, codes, told)
    return compared(example, [], "")


def commands(example: Example) -> str | None:
    """Each command ends with the code that it says, and all of them print what stands below."""
    printed = ""
    for line in example.parsed.splitlines():
        wanted = int(found[1]) if (found := _EXIT.search(line)) else 0
        answer = subprocess.run(
            ["sh", "-c", line],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if answer.returncode != wanted:
            return f"`{line}` ended with {answer.returncode}, not {wanted}:\n{answer.stdout}"
        printed += answer.stdout
    below = following(example)
    return below and difference(example, below, _TIMES.sub("N seconds, N events a second", printed))


def file(example: Example) -> str | None:
    """A table is a file that others read."""
    return None if keep(example) else "nothing says what this file is called"


def text(example: Example) -> str | None:
    """A text was compared with what the block before it gives."""
    return None if example.start in example.namespace["compared"] else "nothing before this block gives a text"


def compared(example: Example, found: list[tuple[int, str]], told: str, whole: str | None = None) -> str | None:
    """What differs from the codes that stand in the block, or in the whole that it is part of, or else from the text below it."""
    lines = (example.parsed if whole is None else whole).splitlines()
    wanted = [(at, each[1]) for at, line in enumerate(lines, 1) if (each := _CODE.search(line))]
    below = following(example)
    if below is not None and not wanted:
        return difference(example, below, told)
    return None if sorted(set(found)) == wanted else f"expected {wanted} and found {sorted(set(found))}\n{told}"


def following(example: Example) -> re.Match[str] | None:
    """The `text` block below, one line of words may stand between; it counts as compared."""
    rest = example.document.text[example.end :]
    found = _FOLLOWING.match(rest)
    if found is not None:
        example.namespace["compared"].add(example.end + found.start("fence"))
    return found


def difference(example: Example, below: re.Match[str], told: str) -> str | None:
    """What differs from the text below a block; nothing, and the text is noted, where texts are written anew."""
    wanted, found = plain(below["text"]), plain(told)
    if re.fullmatch(r"(?s:.*)".join(map(re.escape, _ANY.split(wanted))), found):
        return None
    if example.namespace["anew"] is not None:
        example.namespace["anew"].append(
            (example.end + below.start("text"), example.end + below.end("text"), f"{found}\n")
        )
        return None
    return f"the page says\n\n{wanted}\n\nand this comes\n\n{found}\n"


def plain(lines: str) -> str:
    """Without empty lines around it, and without spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in lines.strip("\n").splitlines())


def named(example: Example) -> Path | None:
    """The file that the line above a block names."""
    found = _NAMED.search(example.document.text[: example.start])
    return Path(found[1]) if found else None


def keep(example: Example) -> Path | None:
    """Where a block that has a file's name was written."""
    place = named(example)
    if place is None:
        return None
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(example.parsed, encoding="utf-8")
    return place


@cache
def prelude() -> str:
    """What stands behind every fragment: the program of the reference's first example."""
    page = (DOCS / "language.md").read_text(encoding="utf-8")
    found = re.search(r"`prelude.guerdon`:\n\n```guerdon\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert found, "the language reference has a prelude"
    return found[1]


def rest_of_prelude(of: str) -> str:
    """The prelude without what a fragment declares itself."""
    own = pieces(of)
    return "\n".join(piece for first, piece in pieces(prelude()).items() if first not in own) + "\n"


def pieces(of: str) -> dict[str, str]:
    """The declarations of a text by their first lines, in order; a comment at the margin belongs to the one above it."""
    return {heading(piece): piece for piece in re.split(r"^(?=[^\s#])", of, flags=re.MULTILINE) if piece.strip()}


def heading(declaration: str) -> str:
    return declaration.partition("\n")[0].split("#")[0].strip() if not declaration.startswith("program") else "program"


def environment() -> dict[str, str]:
    """A shell in which `guerdon` is the command line of this checkout."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    path = os.pathsep.join([str(Path.cwd() / ".bin"), kept.get("PATH", "")])
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


MANUAL = Sybil(
    path="..",
    patterns=["README.md", "docs/**/*.md", "examples/*/README.md"],
    parsers=[
        CodeBlockParser("guerdon", program),
        CodeBlockParser("guerdon fragment", fragment),
        CodeBlockParser("guerdon addition", addition),
        CodeBlockParser("yaml", mapping),
        CodeBlockParser("yaml fragment", mapping_fragment),
        CodeBlockParser("yaml addition", mapping_addition),
        CodeBlockParser("csv", file),
        CodeBlockParser("sh", commands),
        CodeBlockParser("text", text),
        PythonCodeBlockParser(),
    ],
)


# ---------------------------------------------------------------- the pages


def lies(page: Path, write: bool = False) -> list[str]:
    """What is not true on a page, all of it; `write` mends its texts. The folder that this runs in is the page's own."""
    document = MANUAL.parse(page)
    document.namespace.update(compared=set(), anew=[] if write else None)
    found = []
    for example in examples(document):
        try:
            example.evaluate()
        except SybilFailure as failure:
            found.append(str(failure))
        except Exception as problem:  # of a block in Python
            found.append(f"{shown(page)}, line {example.line}: {problem!r}")
    put(page, document.namespace["anew"] or [])
    return found


def put(page: Path, anew: list[tuple[int, int, str]]) -> None:
    """Puts texts in their places on a page."""
    text = page.read_text(encoding="utf-8")
    for start, end, told in sorted(anew, reverse=True):
        text = text[:start] + told + text[end:]
    if anew:
        page.write_text(text, encoding="utf-8")


def examples(document: Document) -> Iterator[Example]:
    """The blocks of a page; the first two commands of the README install things, and are run elsewhere."""
    left_out = 2 if Path(document.path) == ROOT / "README.md" else 0
    for example in document.examples():
        if left_out and example.region.lexemes["arguments"] == "sh":
            left_out -= 1
        else:
            yield example


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run a page's commands in, with a copy of the examples."""
    if shutil.which("sh") is None:
        pytest.skip("there is no shell to run commands in")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    command = tmp_path / ".bin" / "guerdon"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m guerdon "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def marked(page: Path) -> object:
    slow = "```sh" in page.read_text(encoding="utf-8")
    return pytest.param(page, marks=[pytest.mark.slow] if slow else [], id=shown(page))


@pytest.mark.parametrize("page", [marked(page) for page in PAGES])
@pytest.mark.usefixtures("desk")
def test_a_page_says_what_is_true(page: Path) -> None:
    found = lies(page, WRITE)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_block_of_a_page_is_of_a_kind_that_is_looked_at(page: Path) -> None:
    assert set(_FENCE.findall(page.read_text(encoding="utf-8"))) <= KINDS


LYING = {
    "a program with an error that it does not name": "```guerdon fragment\nunit point\n  decimals many\n```\n",
    "an error on another line": '```guerdon\nprogram "P"   # G302\n  currency XXL\n```\n',
    "a code that is not given": '```guerdon\nprogram "P"   # G302\n```\n',
    "a test that is not met": '```guerdon fragment\ntest "t"\n  event purchase on 2026-03-02: amount 5 USD, channel app, lines []\n  expect 6 point\n```\n',
    "a message in other words": "```guerdon fragment\nunit point\n  decimals 13\n```\n\n```text\nerror G305: too many\n```\n",
    "a mapping with a key that means nothing": "```yaml fragment\nsource: orders\n```\n",
    "a command that fails": "```sh\nguerdon check nothing.guerdon\n```\n",
    "a command that does not fail": "```sh\nguerdon check examples/grocery   # exit 1\n```\n",
    "a command that prints something else": "```sh\nguerdon check examples/grocery\n```\n\n```text\n1 error\n```\n",
    "a command that prints something else than stands around what is left out": "```sh\nguerdon check examples/grocery\n```\n\n```text\n...\n1 error\n```\n",
    "a part of a program that is nowhere": "`nowhere.guerdon`:\n\n```guerdon addition\nunit point\n```\n",
    "a part of a mapping that is nowhere": "`nowhere.yaml`:\n\n```yaml addition\nevents: {}\n```\n",
    "a text that nothing gives": "Words.\n\n```text\nfine\n```\n",
    "Python that fails": "```python\nassert 1 == 2\n```\n",
    "a file without a name": "```csv\na,b\n```\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("page", LYING.values(), ids=LYING)
def test_a_block_that_lies_is_told(page: str, desk: Path) -> None:
    (desk / "page.md").write_text(page, encoding="utf-8")
    assert len(lies(desk / "page.md")) == 1


# ---------------------------------------------------------------- tables, lists and titles


def rows_below(page: Path, title: str) -> list[list[str]]:
    """The first table of a section, its cells without quotes, the head left out."""
    section = re.split(
        r"^#+ ", page.read_text(encoding="utf-8").partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE
    )[0]
    from_there = dropwhile(lambda line: not line.startswith("|"), section.splitlines())
    lines = [*takewhile(lambda line: line.startswith("|"), from_there)]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("The file", HistoryMapping),
        ("Sources", SourceMapping),
        ("Events", EventMapping),
        ("Joins", JoinMapping),
        ("Members", MembersMapping),
    ],
)
def test_every_key_of_a_mapping_is_in_the_manual(title: str, model: type[HistoryMapping]) -> None:
    """Each with its own description, and whether it can be left out."""
    told = [(key.strip("`"), needed, meaning) for key, needed, meaning in rows_below(DOCS / "history.md", title)]
    keys = [
        (each.alias or name, "yes" if each.is_required() else "no", each.description)
        for name, each in model.model_fields.items()
    ]
    assert told == keys


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_the_results_is_in_the_manual(table: str) -> None:
    told = [[cell.strip("`") for cell in row] for row in rows_below(DOCS / "commands.md", f"`{table}`")]
    wanted = [
        [each.name, each.kind.name.lower(), "yes" if each.optional else "no", each.meaning] for each in TABLES[table]
    ]
    assert [[*row[:3], row[3].strip("`")] for row in told] == [[*row[:3], row[3].strip("`")] for row in wanted]


def test_every_command_and_option_is_in_the_manual() -> None:
    import click

    from guerdon.cli import main

    page = DOCS / "commands.md"
    for name, command in main.commands.items():
        told = [row[0].partition("`")[2].partition("`")[0].split()[0] for row in rows_below(page, f"guerdon {name}")]
        options = [each.opts[0] for each in command.params if isinstance(each, click.Option)]
        assert told == options, name


def test_the_manual_lists_the_words_that_cannot_be_names() -> None:
    page = (DOCS / "language.md").read_text(encoding="utf-8")
    listed = re.search(r"can't be one\s+of\s+these:([^.]*)\.", page)
    assert listed and re.findall(r"`(\w+)`", listed[1]) == sorted(RESERVED)


def test_every_recipe_is_in_the_list_and_has_a_test() -> None:
    folder = DOCS / "recipes"
    listed = re.findall(r"^- \[(.*)\]\(([\w-]+\.md)#", (folder / "index.md").read_text(encoding="utf-8"), re.MULTILINE)
    pages = {page.name: page.read_text(encoding="utf-8") for page in folder.glob("*.md") if page.name != "index.md"}
    recipes = {(title, name): text for name, page in pages.items() for title, text in titled(page)}
    assert prelude() in (folder / "index.md").read_text(encoding="utf-8")
    assert len(listed) == len(recipes)
    assert set(listed) == set(recipes)
    assert [title for (title, _), text in recipes.items() if not re.search(r'^test "', text, re.MULTILINE)] == []


@pytest.mark.parametrize("page", sorted((DOCS / "recipes").glob("*.md")), ids=shown)
def test_a_recipe_is_laid_out_as_programs_are(page: Path) -> None:
    for block in re.findall(
        r"^```guerdon[^\n]*\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        assert format_document(parse_bytes(page.name, block.encode())[0]) == block


def test_programs_of_the_reference_are_laid_out_but_for_those_that_show_something_else() -> None:
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```guerdon[^\n]*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        if not re.search(r"# G\d", block) and "The smallest one" not in block:
            assert format_document(parse_bytes("language.md", block.encode())[0]) == block


def test_every_decision_is_in_the_list() -> None:
    folder = DOCS / "decisions"
    listed = re.findall(
        r"^\| (\d{4}) \| \[.*\]\((.*)\) \|$", (folder / "index.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == [(page.name[:4], page.name) for page in sorted(folder.glob("0*.md"))]


def titled(page: str) -> list[tuple[str, str]]:
    """The sections of a page, each with its title."""
    parts = re.split(r"^## (.*)$", page, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def test_windows_show_the_days_that_the_manual_says() -> None:
    text = 'program "P"\n  fiscal year starts 04-01\nunit point\nevent visit\n'
    rows = rows_below(DOCS / "language.md", "Windows")
    assert len(rows) > 12
    for window, first, last in rows:
        window = window.strip("`")
        typed, _ = check_bytes("program.guerdon", f"{text}measure m\n  is count of visit {window}\n".encode())
        assert typed is not None, window
        measured = typed.measures["m"].value
        assert isinstance(measured, nodes.Measured)
        start, end = Calendar(typed.frame).bounds(measured.window, date(2026, 3, 4))
        assert (str(start), str(end - ONE)) == (first, last), window


def test_the_manual_has_the_sections_that_the_sources_cite() -> None:
    titles = {
        line.lstrip("# ")
        for line in (DOCS / "language.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    }
    cited: set[str] = set()
    for path in [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py")]:
        for places in re.findall(r"language reference[,:] ([A-Z][-\w ,']*)", path.read_text(encoding="utf-8")):
            cited |= {each.strip() for each in re.split(r", (?=[A-Z])", places)}
    assert cited and cited <= titles


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, link
