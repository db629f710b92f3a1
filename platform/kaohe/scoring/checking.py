"""Whether facts are fit to be scored; every problem is told, none is repaired."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kaohe.scheme.model import Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period, parse
from kaohe.scheme.problems import Problem, shown
from kaohe.scoring.facts import Facts, Record, Subject
from kaohe.scoring.record_checks import LeafCheck
from kaohe.scoring.references import check_references, check_targets
from kaohe.scoring.subject_checks import check_subjects
from kaohe.scoring.together import check_together

LeafChecks = Mapping[tuple[str, str], LeafCheck]


def check(scheme: Scheme, facts: Facts) -> list[Problem]:
    """In the order: head, parameters, subjects, records. Empty means that it can be scored."""
    return Checker(scheme, facts).problems()


def check_record(
    scheme: Scheme, values: Values, subject: Subject, record: Record, place: str = "record"
) -> list[Problem]:
    """One record by itself, as a form would ask; `values` are the resolved parameters."""
    leaf = scheme.leaves.get(record.leaf)
    if leaf is None or subject.kind not in leaf.kinds:
        return [_unknown_leaf(scheme, subject.kind, record, place)]
    found = list(_activity(subject, record, place, scheme.id))
    return found + list(LeafCheck(scheme, leaf, subject.kind, values)(record, place))


class Checker:
    def __init__(self, scheme: Scheme, facts: Facts) -> None:
        self.scheme, self.facts = scheme, facts
        self.values, self.parameter_problems = scheme.resolve_parameters(facts.parameters)
        self.period: Period | None = None
        self.subjects: dict[str, Subject] = {}

    def problems(self) -> list[Problem]:
        found = [*self.facts.unread, *self._head(), *self.of_parameters()]
        found += check_subjects(self.scheme, self.facts.subjects, self.period, self.values)
        self.subjects = {subject.id: subject for subject in self.facts.subjects}
        found += self._records()
        if self.period is not None:
            found += check_together(self.scheme, self.facts, self.subjects, self.period, self.values)
            found += check_targets(self.scheme, self.facts, self.period)
        found += check_references(self.scheme, self.facts, self.subjects)
        return sorted(_told_once(found), key=_in_facts) if found else found

    def of_parameters(self) -> list[Problem]:
        return [*self.parameter_problems, *self._leaf_points(), *self._tie_break()]

    def _leaf_points(self) -> Iterator[Problem]:
        """Points that fill in a missing annex must still add up to their branch."""
        scheme, name = self.scheme, self.scheme.leaf_points
        if name is None or not self.values[name]:
            return
        for branch in scheme.branches.values():
            for kind in branch.kinds:
                full = scheme.full_points(branch, kind, self.values)
                mine = [child for child in branch.children if kind in child.kinds]
                given = [scheme.full_points(child, kind, self.values) for child in mine]
                if full is None or not given or any(points is None for points in given):
                    continue
                if sum(given) != full:
                    value, allowed = f"{kind} {branch.code} {shown(sum(given))}", f"its {shown(full)} points"
                    place = f"parameters.{name}"
                    yield Problem(place, "conflict", value, allowed, scheme.id, "", f"该项分值 {shown(full)}")

    def _tie_break(self) -> Iterator[Problem]:
        """Ties are broken by the bonus, the deduction or an item, and by nothing else."""
        known = ["deduction", "bonus", *(node.code for node in self.scheme.indicators if node.item)]
        for name in str(self.values.get("tie_break", "deduction")).split(","):
            if name.strip() and name.strip() not in known:
                allowed = ", ".join(known)
                yield Problem("parameters.tie_break", "choice", name.strip(), allowed, self.scheme.id)

    def _head(self) -> Iterator[Problem]:
        scheme, facts = self.scheme, self.facts
        if facts.scheme and facts.scheme != scheme.id:
            yield Problem("scheme", "unknown", facts.scheme, scheme.id)
        allowed = ", ".join(_allowed_periods(scheme))
        if not facts.period:
            return
        try:
            period = parse(facts.period, scheme.month_starts)
        except ValueError:
            yield Problem("period", "unknown", facts.period, allowed, scheme.id)
            return
        if not scheme.has_period(period):
            yield Problem("period", "choice", facts.period, allowed, scheme.id)
            return
        self.period = period

    def _records(self) -> Iterator[Problem]:
        checks: dict[tuple[str, str], LeafCheck] = {}
        subjects, ids = self.subjects, set()
        kinds = {kind.id for kind in self.scheme.kinds}
        for index, record in enumerate(self.facts.records):
            if record.id:
                if record.id in ids:
                    yield self._twice(record, index)
                ids.add(record.id)
            subject = subjects.get(record.subject)
            if subject is None:
                yield self._no_subject(record, index)
                continue
            if subject.kind not in kinds:
                continue
            key = (subject.kind, record.leaf)
            leaf_check = checks.get(key)
            if leaf_check is None:
                leaf = self.scheme.leaves.get(record.leaf)
                if leaf is None or subject.kind not in leaf.kinds:
                    yield _unknown_leaf(self.scheme, subject.kind, record, f"records[{index}]")
                    continue
                leaf_check = checks[key] = LeafCheck(self.scheme, leaf, subject.kind, self.values)
            if subject.active_from is not None or subject.active_to is not None:
                yield from _activity(subject, record, f"records[{index}]", self.scheme.id)
            if not leaf_check.quick(record):
                yield from leaf_check(record, f"records[{index}]")

    def _twice(self, record: Record, index: int) -> Problem:
        where, scheme = f"records[{index}].id", self.scheme.id
        return Problem(where, "duplicate", record.id, "an id stands once", scheme, record.leaf, "编号只能出现一次")

    def _no_subject(self, record: Record, index: int) -> Problem:
        place, scheme = f"records[{index}].subject", self.scheme.id
        allowed = "one of the subjects"
        return Problem(place, "unknown", record.subject, allowed, scheme, record.leaf, "考核对象之一")


def _unknown_leaf(scheme: Scheme, kind: str, record: Record, place: str) -> Problem:
    """A branch and another kind's leaf are as wrong as a code that is nowhere."""
    near = record.leaf.rsplit(".", 1)[0]
    leaves = [code for code, leaf in scheme.leaves.items() if kind in leaf.kinds]
    close = [code for code in leaves if code.startswith(near + ".")] or leaves
    listed = ", ".join(close[:8]) + (", …" if len(close) > 8 else "")
    return Problem(f"{place}.leaf", "unknown", record.leaf, listed, scheme.id, record.leaf)


