"""The manual is a site: every link leads somewhere, programs are coloured, and nothing is fetched from elsewhere."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MISSING = [name for name in ("mkdocs", "material") if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason="the extra `docs` is not installed: pip install -e '.[docs]'"),
]
_FETCHED = re.compile(r"""<(?:script|img|iframe|link|source)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr[-5000:]
    return folder


def test_every_page_is_built(site: Path) -> None:
    pages = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}
    assert {page.relative_to(site) for page in site.rglob("*.html")} - {Path("404.html")} == pages


def test_a_page_that_can_be_read_alone_is_in_the_navigation() -> None:
    told = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = [str(page.relative_to(ROOT / "docs").as_posix()) for page in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if page not in told and not re.match(r"decisions/\d", page)] == []


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    found = {page.name: _FETCHED.findall(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}
    assert {page: links for page, links in found.items() if links} == {}
    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in site.rglob("*.css"))
    assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", styles)


def test_words_can_be_searched(site: Path) -> None:
    assert "Bring a friend" in (site / "search" / "search_index.json").read_text(encoding="utf-8")


def test_programs_are_coloured(site: Path) -> None:
    if "guerdon" not in {each.name for each in importlib.metadata.entry_points(group="pygments.lexers")}:
        pytest.skip("this guerdon is not installed: pip install -e '.[dev]'")
    for page in ("tutorial.html", "recipes/earning.html", "language.html"):
        assert '<span class="kd">earn</span>' in (site / page).read_text(encoding="utf-8"), page
