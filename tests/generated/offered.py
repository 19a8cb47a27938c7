"""Offers by chance: what opens them, until when, and what completes them."""

from __future__ import annotations

from tests.generated.chance import BOOL, DATE, INSTANT, Kind, Scene
from tests.generated.life import ROUNDINGS
from tests.generated.together import Together


class Offered(Together):
    """Writes offers; what any rule may have, whoever writes rules gives."""

    def trigger(self) -> tuple[str, dict[str, Kind]]:
        raise NotImplementedError

    def given(self, unit: str, inside: Scene, scene: Scene, accumulates: bool, depth: int) -> tuple[str, bool]:
        raise NotImplementedError

    def offer(self, name: str) -> str:
        """An offer, opened by an event or a trigger, completed by an event."""
        opens = self.one_of(*self.events)
        facts: dict[str, Kind] = {}
        if self.new("triggers", 3):
            opens, facts = self.trigger()
        here = "" if opens in self.events else opens
        facts = dict(facts) if here else self.shared([opens])
        self.here = here
        opening = Scene(facts)
        lines = [f"opens {opens}" + (f" where {self.expr(BOOL, opening, 2)}" if self.chance(3) else "")]
        last = self.expr(self.one_of(DATE, DATE, INSTANT), opening, 1)
        lines.append(self.one_of(f"within {self.time()}", f"within {self.time()}", f"through {last}"))
        self.here = ""
        on = self.one_of("purchase", "purchase", self.one_of(*self.events))
        lines.append(f"on {on}")
        known = {fact: of for fact, of in facts.items() if of.name != "lines"}
        scene = Scene(self.shared([on]), named=True, opened={**known, "date": DATE, "at": INSTANT})
        unit = self.one_of(*self.units)
        give, whole = self.given(unit, scene, scene, False, 1)
        lines.append(f"give {give}")
        if not whole or self.chance(2):
            lines.append(f"round {self.one_of(*ROUNDINGS)} per event")
        lines += [f"when {self.expr(BOOL, scene, self.one_of(1, 2, 3))}" for _ in range(self.one_of(0, 1, 1, 2))]
        lines += [self._limit(unit, Scene(scene.event)) for _ in range(self.one_of(0, 0, 0, 1))]
        lines += self.controlled(unit)
        self.rules[name] = unit
        self.on[name] = [on]
        return f'offer "{name}"\n  ' + "\n  ".join(lines)
