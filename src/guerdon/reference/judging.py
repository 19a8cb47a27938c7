"""All rules at one event, in the order of what they read: those that give, their groups, those that take.

Source: language reference, Rules among each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from guerdon.history.event import Event, Facts
from guerdon.program import nodes
from guerdon.reference.groups import together
from guerdon.reference.redeeming import Redeeming
from guerdon.reference.rules import Verdict, judge, use_up
from guerdon.reference.scene import Gift, Scene
from guerdon.reference.world import World

Watch = Callable[[Event, Facts, Verdict], None]
"""Told what came of each rule at each event that is watched."""


def judged(
    world: World, rules: Iterable[nodes.Rule], scene: Scene, redeeming: Redeeming, watch: Watch | None
) -> list[Verdict]:
    """What came of the rules that gave something; `redeeming` holds what others took."""
    event, given, verdicts = scene.event, dict[str, Gift](), dict[str, Verdict]()
    assert event is not None
    scene.given, scene.measures = given, {}
    for rule in rules:
        if event.type in rule.on or watch is not None:
            found = redeeming.judge(rule) if rule.takes else judge(rule, scene, watched=watch is not None)
            verdicts[rule.name] = found
            if found.exact and not found.refused:
                given[rule.name] = Gift(found.quantity, found.exact)
            if not rule.takes and rule.name not in world.groups.of:
                use_up(found, scene)
        group = world.groups.behind.get(rule.name)
        if group is not None:
            sheet = together(group, verdicts, scene)
            given[group.name] = Gift(sheet.quantity)
            for each in sheet.verdicts:
                use_up(each, scene)
    if watch is not None:
        for found in verdicts.values():
            watch(event, scene.facts, found)
    scene.reads = None
    return [each for each in verdicts.values() if not each.rule.takes and _came_to_something(each)]


def _came_to_something(verdict: Verdict) -> bool:
    return bool(verdict.exact or verdict.admitted) or verdict.totals is not None
