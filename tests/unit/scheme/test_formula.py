"""The formula language: exact, small, closed."""

from fractions import Fraction

import pytest

from kaohe.scheme.formula import Formula, FormulaError, NoData, plain, round_half_up


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1 / 3 * 3", 1),
        ("2 - -3", 5),
        ("7 // 2 + 7 % 2", 4),
        ("max(1, min(5, 3))", 3),
        ("whole(7.99)", 7),
        ("round(2.345, 2)", Fraction(235, 100)),
        ("1 < 2 <= 2 and not 3 == 4", True),
        ("5 if rank <= 3 else 0", 5),
        ("table['优'] + 1", 3),
        ("'a' in ['a', 'b']", True),
        ("'circle-' + text(rank)", "circle-2"),
        ("true or missing_name", True),
    ],
)
def test_formula_gives_the_exact_value(text: str, value: object) -> None:
    assert Formula(text)({"rank": 2, "table": {"优": 2}}) == value


@pytest.mark.parametrize(
    "text",
    [
        "1 +",
        "__import__('os')",
        "x.y()",
        "[n for n in y]",
        "lambda: 1",
        "f(a=1)",
        "2 ** 8",
        "x := 1",
        "'a'.upper()",
        "3 * 'a'",
        "'a' < 1",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises((FormulaError, NoData)):
        Formula(text)({})


def test_code_may_stand_bare_inside_a_call() -> None:
    formula = Formula("count(staff.complaints.verified, veto, 'year') >= 2")
    assert formula({"count": lambda *codes: len(codes)}) is True
    assert formula.calls == (("count", ("staff.complaints.verified", "veto", "year")),)


def test_division_by_zero_is_no_data_and_a_condition_without_data_does_not_hold() -> None:
    with pytest.raises(NoData):
        Formula("1 / x")({"x": 0})
    assert Formula("1 / x > 0").holds({"x": 0}) is False


@pytest.mark.parametrize(("value", "whole"), [("0.5", 1), ("-0.5", -1), ("2.5", 3), ("2.4999", 2), ("-2.5", -3)])
def test_ties_round_away_from_zero(value: str, whole: int) -> None:
    assert round_half_up(Fraction(value)) == whole


def test_plain_text_of_numbers() -> None:
    assert [plain(Fraction(n)) for n in ("100", "2.50", "-0.125", "0")] == ["100", "2.5", "-0.125", "0"]
    assert plain(Fraction(2, 3)) == "0.666667"
