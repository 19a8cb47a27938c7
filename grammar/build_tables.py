"""The step of the build that makes the parser's tables and puts into the wheel what lies outside `src`.

Runs for wheels and for editable installs. Shipped from outside the package: the grammar and the error index.
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface[Any]):
    """Writes `tables.json`, and maps `grammar/` and `docs/errors.md` to their places in the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        tables = module_at(root / "src" / "guerdon" / "syntax" / "tables.py")
        tables.write_tables(tables.grammar_path().read_text(encoding="utf-8"), tables.TABLES)
        if version == "editable":
            return  # the package then finds both in the checkout
        for path in sorted([*root.glob("grammar/*.lark"), *root.glob("grammar/*.json")]):
            build_data["force_include"][str(path)] = f"guerdon/grammar/{path.name}"
        build_data["force_include"][str(root / "docs" / "errors.md")] = "guerdon/errors.md"


def module_at(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module at {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
