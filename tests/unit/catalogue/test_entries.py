"""Forms for entries are made from the indicator; what is typed is read exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kaohe.catalogue.entries import (
    Entry,
    as_record,
    check,
    entry_form,
    entry_row,
    entry_rows,
    entry_words,
    read_entries,
    read_entry,
    takes_daily_records,
)  # fmt: skip
from kaohe.errors import FieldProblem
from kaohe.plugins import registry
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scoring.facts import Subject
from kaohe.web.forms import Form

DAY = date(2026, 12, 31)


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return registry().scheme("window-staff")


def leaf(scheme: Scheme, code: str) -> Indicator:
    return scheme.leaves[code]


def test_a_range_asks_for_the_amount_within_it(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.discipline.dispute"), kind="staff")
    amount = made.input("amount")
    assert amount is not None
    assert (made.rule_words, amount.low, amount.high) == ("每次扣 3 至 5 分", Decimal(3), Decimal(5))
    assert [one.name for one in made.inputs] == ["amount", "count", "note"]
    assert amount.quick == ("3", "4", "5")


def test_levels_show_their_words_and_what_they_cost(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.attendance.absent"), kind="staff")
    level = made.input("level")
    assert level is not None
    assert level.choices == (("within30", "30分钟以内 −1"), ("over30", "30分钟以上 −2"))
    assert level.default == "within30"


def test_a_parameter_moves_a_bound() -> None:
    scheme = registry().scheme("district-circles")
    special = leaf(scheme, "circle.deduct.special")
    parameters = scheme.resolve_parameters({"special_max": "3"})[0]
    amount = entry_form(scheme, special, kind="centre", parameters=parameters).input("amount")
    assert amount is not None
    assert (amount.low, amount.high) == (Decimal(0), Decimal(3))


def test_a_check_asks_how_far_it_was_done() -> None:
    scheme = registry().scheme("district-circles")
    done = entry_form(scheme, leaf(scheme, "circle.base"), kind="centre").input("done")
    assert done is not None
    assert [value for value, _words in done.choices] == ["full", "partial", "none"]


def test_numbers_are_kept_as_they_were_typed(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.discipline.dispute"), kind="staff")
    entry = read_entry(Form({"amount": "３.50", "count": "2", "note": " 争吵 "}), made)
    assert (entry.values, entry.problems) == ({"amount": "3.5", "count": "2", "note": "争吵"}, ())


@pytest.mark.parametrize("text", ["３．５", "3。5", "3.5分", "3.5 分", "＋3.5"])
def test_numbers_come_as_offices_type_them(scheme: Scheme, text: str) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.discipline.dispute"), kind="staff")
    assert read_entry(Form({"amount": text, "count": "2次"}), made).values == {"amount": "3.5", "count": "2"}


def test_a_comma_parts_thousands_and_is_no_decimal_point(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "window.bonus.volume"), kind="window")
    assert read_entry(Form({"value": "13，100"}), made).values == {"value": "13100"}
    assert [one.message for one in read_entry(Form({"value": "3，5"}), made).problems] == ["数值「3，5」应为数字"]


def test_every_wrong_field_is_told_in_chinese(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.discipline.dispute"), kind="staff")
    entry = read_entry(Form({"e0.amount": "9", "e0.count": "1.5"}), made, "e0.")
    assert entry.problems == (
        FieldProblem("e0.amount", "扣分「9」应在 3 至 5 之间"),
        FieldProblem("e0.count", "次数「1.5」应为整数"),
    )


@pytest.mark.parametrize("text", ["", "三", "1e3", "NaN", "--3", "3,5元"])
def test_what_is_no_number_is_refused(scheme: Scheme, text: str) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.discipline.dispute"), kind="staff")
    assert [problem.place for problem in read_entry(Form({"amount": text}), made).problems] == ["amount"]


def test_empty_rows_are_left_out(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.attendance.absent"), kind="staff")
    posted = Form({"e0.level": "over30", "e0.count": "2", "e1.level": "", "e1.count": "", "e2.level": "within30"})
    assert [entry.values for entry in read_entries(posted, made)] == [
        {"level": "over30", "count": "2"},
        {"level": "within30"},
    ]


def test_stored_entries_are_followed_by_a_blank_row(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.attendance.absent"), kind="staff")
    rows = entry_rows(made, [{"level": "over30", "count": "2"}])
    assert [{cell.name: cell.value for cell in row.cells} for row in rows] == [
        {"e0.level": "over30", "e0.count": "2", "e0.note": ""},
        {"e1.level": "", "e1.count": "", "e1.note": ""},
    ]
    assert [row.blank for row in rows] == [False, True]


def test_a_refused_form_shows_what_was_typed(scheme: Scheme) -> None:
    made = entry_form(scheme, leaf(scheme, "staff.discipline.dispute"), kind="staff")
    posted = Form({"amount": "9", "count": "1", "note": ""})
    row = entry_row(made, {"amount": "4"}, posted=posted, problems=read_entry(posted, made).problems)
    assert (row.cells[0].value, row.cells[0].error) == ("9", "扣分「9」应在 3 至 5 之间")


@pytest.mark.parametrize(
    ("code", "values", "words"),
    [
        ("staff.discipline.dispute", {"amount": "4"}, "−4"),
        ("staff.discipline.dispute", {"amount": "3.5", "count": "2"}, "2 次 × −3.5"),
        ("staff.attendance.absent", {"count": "3"}, "30分钟以内 3 次 × −1"),
        ("staff.discipline.idle", {}, "−2"),
        ("staff.bonus.banner", {"count": "2"}, "2 次 × +0.5"),
        ("window.bonus.volume", {"value": "3100"}, "3100"),
    ],
)
def test_an_entry_reads_like_a_sentence_of_the_list(
    scheme: Scheme, code: str, values: dict[str, str], words: str
) -> None:
    assert entry_words(leaf(scheme, code), values).startswith(words)


def test_the_engine_has_the_last_word(scheme: Scheme) -> None:
    parameters, day = scheme.resolve_parameters({})[0], date(2026, 3, 9)
    person = Subject(id="s1", kind="staff", active_to=date(2026, 3, 1))
    told = check(scheme, parameters, person, leaf(scheme, "staff.discipline.dispute"), [{"amount": "9"}], day=day)
    assert [problem.place for problem in told] == ["date", "amount"]
    assert told[1].message == "扣分：9 不在 3 至 5 之间"


def test_measures_become_numbers_for_the_engine(scheme: Scheme) -> None:
    record = as_record(leaf(scheme, "window.bonus.volume"), {"value": "3100", "date": "2026-03-31"}, subject="w1",
                       day=date(2026, 4, 1))  # fmt: skip
    assert (record.value, record.date) == (Decimal(3100), date(2026, 3, 31))


def test_ratings_are_not_daily_records() -> None:
    scheme = registry().scheme("district-circles")
    taken = {code for code, one in scheme.leaves.items() if takes_daily_records(one)}
    assert "circle.deduct.overdue" in taken
    assert not {"circle.base", "circle.content.standard_1"} & taken


def test_a_target_is_told_and_asked_for_only_where_nothing_sets_it() -> None:
    county, trade = registry().scheme("county-targets"), registry().scheme("ecommerce-targets")
    fixed = entry_form(county, leaf(county, "dept.efficiency.limits.onsite"), kind="department")
    assert fixed.rule_words == "满分 2.5 分，目标 99.5%，未达到不得分"
    retail, attributes = leaf(trade, "ecom.retail"), {"targets": {"ecom.retail": "10000"}}
    own = entry_form(trade, retail, kind="county", attributes=attributes, period="year")
    assert (own.rule_words, own.input("target")) == ("满分 1 分，目标 10000 万元，未达到按比例计分", None)
    half = entry_form(trade, retail, kind="county", attributes=attributes, period="half")
    assert (half.rule_words, half.input("target") is not None) == ("满分 1 分", True)


def test_a_required_yes_or_no_is_asked_as_both_and_no_is_kept() -> None:
    scheme = registry().scheme("ecommerce-targets")
    own = {"targets": {"ecom.villages": "4"}}
    made = entry_form(scheme, leaf(scheme, "ecom.villages"), kind="county", attributes=own, period="year")
    functions = made.input("fields.functions")
    assert functions is not None
    assert functions.choices == (("1", "是"), ("0", "否"))
    typed = {"fields.service_points": "2", "fields.functions": "0", "fields.shops": "3"}
    entry = read_entry(Form(typed), made)
    assert (entry.values["fields"]["functions"], entry.problems) == (False, ())
    assert [cell.value for cell in entry_row(made, entry.values).cells if cell.input == functions] == ["0"]
    lacking = read_entry(Form(typed | {"fields.functions": ""}), made).values
    county = Subject(id="c", kind="county", name="甲县", attributes=own)
    told = check(scheme, scheme.resolve_parameters({})[0], county, leaf(scheme, "ecom.villages"), [lacking], day=DAY)
    assert [problem.message for problem in told] == ["功能齐备：缺少，应为是或否"]


def test_a_total_stands_in_for_the_measures_of_each() -> None:
    made = entry_form(
        registry().scheme("ecommerce-targets"), registry().scheme("ecommerce-targets").leaves["ecom.incubator"]
    )
    assert read_entry(Form({"value": "2", "target": "2"}), made) == Entry({"value": "2", "target": "2"})


def test_measures_read_in_the_scheme_s_order() -> None:
    scheme = registry().scheme("ecommerce-targets")
    stored = {"fields": {"shops": "3", "functions": True, "service_points": "2"}}
    assert entry_words(leaf(scheme, "ecom.villages"), stored) == "服务点数 2，功能齐备 是，网店数 3"


def test_points_of_a_check_are_asked_for_only_where_it_may_be_partly_met() -> None:
    scheme = registry().scheme("open-gov-county")
    screen = entry_form(scheme, leaf(scheme, "opengov.forms.screen"), kind="department").input("rating")
    assert screen is not None
    assert screen.only_partial
    survey = entry_form(scheme, leaf(scheme, "opengov.effect.survey"), kind="department")
    assert survey.input("rating") is None


def test_a_rating_on_another_scale_says_what_it_becomes() -> None:
    scheme = registry().scheme("service-eval-weighted")
    rating = entry_form(scheme, leaf(scheme, "eval.efficiency.speed"), kind="unit").input("rating")
    assert rating is not None
    assert rating.hint == "百分制，可填 0 至 100，折算为 10 分"


def test_a_check_that_lacks_everything_is_told_in_words() -> None:
    scheme = registry().scheme("open-gov-county")
    unit = Subject(id="u", kind="department", name="甲局", attributes={})
    values = scheme.resolve_parameters({})[0]
    told = check(scheme, values, unit, leaf(scheme, "opengov.effect.survey"), [{}], day=DAY)
    assert [problem.message for problem in told] == ["完成情况：缺少，应为 未达到、不适用，或填写各项数据"]
