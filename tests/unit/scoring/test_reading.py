"""Facts from text, every fault told at once; single records for a form; facts written and read again."""

from datetime import date
from decimal import Decimal

import pytest

from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.scoring import (
    BadFacts,
    Problem,
    Record,
    Subject,
    check_record,
    decode_facts,
    encode,
    encode_facts,
    explain,
    score,
)

WINDOW_STAFF = registry().scheme("window-staff")
FACTS = """
scheme: window-staff
period: 2026-03
subjects:
  - {id: w1, kind: window, name: 不动产登记窗口, attributes: {headcount: 4}}
  - {id: s1, kind: staff, name: 甲, parent: w1}
records:
  - {subject: s1, leaf: staff.attendance.absent, date: 2026-03-04, count: 2}
  - {id: r7, subject: s1, leaf: staff.discipline.dispute, date: 2026-03-09, amount: 4, note: 与办事群众争吵}
"""


def told(text: str) -> list[str]:
    with pytest.raises(BadFacts) as bad:
        score(WINDOW_STAFF, decode_facts(text))
    return [str(problem) for problem in bad.value.problems]


def test_yaml_and_json_with_the_same_facts_give_the_same_bytes() -> None:
    facts = decode_facts(FACTS)
    assert encode(score(WINDOW_STAFF, decode_facts(encode_facts(facts)))) == encode(score(WINDOW_STAFF, facts))


def test_everything_wrong_is_told_at_once_with_its_place() -> None:
    text = """
scheme: window-staff
period: 2026-Q5
colour: red
parameters: {bonus_cap: x, nonsense: 1}
calendar: {holidays: [2026-02-30], free: []}
subjects:
  - {id: w1, kind: window, attributes: {headcount: 1.5}}
  - {id: s1, kind: staff, parent: w9}
  - {id: s2, kind: clerk, active_from: soon}
  - {kind: staff, parent: w1}
  - {id: s2, kind: clerk}
records:
  - {subject: s1, leaf: staff.discipline.dispute, date: 2026-03-09, amount: four}
  - {subject: s1, leaf: staff.discipline.dispute, date: 2026-03-32, amount: 9}
  - {leaf: staff.discipline.idle, date: 2026-03-01}
  - 7
"""
    assert told(text) == [
        "calendar.holidays[0]: 2026-02-30 is not a date, expected YYYY-MM-DD",
        "calendar.free: free is unknown, expected holidays, workdays",
        "colour: colour is unknown, expected scheme, period, parameters, calendar, subjects, records",
        "period: 2026-Q5 is unknown, expected month, quarter, year (window-staff)",
        "parameters.bonus_cap: x is outside 0 to 100 (window-staff)",
        "parameters.nonsense: nonsense is unknown, expected " + ", ".join(WINDOW_STAFF.parameters) + " (window-staff)",
        "subjects[0].attributes.headcount: 1.5 is outside integer at least 1 (window-staff)",
        "subjects[1].parent: w9 is unknown, expected one of the subjects (window-staff)",
        "subjects[2].active_from: soon is not a date, expected YYYY-MM-DD (window-staff)",
        "subjects[2].kind: clerk is unknown, expected staff, window (window-staff)",
        "subjects[3].id: is missing, expected text (window-staff)",
        "subjects[4].id: s2 is there twice, an id stands once (window-staff)",
        "subjects[4].kind: clerk is unknown, expected staff, window (window-staff)",
        "records[0].amount: four is not a number (window-staff staff.discipline.dispute)",
        "records[1].date: 2026-03-32 is not a date, expected YYYY-MM-DD (window-staff staff.discipline.dispute)",
        "records[1].amount: 9 is outside 3 to 5 (window-staff staff.discipline.dispute)",
        "records[2].subject: is missing, expected text (window-staff staff.discipline.idle)",
        "records[3]: 7 is not a mapping (window-staff)",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{scheme: a", "line 1"),
        ('{"scheme": ]', "line 1"),
        ("- 1", "facts"),
        (b"\xff\xfe", "facts"),
        ("a: [1\nb: 2", "line 1"),
    ],
)
def test_text_that_is_no_facts_file_is_refused(text: str | bytes, place: str) -> None:
    with pytest.raises(BadFacts) as bad:
        decode_facts(text)
    assert bad.value.problems[0].place == place


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "true", "[1]"])
def test_only_sensible_numbers_are_numbers(number: str) -> None:
    text = FACTS.replace("amount: 4", f"amount: {number}")
    assert told(text)[0].startswith("records[1].amount: ")


