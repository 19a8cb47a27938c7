"""What is built from the sources is whole: installed elsewhere, without the checkout, it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNREACHABLE = (
    "No matching distribution found",
    "Could not fetch URL",
    "Failed to establish a new connection",
    "Connection",
)
SAVED_TABLES_FIT = """
from guerdon.syntax import tables
assert tables.restore(tables.TABLES, tables.grammar_path().read_text(encoding="utf-8"))
assert "checkout" not in str(tables.grammar_path())
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; it sees no package of this process."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    answer = subprocess.run([*map(str, command)], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, f"{' '.join(map(str, command))}\n{answer.stdout}\n{answer.stderr}"
    return answer.stdout


def need_an_index(folder: Path) -> None:
    """Skips the test if pip can't reach any package index: neither building nor installing is possible then."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(folder), "hatchling"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode and any(sign in answer.stderr for sign in UNREACHABLE):
        pytest.skip("pip reaches no package index")
    assert answer.returncode == 0, answer.stderr


def copied_checkout(folder: Path) -> Path:
    """The files of the repository alone, without what earlier builds left beside them."""
    left = shutil.ignore_patterns(".*", "__pycache__", "tables.json*", "build", "dist")
    return Path(shutil.copytree(ROOT, folder / "checkout", ignore=left))


def built_wheel(folder: Path) -> Path:
    """The wheel, built from the sdist, so that the sdist is known to hold all it needs."""
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", copied_checkout(folder), cwd=folder)
    assert len(list((folder / "dist").glob("*.tar.gz"))) == 1
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


@pytest.mark.slow
def test_the_wheel_is_whole_and_runs_away_from_the_checkout(tmp_path: Path) -> None:
    need_an_index(tmp_path / "index")
    wheel = built_wheel(tmp_path)
    names = set(zipfile.ZipFile(wheel).namelist())
    outside = {
        f"guerdon/grammar/{path.name}" for pattern in ("*.lark", "*.json") for path in ROOT.glob(f"grammar/{pattern}")
    }
    assert {"guerdon/errors.md", "guerdon/py.typed", "guerdon/syntax/tables.json", *outside} <= names
    assert not [name for name in names if "test" in name or "build_tables" in name]

    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    programs = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    run(programs / "python", "-m", "pip", "install", "-q", wheel, cwd=tmp_path)
    shutil.rmtree(tmp_path / "checkout")
    run(programs / "python", "-c", SAVED_TABLES_FIT, cwd=tmp_path)
    assert "Usage" in run(programs / "guerdon", "--help", cwd=tmp_path)
    shutil.copytree(ROOT / "examples" / "grocery", tmp_path / "grocery")
    assert run(programs / "guerdon", "run", "grocery", cwd=tmp_path)
