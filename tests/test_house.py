"""The rules of the house: who may import whom, what a command may load, how large a file grows, what lies at the top."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "guerdon"
ROOMS = [
    "text",
    "syntax",
    "program",
    "check",
    "project",
    "history",
    "ledger",
    "reference",
    "session",
    "kernel",
    "study",
    "starter",
    "simulate",
]
ABOVE_THE_ROOMS = ["choice", "library", "questions", "options", "command", "commands", "cli", "__init__", "__main__"]
STARTS_FAST = ["text", "syntax", "program", "check", "project", "ledger", "reference", "options", "commands", "cli"]
SLOW_TO_IMPORT = {"numpy", "scipy", "pydantic", "duckdb", "rich", "yaml", "pyarrow", "wasmtime", "nanoarrow"}
TOP = {
    "pyproject.toml",
    "mkdocs.yml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "src",
    "grammar",
    "examples",
    "tests",
    "docs",
}
LONGEST_FILE = 400
DONT_BELONG = ["/" + "work/", "sub" + "agent", "py" + "pi.org", "python" + "hosted", "artifact" + "ory"]


class Import(NamedTuple):
    """One imported name: the module that imports, what it imports, the line, and whether that happens as soon as it is loaded."""

    by: str
    name: str
    line: int
    at_once: bool


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name; a package by the name of its folder."""
    files = sorted(PACKAGE.rglob("*.py"))
    named = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in named.items()}


@cache
def imports() -> list[Import]:
    """Every import in the package: in functions, under `if TYPE_CHECKING` and relative ones too."""
    return [found for name, path in modules().items() for found in imports_in(name, path)]


def imports_in(module: str, path: Path) -> Iterator[Import]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node, at_once in statements(ast.parse(path.read_text(encoding="utf-8")), True):
        if isinstance(node, ast.Import):
            yield from (Import(module, alias.name, node.lineno, at_once) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = origin(node, package)
            yield from (Import(module, whole_name(base, alias.name), node.lineno, at_once) for alias in node.names)


def origin(node: ast.ImportFrom, package: str) -> str:
    """The dotted name after `from`, with its dots resolved."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *(node.module or "").split(".")]).rstrip(".")


def whole_name(base: str, name: str) -> str:
    """`from base import name` imports a module of that name if there is one, else something in `base`."""
    return f"{base}.{name}" if f"{base}.{name}" in modules() else base


def statements(node: ast.AST, at_once: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        yield child, at_once
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for part in child.body:
                yield part, False
                yield from statements(part, False)
            for part in child.orelse:
                yield part, at_once
                yield from statements(part, at_once)
        else:
            deferred = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from statements(child, at_once and not deferred)


def own_imports() -> list[Import]:
    return [found for found in imports() if found.name.split(".")[0] == "guerdon"]


def room(module: str) -> str:
    """`syntax` for `guerdon.syntax.parse`, `cli` for `guerdon.cli`, `__init__` for `guerdon`."""
    return [*module.split("."), "__init__"][1]


@cache
def tracked() -> list[Path]:
    """The files of the repository, relative to its top: those that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_every_module_is_in_a_room_that_is_known() -> None:
    known = {*ROOMS, *ABOVE_THE_ROOMS}
    assert {room(name) for name in modules()} <= known, "a new room needs its place in ROOMS"


def test_a_room_imports_only_rooms_above_it() -> None:
    order = [*ROOMS, *ABOVE_THE_ROOMS]
    wrong = [
        f"{found.by}:{found.line} imports {found.name}"
        for found in own_imports()
        if order.index(room(found.name)) > order.index(room(found.by))
    ]
    assert not wrong


def test_no_module_imports_itself_in_a_circle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in modules()}
    for found in own_imports():
        graph[found.by].add(found.name)
    while leaves := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert not graph, "each of these is in a circle or imports one"


def test_what_starts_fast_imports_nothing_slow_at_once() -> None:
    """Holds for these rooms, and for whatever the command line loads with them, the packages that enclose it included."""
    start = [name for name in modules() if room(name) in STARTS_FAST]
    reached = loaded_at_once(start)
    slow = [
        f"{found.by}:{found.line} imports {found.name}"
        for found in imports()
        if found.by in reached and found.at_once and found.name.split(".")[0] in SLOW_TO_IMPORT
    ]
    assert not slow


def loaded_at_once(start: list[str]) -> set[str]:
    """The modules that are loaded when those in `start` are imported."""
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        waiting += [found.name for found in own_imports() if found.by == name and found.at_once]
        waiting += [name.rpartition(".")[0]] if "." in name else []
    return reached


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "fmt --check", "test"])
def test_a_quick_command_loads_nothing_slow(command: str) -> None:
    program = sorted(ROOT.glob("examples/*/*.guerdon"))[0]
    arguments = [sys.executable, "-X", "importtime", "-m", "guerdon", *command.split(), str(program)]
    answer = subprocess.run(arguments, capture_output=True, text=True, check=False)
    loaded = set(re.findall(r"^import time:.*\|\s*(\w+)$", answer.stderr, re.MULTILINE))
    assert "lark" in loaded, answer.stderr[-2000:]
    assert not loaded & SLOW_TO_IMPORT


def test_every_module_says_what_it_is() -> None:
    silent = [
        name for name, path in modules().items() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_no_file_holds_two_ideas() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules().values()
    }
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_the_top_of_the_repository_is_what_it_is() -> None:
    assert {path.parts[0] for path in tracked() if not path.parts[0].startswith(".")} == TOP


def test_no_file_says_what_does_not_belong() -> None:
    found = []
    for path in tracked():
        text = (ROOT / path).read_bytes().decode("utf-8", errors="ignore").lower()
        found += [f"{path}: {word}" for word in DONT_BELONG if word in text]
    assert not found


def test_the_readme_begins_with_the_two_commands_that_are_checked() -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    first, second = (block.splitlines() for block in blocks[:2])
    assert len(first) == 1 and "guerdon run examples/" in first[0]
    assert len(second) == 1 and "pytest" in second[0]


def test_the_tables_are_made_with_the_lark_that_reads_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    made = [needed for needed in project["build-system"]["requires"] if needed.startswith("lark")]
    read = [needed for needed in project["project"]["dependencies"] if needed.startswith("lark")]
    assert made == read


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["ruff check .", "ruff format --check .", "mypy"])
def test_style_and_types_are_in_order(tool: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *tool.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
