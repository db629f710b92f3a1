"""What the vocabulary of the kit does not say: late items, editors' shares, the year's conversion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from kaohe import Cohort, Draft, Record, View

SUBMITTED, ADOPTED, NO_INFORMANT = "info.submitted", "info.adopted", "info.no_informant"


def adopted(view: View) -> Iterator[Draft]:
    """第九条: each adoption counts by its level; several outlets add up."""
    for record in view.records(ADOPTED):
        late = "，迟报" if _is_late(view.cohort, record) else ""
        yield Draft("points", _earned(view.cohort, record), records=(record.id,), why=f"{record.level} 采用{late}")


def edited(view: View) -> Iterator[Draft]:
    """The editor's share of what the adopted record really earned."""
    factor = Fraction(view.name("editor_factor"))
    for record in _edited_by(view.cohort).get(view.subject.id, ()):
        earned = _earned(view.cohort, record)
        name = view.cohort.all_subjects[record.subject].name or record.subject
        yield Draft("points", earned * factor, records=(record.id,), why=f"编辑「{name}」的「{record.matter}」")


def conversion(view: View) -> Iterator[Draft]:
    """第十一条: points over the year's task, at most full; halves lost for informant and task."""
    given, full = view.part("info.points"), Fraction(view.name("weight"))
    converted = full * min(Fraction(1), given / Fraction(view.name("annual_points_task")))
    losses = list(_losses(view, converted / 2))
    final = converted + sum((Fraction(loss.points) for loss in losses), Fraction(0))
    yield Draft("adjust", converted - given, why="折合")
    yield from losses
    gap = _cents(final) - _cents(given) - (final - given)
    if _cents(final - given) != _cents(final) - _cents(given):
        yield Draft("adjust", gap, why="舍入")


def _losses(view: View, half: Fraction) -> Iterator[Draft]:
    if not half:
        return
    if records := view.records(NO_INFORMANT):
        ids = tuple(record.id for record in records)
        yield Draft("deduction", -half, records=ids, why="未落实信息员，扣 50%")
    if _missed(view):
        yield Draft("deduction", -half, why="未完成报送任务，扣 50%")


def _missed(view: View) -> bool:
    """第四条: by default any month in which the unit was active and short."""
    task = view.name("monthly_task")
    if view.name("task_basis") == "year_total":
        return bool(view.call("matters", SUBMITTED) < 12 * task)
    months = (month for month in view.period.parts("month") if view.subject.is_active(month))
    return any(view.call("matters", SUBMITTED, month) < task for month in months)


def _earned(cohort: Cohort, record: Record) -> Fraction:
    amount = cohort.scheme.leaves[ADOPTED].levels[record.level or ""].amount
    points = Fraction(amount(cohort.parameters)) if amount is not None else Fraction(0)
    return points * Fraction(cohort.parameters["late_factor"]) if _is_late(cohort, record) else points


def _is_late(cohort: Cohort, record: Record) -> bool:
    """The item of an adoption is known by its matter; what counts is when it was first submitted."""
    if "late" not in cohort.memo:
        cohort.memo["late"] = set(_late_items(cohort))
    return (record.subject, record.matter) in cohort.memo["late"]


def _late_items(cohort: Cohort) -> Iterator[tuple[str, str | None]]:
    days = int(cohort.parameters["late_days"])
    for subject, records in cohort.records.items():
        seen: set[str | None] = set()
        for record in records:
            fields = record.fields or {}
            if record.leaf != SUBMITTED or record.matter in seen:
                continue
            seen.add(record.matter)
            if fields.get("urgent") and record.date > _deadline(cohort, fields["event_date"], days):
                yield subject, record.matter


def _deadline(cohort: Cohort, event: object, days: int) -> date:
    return cohort.calendar.add_workdays(date.fromisoformat(str(event)), days)


def _edited_by(cohort: Cohort) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] | None = cohort.memo.get("edited")
    if found is None:
        found = cohort.memo["edited"] = {}
        for records in cohort.records.values():
            for record in records:
                editor = (record.fields or {}).get("editor") if record.leaf == ADOPTED else None
                if editor and cohort.period.contains(record.date):
                    found.setdefault(editor, []).append(record)
        for mine in found.values():
            mine.sort(key=lambda record: (record.date, record.subject, record.id))
    return found


def _cents(points: Fraction) -> Fraction:
    """To two decimals, ties away from zero."""
    size = (abs(points) * 200 + 1) // 2
    return Fraction(size if points >= 0 else -size, 100)
