"""The kinds of histories, one module each; beside it the program and the mapping that are written with it."""

from __future__ import annotations

from guerdon.simulate.kind import Kind
from guerdon.simulate.kinds import business, cafe, forecourt, grocery, purpose, software, travel, weddings

KINDS: dict[str, Kind] = {
    each.name: each
    for each in (
        cafe.KIND,
        weddings.KIND,
        travel.KIND,
        forecourt.KIND,
        grocery.KIND,
        software.KIND,
        business.KIND,
        purpose.KIND,
    )
}
"""By name."""
