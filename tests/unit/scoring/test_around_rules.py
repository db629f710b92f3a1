"""What may stand around any rule: bounds, conditions, coefficients, shared and copied records."""

from decimal import Decimal

from tests.unit.scoring.kit import problems, result, scheme, sheet, totals, units

BONUS = """
indicators:
  - code: b
    title: 加分
    line: bonus
    EXTRA
    children:
      - {code: .x, title: 甲, rule: bonus-range, min: 0, max: 100}
      - {code: .y, title: 乙, rule: bonus-range, min: 0, max: 100}
"""


def give(*rows: str) -> str:
    return "records: [" + ", ".join(f"{{subject: a, leaf: {row}}}" for row in rows) + "]"


def test_cap_of_a_branch_over_a_shorter_window_than_the_period() -> None:
    body = BONUS.replace("EXTRA", "caps: {quarter: 3}")
    made = sheet(
        body,
        give(
            "b.x, date: 2026-01-05, amount: 2", "b.y, date: 2026-03-05, amount: 2", "b.x, date: 2026-04-05, amount: 1"
        ),
    )
    assert (made.total, made.bonus) == (Decimal(4), Decimal(4))


def test_cap_of_a_branch_over_a_longer_window_counts_earlier_months() -> None:
    body = "periods: [month]\n" + BONUS.replace("EXTRA", "caps: {month: 3, year: 5}")
    rows = give("b.x, date: 2026-01-05, amount: 9", "b.y, date: 2026-03-05, amount: 9")
    assert sheet(body, rows, period="2026-01").total == Decimal(3)
    assert sheet(body, rows, period="2026-03").total == Decimal(2)


def test_cap_on_a_part_of_a_sum() -> None:
    body = BONUS.replace("EXTRA", "part_caps: [{of: [b.x], cap: 2}]")
    made = sheet(body, give("b.x, date: 2026-01-05, amount: 5", "b.y, date: 2026-01-05, amount: 4"))
    assert made.bonus == Decimal(6)


def test_null_parameter_is_no_cap() -> None:
    body = "parameters: {c: {default: null, nullable: true, min: 0}}\n" + BONUS.replace("EXTRA", "caps: {year: c}")
    rows = give("b.x, date: 2026-01-05, amount: 50")
    assert sheet(body, rows).total == Decimal(50)
    assert sheet(body, rows, parameters={"c": 7}).total == Decimal(7)


def test_rewards_after_the_floor_may_lift_above_full() -> None:
    body = """
indicators:
  - code: c
    title: 纪律
    points: 200
    rule: deduct-from-full
    children:
      - {code: .bad, title: 甲, rule: deduct, amount: 10}
      - {code: .reward, title: 乙, rule: bonus, amount: 2, after_floor: true}
"""
    made = sheet(body, give("c.bad, date: 2026-01-05, count: 30", "c.reward, date: 2026-01-06"))
    assert (made.total, made.bonus, made.deduction, made.base) == (Decimal(2), Decimal(2), Decimal(200), Decimal(200))
    assert sheet(body, give("c.reward, date: 2026-01-06")).total == Decimal(202)


def test_bonus_only_above_a_line() -> None:
    body = """
indicators:
  - {code: k, title: 基础, points: 100, rule: judged}
  - code: b
    title: 加分
    line: bonus
    only_when: subtotal >= 60
    only_when_remark: 未过 60 分，不计加分
    children: [{code: .x, title: 甲, rule: bonus, amount: 5}]
"""
    at = [sheet(body, give(f"k, date: 2026-05-05, rating: {n}", "b.x, date: 2026-05-05")) for n in ("60", "59.9")]
    assert [made.total for made in at] == [Decimal(65), Decimal("59.9")]
    assert [made.remarks for made in at] == [[], ["未过 60 分，不计加分"]]


def test_coefficient_of_the_subject() -> None:
    body = """
kinds:
  - {id: unit, title: 单位, attributes: {difficulty: {default: 1, min: 0.5, max: 1.5}}}
indicators: [{code: k, title: 得分, points: 100, rule: judged, coefficient: difficulty}]
"""
    subjects = [{"id": "a", "kind": "unit", "attributes": {"difficulty": scheme_number("1.05")}}]
    made = sheet(body, give("k, date: 2026-05-05, rating: 81"), subjects=subjects)
    assert made.total == Decimal("85.05")
    assert [(line.kind, line.amount) for line in made.lines] == [("points", Decimal(81)), ("adjust", Decimal("4.05"))]