def test_json_numbers_are_read_from_their_text() -> None:
    text = b'{"scheme": "x", "period": "2026", "records": [{"subject": "a", "leaf": "b", "date": "2026-01-01", "amount": 0.1}]}'
    assert decode_facts(text).records[0].amount == Decimal("0.1")


def test_one_record_is_checked_by_itself_with_the_same_words() -> None:
    values, _ = WINDOW_STAFF.resolve_parameters({})
    staff = Subject(id="s1", kind="staff", parent="w1", active_to=date(2026, 3, 1))
    record = Record(subject="s1", leaf="staff.discipline.dispute", date=date(2026, 3, 9), amount=Decimal(9))
    found = check_record(WINDOW_STAFF, values, staff, record)
    assert [str(problem) for problem in found] == [
        "record.date: 2026-03-09 is outside the activity … to 2026-03-01 (window-staff staff.discipline.dispute)",
        "record.amount: 9 is outside 3 to 5 (window-staff staff.discipline.dispute)",
    ]
    assert [problem.message for problem in found] == [
        "2026-03-09 不在考核对象的在岗期间 … 至 2026-03-01 内",
        "9 不在 3 至 5 之间",
    ]


def test_problem_speaks_chinese_and_the_command_lines_form() -> None:
    problem = Problem("records[3].amount", "range", "9", "3 to 5", "window-staff", "staff.discipline.dispute")
    assert str(problem) == "records[3].amount: 9 is outside 3 to 5 (window-staff staff.discipline.dispute)"
    assert problem.message == "9 不在 3 至 5 之间"


def test_sheet_is_explained_line_by_line() -> None:
    said = explain(score(WINDOW_STAFF, decode_facts(FACTS)), "s1", WINDOW_STAFF)
    assert said[0] == "甲 2026-03 总分 94.00 = 基础 100.00 + 加分 0.00 − 扣分 6.00"
    assert "  扣分 -4.00：用语不文明、争吵（人员细则(二)3） 4 分，依据记录 r7" in said


def test_own_calendar_replaces_the_shipped_one() -> None:
    shipped = national_calendar()
    assert decode_facts(FACTS, calendar=shipped).calendar is shipped
    own = decode_facts(FACTS + "calendar: {holidays: [2026-03-05], workdays: [2026-03-07]}", calendar=shipped).calendar
    assert (own.is_workday(date(2026, 3, 5)), own.is_workday(date(2026, 3, 7))) == (False, True)


def test_attributes_and_measures_are_the_same_however_they_are_written() -> None:
    scheme = registry().scheme("ecommerce-targets")
    head = "scheme: ecommerce-targets\nperiod: 2026\n"
    ways = [
        ("{ecom.leaders: 2}", "{turnover: 12000}"),
        ("{ecom.leaders: 2.0}", "{turnover: 12000.0}"),
        ("{ecom.leaders: '2'}", "{turnover: '12000'}"),
    ]
    others = "".join(f", ecom.{name}: 0" for name in OTHERS)
    told = {
        encode(
            score(
                scheme,
                decode_facts(f"""{head}
subjects: [{{id: a, kind: county, attributes: {{targets: {targets[:-1]}{others}}}}}}}]
records: [{{subject: a, leaf: ecom.leaders, date: 2026-03-04, fields: {fields}}}]
"""),
            )
        )
        for targets, fields in ways
    }
    assert len(told) == 1


OTHERS = ("training", "trade", "retail", "shops", "villages", "investment", "incubator", "platform")


def test_number_that_is_none_is_refused_where_a_number_is_declared() -> None:
    text = FACTS.replace("headcount: 4", "headcount: .nan")
    assert told(text) == ["subjects[0].attributes.headcount: .nan is outside integer at least 1 (window-staff)"]


def test_value_with_a_line_break_is_told_on_one_line() -> None:
    assert told(FACTS.replace("count: 2", 'count: "a\\nb"'))[0].splitlines() == [
        "records[0].count: a\\nb is not a whole number (window-staff staff.attendance.absent)"
    ]


def test_empty_period_is_missing() -> None:
    assert told(FACTS.replace("period: 2026-03", "period: ''")) == ["period: is missing, expected text"]
