"""A small program with a history and tests, to start from."""

from __future__ import annotations

from pathlib import Path

FILES = ("rewards.guerdon", "history.yaml", "purchases.csv")


def write(folder: Path) -> list[Path]:
    """Writes the starter's files into a folder, which is made if need be; where they are.

    Errors: FileExistsError, and nothing is written, where one of them is there already.
    """
    targets = [folder / name for name in FILES]
    for target in targets:
        if target.exists():
            raise FileExistsError(17, "already there", str(target))
    folder.mkdir(parents=True, exist_ok=True)
    for target in targets:
        target.write_bytes((Path(__file__).parent / target.name).read_bytes())
    return targets
