"""Forms of a draft: what nobody touched stays what it is, what was typed is read, what is wrong is told by its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kaohe.designs import members, node_pages, offering, reading, rules, section_pages, starting, tree
from kaohe.designs.document import Document, read_document, walk, write_document
from kaohe.designs.members import Shown
from kaohe.designs.sections import SECTIONS, section_of
from kaohe.plugins import registry
from kaohe.web.forms import Form


def sent(shown: list[Shown] | tuple[Shown, ...]) -> dict[str, Any]:
    """What a browser sends of fields that nobody touched: nothing of a box without a tick, no line breaks in one line."""
    data: dict[str, Any] = {}
    for one in shown:
        kind, offered = one.member.kind, [value for value, _label in one.choices]
        if kind == "rows":
            for number, row in enumerate(one.rows):
                data |= sent(row) | {f"{one.name}.{number}.was": one.marks[number]}
        elif kind in ("yes", "no"):
            data |= {one.name: "on"} if one.value else {}
        elif kind == "checks":
            data[one.name] = [value for value in offered if value in one.chosen]
        elif kind == "choice":
            data[one.name] = one.value if one.value in offered else ""
        else:
            data[one.name] = one.value if kind == "long" else one.value.replace("\n", "")
            data |= {one.name + ".en": one.english} if kind == "title" else {}
    return data


class Posted(Form):
    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__({})
        self._data = {name: value if isinstance(value, list) else [value] for name, value in data.items()}


def filled(section: str, document: Document, **typed: Any) -> tuple[Document, list[tuple[str, str]]]:
    """The document after the section was saved with `typed` over what it showed; __ stands for a dot."""
    asked = section_of(section)
    assert asked is not None
    offered = offering.offered(asked.members, document)
    data = sent(members.show(offered, document)) | {name.replace("__", "."): value for name, value in typed.items()}
    read, made = reading.read(offered, Posted(data), document), copy.deepcopy(document)
    section_pages._apply(made, asked, read)
    return made, [(problem.place, problem.message) for problem in read.problems]


def blank(**head: Any) -> Document:
    return starting.blank("own-x-small", "小方案", ["month", "year"], [("window", "窗口"), ("staff", "人员")]) | head


@pytest.fixture(params=sorted(registry().schemes))
def copied(request: pytest.FixtureRequest) -> Document:
    begun = starting.copy_of(registry().schemes[request.param], "own-x-copy", "1", "")
    return read_document(write_document(begun.document))


def test_indicators_that_nobody_touched_are_saved_as_they_are(copied: Document) -> None:
    made = copy.deepcopy(copied)
    for address, node in walk(copied):
        rule = rules.form_of(str(node.get("rule", "sum")), branch=bool(node.get("children")))
        asked = offering.offered(rules.members_of(rule), copied)
        read = reading.read(asked, Posted(sent(members.show(asked, node))), node)
        node_pages._apply(made, tree.node_at(made, address), rule, read)
        assert read.problems == []
    assert write_document(made) == write_document(copied)


def test_sections_that_nobody_touched_are_saved_as_they_are(copied: Document) -> None:
    for section in SECTIONS:
        made, problems = filled(section.name, copied)
        if section.name == "identity":
            made |= {
                name: copied[name] for name in ("parameters",) if name in copied
            }  # the channels' weights are added
        assert (problems, made) == ([], copied)
    assert write_document(made) == write_document(copied)


def test_row_keeps_what_the_form_does_not_ask_for() -> None:
    held = blank(
        parameters={"tier": {"title": "档", "type": "map", "default": {}, "unknown": [1]}, "cap": {"default": 3}}
    )
    made, problems = filled("parameters", held, m__parameters__0__title="各档", m__parameters__1__name="most")
    assert problems == []
    assert made["parameters"] == {
        "tier": {"title": "各档", "type": "map", "default": {}, "unknown": [1]},
        "most": {"default": 3},
    }


def test_row_that_is_emptied_is_gone_with_all_it_held() -> None:
    held = blank(words={"warn": {"zh": "提醒", "en": "Warning"}, "talk": "约谈"})
    emptied = dict.fromkeys(("m__words__0__word", "m__words__0__said", "m__words__0__said__en"), "")
    assert filled("outcomes", held, **emptied)[0]["words"] == {"talk": "约谈"}


def test_more_articles_than_a_screen_holds_are_all_kept() -> None:
    held = blank(articles={f"第 {n} 条": "原文" for n in range(400)})
    assert filled("articles", held, m__articles__0__text="改过")[0]["articles"] == {
        **held["articles"],
        "第 0 条": "改过",
    }


def test_rows_beyond_the_limit_are_refused() -> None:
    held = blank(articles={f"第 {n} 条": "原文" for n in range(members.MOST_ROWS + 1)})
    assert ("m.articles", "条款最多 1000 行") in filled("articles", held)[1]


def test_register_and_way_are_made_without_writing_a_code() -> None:
    register = {"m__registers__0__title": "信息员", "m__registers__0__who": "姓名", "m__registers__0__least": "1",
                "m__registers__0__missing": "x1"}  # fmt: skip
    step = "m__ways__0__steps__0__"
    way = {"m__ways__0__title": "稿件", step + "title": "起草", step + "by__0__kind": "staff", step + "by__0__actor": "organiser",
           "m__ways__0__kinds": ["staff"]}  # fmt: skip
    made, problems = filled("ways", blank(), **register, **way)
    assert problems == []
    assert made["registers"] == [{"title": "信息员", "who": "姓名", "least": 1, "missing": "x1", "id": "xxy"}]
    assert made["ways"] == [
        {
            "title": "稿件",
            "kinds": ["staff"],
            "id": "gj",
            "steps": [{"title": "起草", "by": {"staff": "organiser"}, "id": "qc"}],
        }
    ]


def test_what_is_wrong_is_told_by_the_name_of_its_row() -> None:
    typed = {"m__ways__0__title": "稿件", "m__ways__0__steps__0__title": "起草", "m__only__0__period": "month"}
    assert filled("ways", blank(), **typed)[1] == [("m.ways.0.steps.0.by", "流程「稿件」 步骤「起草」 请填写由谁办")]
    rows = {"m__only__0__period": "month", "m__only__0__numbers": "一"}
    assert filled("identity", blank(), **rows)[1] == [
        ("m.only.0.numbers", "某种周期只有其中几个第 1 行 第几个：「一」不是数")
    ]


def test_periods_and_points_of_a_parameter_are_kept() -> None:
    held = blank(parameters={"points": {"title": "各项分值", "type": "map", "default": {}}})
    made, _problems = filled(
        "identity", held, m__only__0__period="month", m__only__0__numbers="1、3", m__leaf_points="points"
    )
    assert (made["only"], made["leaf_points"]) == ({"month": [1, 3]}, "points")


def test_kinds_are_offered_where_there_are_several_and_a_strange_one_stays() -> None:
    node = {"code": "x1", "title": "甲", "rule": "judged", "points": 5, "kinds": ["gone"]}
    asked = offering.offered(rules.members_of(rules.form_of("judged", branch=False)), blank(indicators=[node]))
    shown = next(one for one in members.show(asked, node) if one.name == "m.kinds")
    assert shown.choices == (("window", "窗口（window）"), ("staff", "人员（staff）"), ("gone", "gone"))
    alone = starting.blank("own-x-small", "小方案", ["year"], [("window", "窗口")])
    assert "kinds" not in [
        one.name for one in offering.offered(rules.members_of(rules.form_of("judged", branch=False)), alone)
    ]


def test_refused_table_ends_with_an_empty_row_again() -> None:
    asked = rules.members_of(rules.form_of("deduct-by-level", branch=False))
    form = Posted({"m.levels.0.title": "迟到", "m.levels.0.amount": "一", "m.levels.0.key": "", "m.levels.0.flags": ""})
    levels = next(one for one in members.as_typed(asked, form) if one.name == "m.levels")
    assert [[cell.value for cell in row] for row in levels.rows] == [["迟到", "一", "", ""], ["", "", "", ""]]
