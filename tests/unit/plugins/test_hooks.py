"""The hooks as documented, overridden by a plugin, and refused where they do not fit."""

import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import kaohe
from kaohe.plugins import BootError, build_registry, hookimpl, hookspecs
from kaohe.scheme import Scheme
from kaohe.scoring import Sheet, decode_facts, score
from tests.unit.scoring.kit import HEAD, scheme

DOCUMENT = Path(kaohe.__file__).parents[1] / "docs" / "hooks.md"
BODY = "indicators: [{code: a.x, title: 甲, points: 10, rule: judged}]\n"
FACTS = {"scheme": "test", "period": "2026", "subjects": [{"id": "a", "kind": "unit"}]}


def plugin(*schemes: Scheme, **hooks: Any) -> SimpleNamespace:
    marked = {name: hookimpl(function) for name, function in hooks.items()}
    return SimpleNamespace(kaohe_schemes=hookimpl(lambda: schemes), **marked)


def test_every_hook_is_documented_with_its_exact_arguments() -> None:
    documented = dict(re.findall(r"^## (kaohe_\w+)\((.*)\)$", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    declared = {
        name: ", ".join(inspect.signature(function).parameters)
        for name, function in vars(hookspecs).items()
        if name.startswith("kaohe_")
    }
    assert documented == declared


def test_kit_answers_where_no_plugin_does() -> None:
    built = build_registry([("own", plugin(scheme(BODY)))])
    assert score(built.scheme("test"), decode_facts(FACTS)).sheet("a").missing == ["a.x"]


def test_plugin_overrides_one_hook_for_its_own_scheme_only() -> None:
    def kaohe_score(scheme: Scheme, cohort: kaohe.Cohort) -> list[Sheet] | None:
        if scheme.id != "test":
            return None
        return [Sheet(s.id, s.kind, s.name, s.kind, {"a.x": 5_000_000}, 5_000_000) for s in cohort.subjects]

    other = kaohe.read_scheme(
        HEAD.replace("id: test", "id: other") + "kinds: [{id: unit, title: 单位}]\nperiods: [year]\n" + BODY
    )
    built = build_registry([("own", plugin(scheme(BODY), other, kaohe_score=kaohe_score))])
    assert score(built.scheme("test"), decode_facts(FACTS)).sheet("a").total == 5
    assert score(built.scheme("other"), decode_facts(FACTS | {"scheme": "other"})).sheet("a").total == 0


def test_tree_may_depend_on_parameters() -> None:
    body = "parameters: {short: {type: boolean, default: false}}\n" + BODY.replace(
        "}]", "}, {code: a.y, title: 乙, points: 5, rule: judged}]"
    )

    def kaohe_indicators(scheme: Scheme, parameters: Any) -> Any:
        return scheme.indicators[:1] if parameters["short"] else None

    built = build_registry([("own", plugin(scheme(body), kaohe_indicators=kaohe_indicators))])
    long = score(built.scheme("test"), decode_facts(FACTS)).sheet("a")
    short = score(built.scheme("test"), decode_facts(FACTS | {"parameters": {"short": True}})).sheet("a")
    assert (list(long.items), list(short.items)) == (["a.x", "a.y"], ["a.x"])


def test_unknown_hook_stops_the_boot() -> None:
    with pytest.raises(BootError, match="kaohe_grades"):
        build_registry([("own", plugin(kaohe_grades=lambda scheme: None))])


def test_two_plugins_with_one_scheme_stop_the_boot() -> None:
    with pytest.raises(BootError, match="two plugins bring test version 1"):
        build_registry([("one", plugin(scheme(BODY))), ("two", plugin(scheme(BODY)))])


def test_another_api_version_stops_the_boot() -> None:
    with pytest.raises(BootError, match="API 2"):
        build_registry([("own", plugin(scheme("api: 2\n" + BODY)))])


def test_latest_version_stands_for_the_scheme_and_older_ones_stay() -> None:
    versions = [
        kaohe.read_scheme(HEAD.replace('"1"', f'"{v}"') + "kinds: [{id: unit, title: 单位}]\nperiods: [year]\n" + BODY)
        for v in (10, 9)
    ]
    built = build_registry([("own", plugin(*versions))])
    assert (built.scheme("test").version, built.scheme("test", "9").version) == ("10", "9")


def test_names_for_plugin_authors_are_exactly_those_announced() -> None:
    assert sorted(kaohe.__all__) == sorted(set(kaohe.__all__))
    assert all(hasattr(kaohe, name) for name in kaohe.__all__)
