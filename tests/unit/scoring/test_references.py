"""Targets set per subject, polls, records that are unique, subjects named in fields."""

from decimal import Decimal

from tests.unit.scoring.kit import problems, sheet, totals

TARGETS = """
periods: [year, half]
only: {half: [1]}
kinds:
  - {id: unit, title: 单位, attributes: {goals: {type: map}, goals_h1: {type: map}}}
indicators:
  - {code: t, title: 甲, rule: target, points: 10, target_from: {year: goals, half: goals_h1}, accumulates: true}
"""
POLL = """
indicators:
  - code: p
    title: 测评
    rule: check
    points: 10
    done: [none]
    fields: {yes: {required: true}, half: {}}
    formula: (yes + 0.5 * half) / 100
    must: [{holds: yes + half <= 100, why: 合计不超过 100}]
"""


def goals(**attributes: dict[str, int]) -> list[dict[str, object]]:
    return [{"id": "a", "kind": "unit", "attributes": attributes}]


def test_target_of_a_subject_yields_to_the_records_own() -> None:
    row = "records: [{subject: a, leaf: t, date: 2026-03-01, value: 2EXTRA}]"
    assert sheet(TARGETS, row.replace("EXTRA", ""), subjects=goals(goals={"t": 8})).total == Decimal("2.5")
    assert sheet(TARGETS, row.replace("EXTRA", ", target: 4"), subjects=goals(goals={"t": 8})).total == Decimal(5)


def test_target_that_is_missing_is_a_problem_without_any_record() -> None:
    assert problems(TARGETS, "records: []", subjects=goals(goals={})) == [
        "subjects[0].attributes.goals.t: is missing, expected a number (test t)"
    ]


def test_target_of_nothing_is_full_with_a_remark() -> None:
    made = sheet(TARGETS, "records: []", subjects=goals(goals={"t": 0}))
    assert (made.total, made.missing, made.remarks) == (Decimal(10), [], ["t 目标为 0，按满分计"])


def test_half_year_has_its_own_targets_and_no_second_half() -> None:
    rows = "records: [{subject: a, leaf: t, date: 2026-03-01, value: 2}]"
    subjects = goals(goals={"t": 8}, goals_h1={"t": 4})
    assert totals(TARGETS, rows, subjects=subjects, period="2026-H1") == {"a": Decimal(5)}
    assert problems(TARGETS, rows, subjects=subjects, period="2026-H2") == [
        "period: 2026-H2 is not one of year, H1 (test)"
    ]


def test_poll_gives_a_share_by_its_measures_or_nothing_when_none_was_held() -> None:
    row = "records: [{subject: a, leaf: p, date: 2026-03-01, EXTRA}]"
    assert sheet(POLL, row.replace("EXTRA", "fields: {yes: 60, half: 30}")).total == Decimal("7.5")
    none = sheet(POLL, row.replace("EXTRA", "done: none"))
    assert (none.total, none.missing) == (Decimal(0), [])
    assert problems(POLL, row.replace("EXTRA", "fields: {yes: 60, half: 41}")) == [
        "records[0].fields: yes 60, half 41 breaks the rule: yes + half <= 100 (test p)"
    ]


def test_record_unique_by_its_members_stands_once() -> None:
    body = """
indicators:
  - {code: n, title: 甲, rule: counter, item: false, unique: [matter, fields.where], fields: {where: {type: text}}}
  - {code: b, title: 乙, rule: bonus, amount: 1}
"""
    row = "{subject: a, leaf: n, date: 2026-03-01, matter: x, fields: {where: y}}"
    assert problems(body, f"records: [{row}, {row}]") == [
        "records[1].fields.where: x, y is there twice, one record for each matter and fields.where (test n)"
    ]


def test_matters_count_in_the_month_in_which_they_first_came_up() -> None:
    body = """
periods: [month]
indicators:
  - {code: n, title: 甲, rule: counter, item: false, matter: required}
  - {code: f, title: 乙, rule: formula, formula: matters(n)}
"""
    row = "{subject: a, leaf: n, date: DAY, matter: x}"
    rows = f"records: [{row.replace('DAY', '2026-02-01')}, {row.replace('DAY', '2026-03-01')}]"
    assert totals(body, rows, period="2026-02") == {"a": Decimal(1)}
    assert totals(body, rows, period="2026-03") == {"a": Decimal(0)}


def test_problems_come_in_the_order_of_the_facts() -> None:
    body = "indicators: [{code: b, title: 甲, rule: bonus, amount: 1}]"
    rows = "records: [{subject: a, leaf: b, date: 2026-01-01, count: 0}, {subject: a, leaf: b, date: 2026-02-30}]"
    assert problems(body, rows) == [
        "records[0].count: 0 is outside whole numbers from 1 (test b)",
        "records[1].date: 2026-02-30 is not a date, expected YYYY-MM-DD (test b)",
    ]