def scheme_number(text: str) -> Decimal:
    return Decimal(text)


def test_veto_ends_without_a_score() -> None:
    body = """
stages:
  - {status: 一票否决, when: count(v.x) >= 1, flags: [vetoed]}
  - {status: 限分, when: count(v.y) >= 1, total: 59}
grading: [{grades: [{name: 合格, min: 60}], otherwise: 不合格}]
indicators:
  - {code: k, title: 得分, points: 100, rule: judged}
  - {code: v, title: 否决, item: false, children: [{code: .x, title: 甲, rule: counter}, {code: .y, title: 乙, rule: counter}]}
"""
    rows = give("k, date: 2026-05-05, rating: 81", "v.x, date: 2026-05-05")
    made = result(body, rows, subjects=units("a", "b")).sheet("a")
    assert (made.status, made.grade, made.rank, made.items, made.flags) == (
        "一票否决",
        "一票否决",
        None,
        {},
        ["vetoed"],
    )
    held = sheet(body, give("k, date: 2026-05-05, rating: 81", "v.y, date: 2026-05-05"))
    assert (held.total, sum(line.amount for line in held.lines), held.grade) == (Decimal(59), Decimal(59), "限分")


def test_negative_total_stands_unless_the_scheme_has_a_floor() -> None:
    body = "indicators: [{code: d, title: 扣分, children: [{code: .x, title: 甲, rule: deduct, amount: 3}]}]\n"
    rows = give("d.x, date: 2026-05-05, count: 2")
    assert sheet(body, rows).total == Decimal(-6)
    floored = sheet("total_floor: 0\n" + body, rows)
    assert (floored.total, sum(floored.items.values())) == (Decimal(0), Decimal(0))


COPIES = """
kinds:
  - {id: window, title: 窗口, after: [staff]}
  - {id: staff, title: 人员, parent: window}
indicators:
  - code: s
    kinds: [staff]
    title: 人员
    points: 10
    rule: deduct-from-full
    children:
      - {code: .x, title: 投诉, rule: deduct, amount: 2, also: [s.y], to_parent: w.z}
      - {code: .y, title: 作风, rule: deduct, amount: 1}
  - code: w
    kinds: [window]
    title: 窗口
    points: 10
    rule: deduct-from-full
    children: [{code: .z, title: 所属人员被投诉, rule: deduct, amount: 0.5}]
"""


def test_one_event_counts_under_several_indicators_and_for_the_unit() -> None:
    subjects = [{"id": "w", "kind": "window"}, {"id": "a", "kind": "staff", "parent": "w"}]
    found = totals(COPIES, give("s.x, date: 2026-05-05, count: 2"), subjects=subjects)
    assert found == {"w": Decimal(9), "a": Decimal(4)}


def test_points_of_a_shared_matter_are_split() -> None:
    body = BONUS.replace("EXTRA", "").replace(
        "rule: bonus-range, min: 0, max: 100", "rule: bonus, amount: 2, shared: true"
    )
    listed = ", ".join(f"{{subject: {s}, leaf: b.x, date: 2026-05-05, matter: 联合项目}}" for s in "abc")
    assert totals(body, f"records: [{listed}]", subjects=units(*"abc")) == dict.fromkeys("abc", Decimal("0.67"))


def test_month_from_the_26th_to_the_25th() -> None:
    body = "periods: [month, year]\nrollup: month\nmonth_starts: 26\n" + BONUS.replace("EXTRA", "caps: {month: 3}")
    rows = give(
        "b.x, date: 2026-02-25, amount: 2", "b.x, date: 2026-02-26, amount: 2", "b.x, date: 2026-03-25, amount: 2"
    )
    assert sheet(body, rows, period="2026-02").total == Decimal(2)
    assert sheet(body, rows, period="2026-03").total == Decimal(3)
    assert len(sheet(body, rows, period="2026").lines) == 12 + 1


