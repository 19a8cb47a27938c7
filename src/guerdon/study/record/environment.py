"""Versions of what ran a program: information for whoever looks into a difference."""

from __future__ import annotations

import platform
from importlib import metadata

PACKAGES = ("guerdon", "duckdb", "wasmtime")


def environment() -> dict[str, str]:
    """The versions of Python, of this package and of those that compute, by name."""
    return {each: metadata.version(each) for each in PACKAGES} | {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
