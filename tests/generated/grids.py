"""Tables with several keys and columns, in bands and applied to amounts, and params, by chance."""

from __future__ import annotations

from itertools import pairwise, product

from tests.generated.chance import BOOL, CHANNELS, DATE, DAYS, NUMBER, PERCENT, TEXT, TEXTS, Grid, Kind, Result, Scene
from tests.generated.expressions import Expressions


class Grids(Expressions):
    """Writes tables that the recount does not know."""

    def _param(self, number: int) -> str:
        name, unit = f"param_{number}", self.one_of(*self.units)
        kinds: list[Result] = [PERCENT, NUMBER, DATE, DAYS, TEXT, Kind("quantity", unit), (unit, self.currency)]
        of = self.one_of(*kinds)
        value = self.plain_rate(*of) if isinstance(of, tuple) else self.literal(of)
        self.params[name] = of
        return f"param {name}\n  is {value}"

    def _grid(self, number: int) -> str:
        """A table whose rows are all keys by all bands, or some of these and `else`."""
        name = f"grid_{number}"
        bands = self.one_of("", "whole", "parts")
        per = self.one_of(self.currency, *self.units)
        of_bands = self.one_of(Kind("quantity", per), *([NUMBER] if bands else [NUMBER, DATE, DAYS]))
        keys = self.some(self._words())[:2]
        at = 0 if any("one of" in by for _, by, _ in keys) else self.choose(len(keys) + 1)
        kinds = [kind for kind, _, _ in keys]
        kinds.insert(at, of_bands)
        written = [by for _, by, _ in keys]
        types = {"quantity": of_bands.of if of_bands.of in self.units else "money"}
        written.insert(at, f"size {types.get(of_bands.name, of_bands.name)}")
        cells = [words for _, _, words in keys]
        cells.insert(at, self._bands(of_bands))
        columns = self._columns(per, bands, of_bands)
        rows = [f"row {', '.join(each)}: {self._results(columns, bands)}" for each in product(*cells)]
        lines = [f"by {', '.join(written)}", *([f"columns {', '.join(columns)}"] if "" not in columns else [])]
        lines += [f"bands {bands}"] if bands else []
        chosen = rows if self.chance(2) else self.some(rows, len(cells[at]))
        if len(chosen) < len(rows) or TEXT in kinds or (of_bands.name != "quantity" and "below" not in cells[at][0]):
            lines.append(f"else {self._results(columns, bands)}")
        lines += chosen
        self.grids[name] = Grid(tuple(kinds), columns, bands, at)
        return f"table {name}\n  " + "\n  ".join(lines)

    def _words(self) -> list[tuple[Kind, str, list[str]]]:
        """Keys without bands: how they are declared, and all of their words; of texts some."""
        found = [
            (Kind("choice", CHANNELS), f"channel one of {', '.join(CHANNELS)}", list(CHANNELS)),
            (TEXT, "code_of text", [f'"{each}"' for each in TEXTS[:2]]),
            (BOOL, "flag yes/no", ["yes", "no"]),
        ]
        ladders = [(Kind("tier", ladder), ladder, list(tiers)) for ladder, tiers in self.ladders.items()]
        listed = found[:1] if self.chance(2) else []  # a list of words ends its line, so it stands alone
        return listed or ladders + found[1:]

    def _bands(self, of: Kind) -> list[str]:
        """Bands from zero on, or from the least of all on, without a gap."""
        unit = f" {of.of}" if of.name == "quantity" else " days" if of.name == "days" else ""
        cuts = ["2026-01-01", "2026-03-01", "2026-07-01"] if of == DATE else ["0", "10", "20", "50"]
        cuts = [f"{cut}{unit}" for cut in [cuts[0], *self.some(cuts[1:], 1)]]
        match self.one_of("open", "closed", "above"):
            case "open":
                return [f"from {cut}" for cut in cuts]
            case "closed":
                first = [] if of.name == "quantity" else [f"below {cuts[0]}"]
                return [*first, *(f"from {low} below {high}" for low, high in pairwise(cuts)), f"from {cuts[-1]}"]
            case _:
                middle = (f"above {low} through {high}" for low, high in pairwise(cuts))
                return [f"through {cuts[0]}", *middle, f"above {cuts[-1]}"]

    def _columns(self, per: str, bands: str, of_bands: Kind) -> dict[str, Result]:
        unit = self.one_of(*self.units)
        rates: list[Result] = [PERCENT, *([(unit, per)] if of_bands.name == "quantity" else [])]
        results = rates if bands == "parts" else [*rates, NUMBER, Kind("quantity", unit), (unit, per)]
        if self.chance(2):
            return {"": self.one_of(*results)}
        return {name: self.one_of(*results) for name in ("rate", "most")}

    def _results(self, columns: dict[str, Result], bands: str) -> str:
        def result(of: Result) -> str:
            return self.plain_rate(*of, never_full=bands == "parts") if isinstance(of, tuple) else self.literal(of)

        return ", ".join(map(result, columns.values()))

    def scales(self, unit: str, scene: Scene) -> list[tuple[str, str, Kind]]:
        """The columns of tables that can be applied here and give this unit: table, column, what they are applied to."""
        found = []
        for name, grid in self.grids.items() if scene.happens else ():
            base = grid.keys[grid.banded]
            others = [key for at, key in enumerate(grid.keys) if at != grid.banded]
            if not grid.bands or base.name != "quantity" or not all(self.known(key, scene) for key in others):
                continue
            fits = {
                column: base.of == unit if of == PERCENT else of == (unit, base.of)
                for column, of in grid.columns.items()
            }
            found += [(name, column, base) for column, fit in fits.items() if fit]
        return found

    def applied(self, unit: str, scene: Scene, inside: Scene, depth: int) -> str | None:
        """A table applied to an amount; None where there is none that gives this unit."""
        able = self.scales(unit, scene)
        if not able:
            return None
        name, column, base = self.one_of(*able)
        grid = self.grids[name]
        keys = [self.key(key, scene, depth) for at, key in enumerate(grid.keys) if at != grid.banded]
        asked = f"{name}({', '.join(keys)})" if keys else name
        return f"{asked}{f'.{column}' if column else ''} of {self.expr(base, inside, depth)}"