def _activity(subject: Subject, record: Record, place: str, scheme: str) -> Iterator[Problem]:
    first, last = subject.active_from, subject.active_to
    if (first is None or record.date >= first) and (last is None or record.date <= last):
        return
    allowed = f"{first or '…'} to {last or '…'}"
    yield Problem(f"{place}.date", "inactive", str(record.date), allowed, scheme, record.leaf)


def _allowed_periods(scheme: Scheme) -> Iterator[str]:
    for kind in scheme.periods:
        letter = {"half": "H", "quarter": "Q", "week": "W"}.get(kind, "")
        yield from (f"{letter}{number}" for number in scheme.only.get(kind, ())) if kind in scheme.only else (kind,)


def _in_facts(problem: Problem) -> tuple[int, int]:
    """Where the facts have what is wrong: the head, then the subjects, then the records."""
    found = re.match(r"(subjects|records)\[(\d+)\]", problem.place)
    return (1 + (found[1] == "records"), int(found[2])) if found else (0, 0)


def _told_once(problems: list[Problem]) -> list[Problem]:
    """A member that could not be read is not also reported as missing or out of range."""
    seen: dict[str, Problem] = {}
    for problem in problems:
        if problem.place.rpartition(".")[0] not in seen:
            seen.setdefault(problem.place, problem)
    return list(seen.values())
