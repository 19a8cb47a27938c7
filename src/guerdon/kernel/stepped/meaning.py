"""What each thing that a kernel keeps of a member is of: the number of an event, of a lot, the code of a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from guerdon.check.builtin import NAMES
from guerdon.kernel import others
from guerdon.kernel.columns import kind_of
from guerdon.kernel.counting.keyed import Keyed
from guerdon.kernel.loop.frame import OF_ALL, Written
from guerdon.kernel.parts import Parts
from guerdon.kernel.stepped.chains import Chain, chains
from guerdon.kernel.stepped.standing import Standing, standing
from guerdon.kernel.writing.make import END_OF_MEMBERSHIP
from guerdon.program import nodes, types

OF_A_RUN = ("who", "bad", "zone", "events")
"""What begins anew with each event: whose it is, whether the kernel can run it, and what is counted of a whole run."""


@dataclass
class Meaning:
    """What is known of the things that a kernel keeps, by their names.

    Shape: `anew`: they begin anew with each event. `chains`: purses whose lots stand in rings; `standing`: where members stand, by ladder. `lots` and `events` hold the numbers of such, `codes` those of texts.
    `unknown`: what nothing here says the meaning of; a program that has such is not run one event at a time.
    """

    written: Written
    anew: list[str] = field(default_factory=list)
    chains: dict[str, Chain] = field(default_factory=dict)
    standing: dict[str, Standing] = field(default_factory=dict)
    lots: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert isinstance(self.written.make.past, Parts)
        self.parts: Parts = self.written.make.past
        known = {*self._of_all(), *self._of_purses(), *self._of_tallies(), *self._of_deeds(), *self._of_facts()}
        known |= {*self._of_tiers()}
        self.unknown += [rule.name for rule in self._limited_facts()]
        program = self.written.make.program
        self.unknown += [*others.rules_of(program), *map(str, (*others.asked(program), *others.kept_with(program)))]
        self.unknown += [*self._of_built_in()]
        self.unknown += [name for name in (*self.written.state, *self.written.lists) if name not in known]

    def _limited_facts(self) -> Iterator[nodes.Rule]:
        """The rules that limit a fact of an event that can be undone: how much of it each event used up is not kept."""
        make = self.written.make
        for rule in make.program.rules.values():
            if any(limit.of is not None for limit in rule.limits) and make.columns.undoable & {*rule.on}:
                yield rule

    def _of_built_in(self) -> Iterator[str]:
        """The events that undo built-in ones, which are the reference engine's."""
        for event, record in self.written.make.program.events.items():
            if record.reverses is not None and record.reverses.event in NAMES:
                yield event

    def _of_all(self) -> Iterator[str]:
        yield from OF_ALL
        yield from ("joined", END_OF_MEMBERSHIP, "years_over")
        yield from self.written.make.ends.values()
        self.anew += [*OF_A_RUN, *(f"sales_{number}" for number in range(len(self.written.sales)))]
        yield from self.anew

    def _of_purses(self) -> Iterator[str]:
        self.chains = {chain.name: chain for chain in chains(self.parts.purses.values())}
        for purse in self.parts.purses.values():
            self.lots += [f"{purse.name}_lot"]
            yield from (f"{purse.name}_{each}" for each in ("debt", "left", "head", "tail", "next"))
            if purse.name in self.chains:
                yield from self.chains[purse.name].lists()
                yield from (f"{purse.name}_{each}" for each in ("lacking", "live"))
            else:
                yield from (f"{purse.name}_{each}" for each in ("of", "end", "lot", "noted", "day"))

    def _of_tiers(self) -> Iterator[str]:
        make = self.written.make
        for ladder, tier in self.parts.tiers.items():
            stands = standing(tier, make.program, make.years)
            if stands is not None:
                self.standing[ladder] = stands
                yield from (f"{tier.name}_{each}" for each in stands.known())

    def _of_tallies(self) -> Iterator[str]:
        for key, tally in self.parts.tallies.of.items():
            if isinstance(tally, Keyed):
                continue  # they are not known
            yield from (f"{tally.name}_{each}" for each in ("n", "day", "value", "is"))
            for total in tally.totals.values():
                yield from (total, f"{total}_from")
            match key:
                case ("meter", int(number)) if tally.listed:
                    value = self.written.make.program.meters[number].value
                    self.codes += [f"{tally.name}_value"] if value is not None and _is_text(value.type) else []
                case _:
                    continue

    def _of_deeds(self) -> Iterator[str]:
        for deeds in self.written.deeds.values():
            yield from (f"{deeds.name}_{each}" for each in ("n", *deeds.kept) if deeds.is_plain)
            self.events += [f"{deeds.name}_row"]
            self.codes += [f"{deeds.name}_id"]

    def _of_facts(self) -> Iterator[str]:
        for column in self.written.make.columns.member_facts.values():
            yield from (f"of_{column.name}", f"of_{column.is_there}")
            self.codes += [f"of_{column.name}"] if column.name.startswith("f_c") else []


def _is_text(of: types.Type) -> bool:
    return kind_of(of.of if isinstance(of, types.Optional) else of)[0] == "c"