def test_highest_only_across_leaves_and_periods() -> None:
    body = """
periods: [half, year]
indicators:
  - code: b
    title: 加分
    line: bonus
    children:
      - {code: .group, title: 集体, rule: bonus-by-level, levels: {city: 1, province: 2}, highest_only: honour}
      - {code: .person, title: 个人, rule: bonus-by-level, levels: {city: 0.5, province: 1}, highest_only: honour}
"""
    rows = give(
        "b.group, date: 2026-02-05, level: city, matter: 甲",
        "b.person, date: 2026-03-05, level: province, matter: 甲",
        "b.group, date: 2026-08-05, level: province, matter: 甲",
    )
    found = [sheet(body, rows, period=period).total for period in ("2026-H1", "2026-H2", "2026")]
    assert found == [Decimal(1), Decimal(1), Decimal(2)]


def test_python_function_writes_its_own_lines() -> None:
    from kaohe import Draft

    def half(view: object) -> list[Draft]:
        return [Draft("points", 1, "", ("#1",), "一半"), Draft("adjust", Decimal("-0.5"), "", (), "折半")]

    body = "indicators: [{code: f, title: 函数, rule: function, function: half}]\n"
    made = result(scheme(body, half=half), "{}").sheet("a")
    assert (made.total, [line.kind for line in made.lines]) == (Decimal("0.5"), ["points", "adjust"])


def test_matter_with_count_above_one_is_refused_under_every_leaf() -> None:
    body = BONUS.replace("EXTRA", "")
    assert problems(body, give("b.x, date: 2026-02-05, amount: 1, matter: 甲, count: 2")) == [
        "records[0].count: 2 contradicts matter: a named matter counts once (test b.x)"
    ]


def test_result_of_another_scheme_is_taken_in_its_pinned_version() -> None:
    leaf = "{code: i, title: 窗口考核, rule: imported, source: {scheme: window-staff, version: '1'}, formula: value_given * 0.3}"
    body = f"indicators: [{leaf}]\n"
    row = "i, date: 2026-12-31, value: 96.3, fields: {scheme: window-staff, version: '%s'}"
    assert sheet(body, give(row % 1)).total == Decimal("28.89")
    assert sheet(body, "{}").missing == ["i"]
    assert problems(body, give(row % 2)) == ["records[0].fields.version: 2 is not one of 1 (test i)"]
    assert problems(body, give("i, date: 2026-12-31, value: 9")) == [
        "records[0].fields.scheme: is missing, expected choice (test i)",
        "records[0].fields.version: is missing, expected choice (test i)",
    ]


def test_adjustment_at_the_yearly_roll_up_only() -> None:
    body = """
periods: [month, year]
rollup: month
indicators:
  - {code: m, title: 月度, points: 10, rule: deduct-from-full, children: [{code: .x, title: 甲, rule: deduct, amount: 6}]}
  - {code: y, title: 年度调整, periods: [year], line: bonus, children: [{code: .z, title: 乙, rule: bonus, amount: 2}]}
"""
    rows = give("m.x, date: 2026-02-05", "y.z, date: 2026-06-05")
    assert sheet(body, rows, period="2026-06").items == {"m": Decimal(10)}
    made = sheet(body, rows, period="2026")
    assert (made.items, made.bonus, made.total) == (
        {"m": Decimal("9.50"), "y": Decimal(2)},
        Decimal(2),
        Decimal("11.50"),
    )


def test_result_says_when_the_regulation_has_expired() -> None:
    body = "effective: 2026-02-01\nexpires: 2026-11-30\n" + BONUS.replace("EXTRA", "")
    assert result(body, "{}").remarks == ["办法施行至 2026-11-30，本期超出", "办法自 2026-02-01 起施行，本期在此之前"]


def test_month_that_ended_without_a_score_counts_as_nothing_in_the_year() -> None:
    body = """
periods: [month, quarter]
rollup: month
stages: [{status: 否决, when: count(v.x) >= 1}]
indicators:
  - {code: m, title: 月度, points: 9, rule: deduct-from-full, children: [{code: .x, title: 甲, rule: deduct, amount: 6}]}
  - {code: v, title: 否决, item: false, children: [{code: .x, title: 乙, rule: counter}]}
"""
    assert sheet(body, give("v.x, date: 2026-02-05"), period="2026-Q1").total == Decimal(6)
