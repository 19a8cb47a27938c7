"""All that can be found out about a program, or about two versions of one."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from guerdon.program import nodes
from guerdon.study.prove import intervals, limits
from guerdon.study.prove.beside import beside
from guerdon.study.prove.report import INSTALL, Finding, Most, Report, Undecided
from guerdon.text.diagnostic import Diagnostic

TABLES = frozenset({"G310", "G312", "G350", "G425", "G427"})
"""What the checker says of gaps and overlaps in tables: rows twice, gaps, `else` without a key, empty bands, overlaps."""


def has_solver() -> bool:
    """Whether the solver is there."""
    return find_spec("z3") is not None


def of_tables(name: str, said: Iterable[Diagnostic]) -> Report:
    """The report on a program that has gaps or overlaps in its tables, so that nothing more can be said of it."""
    report = Report(name, [Finding(each) for each in said if each.code in TABLES])
    report.undecided.append(Undecided("everything else", "a program with gaps or overlaps in its tables can't be run"))
    return report


def prove(program: nodes.Program, said: Iterable[Diagnostic] = ()) -> Report:
    """What is amiss in a program, what it gives at most, what is proved and what could not be decided."""
    report = Report(program.frame.name, [Finding(each) for each in said if each.code in TABLES])
    if not has_solver():
        report.findings += beside(program)
        report.findings += intervals.contradictions(program)
        report.findings += limits.never_binding(program, None)
        report.undecided.append(
            Undecided("everything that asks for more than intervals", f"it needs a solver: {INSTALL}")
        )
        return report
    _solved(program, report)
    return report


def _solved(program: nodes.Program, report: Report) -> None:
    from guerdon.study.prove import laws, most, never
    from guerdon.study.prove.asked import Asked
    from guerdon.study.prove.budget import within
    from guerdon.study.prove.covered import covered
    from guerdon.study.prove.solve import WORK

    unreached = list(never.tiers(program))
    of = Asked(program, frozenset((ladder, tier) for ladder, tier, _ in unreached))
    report.findings += beside(program, lambda hole: covered(hole, of))
    report.findings += [found for _, _, found in unreached]
    with within(2 * WORK):
        _add(report, never.rules(of))
    if program.rules and not any(found.said.code in ("G940", "G941") for found in report.findings):
        report.proved.append("every rule can give something") if not report.undecided else None
    with within(2 * WORK):
        _add(report, never.rows(of))
    report.findings += limits.never_binding(program, of)
    _add(report, most.most(of))
    _add(report, laws.laws(program))


def compare(old: nodes.Program, new: nodes.Program) -> Report:
    """Whether the newer of two versions is ever less generous than the older one."""
    report = Report(new.frame.name)
    if not has_solver():
        report.undecided.append(Undecided("what differs", f"it needs a solver: {INSTALL}"))
        return report
    from guerdon.study.prove import versions

    _add(report, versions.less(old, new))
    return report


def _add(report: Report, found: Iterable[Finding | Undecided | Most | str]) -> None:
    for each in found:
        match each:
            case Finding():
                report.findings.append(each)
            case Undecided():
                report.undecided.append(each)
            case Most():
                report.most.append(each)
            case str():
                report.proved.append(each)
