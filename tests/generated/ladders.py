"""Tiers by chance: by count, by condition and by invitation, with all that gives, keeps and restarts them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.generated.chance import BOOL, NUMBER, Kind, Scene
from tests.generated.life import Life


class Ladders(Life):
    """Writes ladders; `counted` says how each that counts writes its unit."""

    def _ladder(self, name: str) -> str:
        self.counted = getattr(self, "counted", {})
        owner = self.owner(name)
        scene = Scene(at_event=False, whose=owner, entry="since entry" in self.knows)
        kept = self.ladders, self.tables, self.measures, self.grids  # what counts towards a tier may not ask for one
        self.ladders, self.measures = {}, {}
        self.tables = {table: of for table, of in self.tables.items() if of[0].name != "tier"}
        self.grids = {name: of for name, of in self.grids.items() if all(key.name != "tier" for key in of.keys)}
        lines = self._tiers(name, kept[0][name], scene)
        self.ladders, self.tables, self.measures, self.grids = kept
        lines += self._grants(kept[0][name])
        if self.new("perks", 5):
            lines.append(f'perk {kept[0][name][-1]}: "Free delivery"')
        return f"tiers {name}\n  " + "\n  ".join(lines)

    def _lowered(self, timeless: bool) -> Iterator[str]:
        """What a return does to the tier."""
        if self.chance(2):
            yield f"returns {self.one_of('lower at once', *([] if timeless else ['lower at review']))}"

    def _tiers(self, name: str, tiers: tuple[str, ...], scene: Scene) -> list[str]:
        """What counts, the tiers, their terms, and what goes with these."""
        ways = ["at"] * (len(tiers) - 1)
        if self.new("alternatives", 3):
            ways = [self.one_of("at", "when", "by invitation") for _ in ways]
        carries = "at" in ways and self.new("carried counts", 3)
        restarts = "when" not in ways and "at" in ways and self.new("restarts", 3)
        lines, unit = self._counts(scene, carries) if "at" in ways else ([], "")
        if "at" in ways and ways[0] == "at":
            self.counted[name] = unit
        lines.append(f"tier {tiers[0]}")
        at = 0
        for tier, way in zip(tiers[1:], ways, strict=True):
            if way == "at":
                at = at + self.one_of(1, 2, 3, 10, 50) if not restarts else self.one_of(1, 2, 3, 10, 50)
                lines.append(f"tier {tier} at {at}{unit}")
            else:
                lines.append(f"tier {tier} {way}" + (f" {self.expr(BOOL, scene, 2)}" if way == "when" else ""))
        lasts = self.one_of(
            lambda: f"through {self._end()}",
            lambda: f"{self.one_of('1', '2', '30')} {self.one_of('days', 'months', 'weeks')}",
            *([] if restarts or any("since entry" in line for line in lines) else [lambda: "while met"]),
            lambda: "forever",
        )()
        lines.append(f"lasts {lasts}")
        if self.chance(2) or self.chance(2):
            lines.append(f"falls {self.one_of('one tier at a time', 'to the tier counted', 'to the lowest', 'never')}")
        lines += self._kept(tiers, lasts, scene, carries, restarts)
        if "returns" in self.knows:
            lines += self._lowered(lasts in ("while met", "forever"))
        return lines

    def _counts(self, scene: Scene, carries: bool) -> tuple[list[str], str]:
        """What counts, and how its unit is written behind a number."""
        kind = self.one_of(NUMBER, Kind("quantity", self.currency), Kind("quantity", next(iter(self.units))))
        unit = f" {kind.of}" if kind.name == "quantity" else ""
        from_zero = self.new("counts from zero", 4)
        if carries or from_zero:
            return [f"counts {self._in_one_period(kind, scene, from_zero and not carries)}"], unit
        simple = self._of_the_past(kind, scene, 2)
        simple += self._of_the_moment(kind, scene) if kind.name == "quantity" else []
        counts = self.one_of(*simple)() if simple and not self.chance(4) else self.expr(kind, scene, 2)
        return [f"counts {counts}"], unit

    def _in_one_period(self, kind: Kind, scene: Scene, from_zero: bool) -> str:
        """A count whose windows are all one period of the calendar; or one that never falls below zero."""
        window = f"this {self.one_of(*self.periods)}" if not from_zero or self.chance(2) else "ever"
        if from_zero and kind.of in self.units and scene.whose in (None, self.owner(kind.of)):
            return f"{kind.of} earned {window} - {kind.of} taken back {window}, never below zero"
        if from_zero:
            kept = self._in_one_period(kind, scene, False)
            return (
                f"{kept} - {self.one_of('1', '3')}, never below zero" if kind == NUMBER else f"{kept}, never below zero"
            )
        if kind == NUMBER:
            return f"count of {self._only(scene)}purchase {window}"
        if kind.of in self.units and scene.whose in (None, self.owner(kind.of)) and self.chance(2):
            return f"{kind.of} earned {window}"
        if kind.of == self.currency:
            return f"sum of {self._only(scene)}purchase.amount {window}"
        if scene.whose in (None, self.owner(kind.of)):
            return f"{kind.of} earned {window}"
        return f"{self.amount(kind.of)} * count of {self._only(scene)}purchase {window}"

    def _only(self, scene: Scene) -> str:
        return f"{scene.whose}." if scene.whose is not None else ""

    def _kept(self, tiers: tuple[str, ...], lasts: str, scene: Scene, carries: bool, restarts: bool) -> Iterator[str]:
        """What rises, keeps, carries on and lowers tiers; what needs a term only where there is one."""
        timeless = lasts in ("while met", "forever")
        rises = lasts != "while met" and self.new("rises at end", 4)
        if rises:
            yield f"rises at end of this {self.one_of(*self.periods)}"
        if not timeless and (not rises or "grace and rises" in self.knows) and self.new("grace", 3):
            yield f"grace {self.time()}"
        for _ in range(self.one_of(0, 0, 0, 1, 2) if "floors" in self.knows else 0):
            floor = Scene(at_event=False, whose=scene.whose)
            yield f"floor {self.one_of(*tiers[1:])} while {self.expr(BOOL, floor, 2)}"
        if carries:
            fallen = ", unless fallen" if self.chance(3) else ""
            yield f"carries excess {self.one_of('once', 'repeatedly')}{fallen}"
        if restarts:
            yield f"restarts at rise, {self.one_of('from zero', 'keeping excess')}"

    def _grants(self, tiers: tuple[str, ...]) -> Iterator[str]:
        if "grants" not in self.knows or (self.within and "grants and returns" not in self.knows):
            return
        for _ in range(self.one_of(0, 0, 0, 1, 2)):
            event = self.one_of(*self.events)
            when = f" when {self.expr(BOOL, Scene(self.events[event]), 2)}" if self.chance(2) else ""
            yield f"grants {self.one_of(*tiers[1:])} on {event}{when}"
