"""A sheet as it is read: items with their lines, two decimals, raters in one order."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from kaohe.plugins import registry
from kaohe.results.sheet_views import SheetView, sheet_view
from kaohe.results.steps import steps

RATERS = {"r1": ("乙", "4.5"), "r2": ("甲", "5"), "r3": ("丙", "4.5")}


def line(leaf: str, amount: str, kind: str = "points", why: str = "", records: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"kind": kind, "leaf": leaf, "article": "五", "amount": amount, "records": list(records), "why": why}


def sheet(scheme: str, kind: str, items: dict[str, str], lines: list[dict[str, Any]], **more: Any) -> Any:
    entry = {"leaf": lines[0]["leaf"], "date": "2025-12-31"}
    sources = {
        name: {"kind": "rating", "at": "", "who": who, "entry": {**entry, "rating": points}}
        for name, (who, points) in RATERS.items()
    }
    payload = {"items": items, "lines": lines, "sources": sources, "missing": [], "remarks": [], "awards": []} | more
    amounts = {"total": Decimal(100), "base": Decimal(100), "bonus": Decimal(0), "deduction": Decimal(0)}
    return SimpleNamespace(
        name="甲局",
        kind=kind,
        group_id=kind,
        group_name="",
        grade=None,
        honours=[],
        flags=[],
        payload=payload,
        **amounts,
    )


def view(scheme: str, given: Any) -> SheetView:
    return sheet_view(given, registry().schemes[scheme], {}, "2025", [], {})


BUREAU = {"bureau.proactive": "24.00", "bureau.on_request": "24.17"}
LINES = [
    line("bureau.proactive.content", "4.666667", why="3 人平均 4.666667", records=("r1", "r2", "r3")),
    line("bureau.proactive.timely", "9.666667"), line("bureau.proactive.forms", "9.666667"),
    line("bureau.proactive", "-0.000001", "adjust", "舍入"), line("bureau.on_request.content", "24.17"),
]  # fmt: skip


def test_lines_stand_under_their_item_with_two_decimals_and_the_exact_figure() -> None:
    first, second = view("open-gov-bureau", sheet("open-gov-bureau", "office", BUREAU, LINES)).items
    shown = [("4.67", "4.666667"), ("9.67", "9.666667"), ("9.67", "9.666667")]
    assert [(str(one.shown), one.exact) for one in first.lines] == shown
    assert (first.title, first.full, first.rounded) == ("主动公开", Decimal(25), True)
    assert (second.rounded, [one.exact for one in second.lines]) == (False, [""])


def test_a_poll_and_a_measured_rating_are_told_with_their_numbers() -> None:
    poll = [line("opengov.effect.survey", "9.10", why="满意（%） 86，基本满意（%） 10", records=("p",))]
    given = sheet("open-gov-county", "department", {"opengov.effect": "9.10"}, poll)
    fields = {"satisfied": "86", "basic": "10", "unsatisfied": "4"}
    given.payload["sources"] = {"p": {"kind": "finding", "at": "", "who": "甲",
                                      "entry": {"leaf": poll[0]["leaf"], "fields": fields}}}  # fmt: skip
    shown = view("open-gov-county", given).items[0].lines[0]
    assert shown.why == "（满意 86 + 0.5 × 基本满意 10） ÷ 100 = 0.91，满分 10 分"
    late = [
        line("hall2.matters.time_limit", "8.00", why="quantitative 95 × 0.6，qualitative 97.5 × 0.4", records=("v",))
    ]
    given = sheet("service-eval-hall", "department", {"hall2.matters": "8.00"}, late)
    entry = {"leaf": late[0]["leaf"], "channel": "quantitative", "value": "0.5"}
    given.payload["sources"] = {"v": {"kind": "rating", "at": "", "who": "甲", "entry": entry}}
    shown = view("service-eval-hall", given).items[0].lines[0]
    assert shown.why.endswith("；定量考核：取大（0，100 − 10 × 实测 0.5） = 95")


def test_raters_stand_in_one_order() -> None:
    found = view("open-gov-bureau", sheet("open-gov-bureau", "office", BUREAU, LINES)).items[0].lines[0]
    assert (found.ratings, found.sources) == ([("", "丙 4.5、乙 4.5、甲 5")], [])


def test_a_line_of_no_item_is_not_lost() -> None:
    lines = [line("bureau.proactive.content", "1.00"), line("elsewhere", "2.00")]
    items = view("open-gov-bureau", sheet("open-gov-bureau", "office", {"bureau.proactive": "1.00"}, lines)).items
    assert [(item.title, len(item.lines)) for item in items] == [("主动公开", 1), ("其他", 1)]


def test_rated_items_make_up_the_base_before_what_was_added() -> None:
    lines = [
        line("hall.service.green_channel", "5.00"), line("hall.conduct.etiquette", "6.00"),
        line("hall.bonus.press", "0.50", "bonus"),
    ]  # fmt: skip
    items = {"hall.service": "5.00", "hall.conduct": "6.00", "hall.bonus": "0.50"}
    scheme = registry().schemes["service-hall"]
    found = steps(
        sheet("service-hall", "hall", items, lines), scheme, {node.code: str(node.title) for node in scheme.nodes}
    )
    assert [(amount, kind) for _title, amount, kind, _why in found] == [
        ("5.00", "plus"), ("6.00", "plus"), ("0.50", "plus"), ("100.00", "total"),
    ]  # fmt: skip


def test_full_points_are_one_base_and_nothing_is_drawn_of_nothing() -> None:
    scheme = registry().schemes["class-conduct"]
    full = [line("class.discipline", "200.00", why="满分"), line("class.discipline.noon", "-2.00", "deduction")]
    found = steps(sheet("class-conduct", "class", {"class.discipline": "198.00"}, full), scheme, {})
    assert [kind for _title, _amount, kind, _why in found] == ["base", "minus", "total"]
    nothing = sheet("information-points", "office", {"info.points": "0.00"}, [line("info.points", "0.00")])
    assert steps(nothing, registry().schemes["information-points"], {}) == []


def test_what_does_not_apply_and_the_units_that_an_entry_names_are_told_by_their_names() -> None:
    lines = [line("info.adopted", "3.00", why="city 采用", records=("r",))]
    given = sheet("information-points", "office", {"info.points": "3.00"}, lines)
    fields = {"outlet": "简报", "editor": "office-01"}
    entry = {"leaf": "info.adopted", "date": "2025-03-01", "level": "city", "fields": fields}
    given.payload["sources"] = {
        "r": {"kind": "record", "at": "7", "who": "游佳", "entry": entry, "units": {"office-01": "综合科"}}
    }
    given.payload["left_out"] = [{"leaf": "info.research", "note": "没有", "who": "游佳"}]
    shown = view("information-points", given)
    assert shown.items[0].lines[0].sources[0]["words"].endswith("编辑科室 综合科")
    assert shown.left_out == [("调研文章", "没有", "游佳")]
