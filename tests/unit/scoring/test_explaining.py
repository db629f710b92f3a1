"""A sheet in words: no code of a scheme is left in what an official reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaohe.national_calendar import national_calendar
from kaohe.plugins import registry
from kaohe.plugins.testing import read_cases
from kaohe.scheme.model import Scheme
from kaohe.scoring import decode_facts, explain, score

PLUGINS = Path(__file__).parents[3] / "plugins"
CODE = re.compile(r"[A-Za-z][\w.-]*\w")
CASES = [case for folder in sorted(PLUGINS.glob("*/src/*/cases")) for case in read_cases(folder) if case.expect]


def codes_left(scheme: Scheme, facts_of: dict[str, object]) -> set[str]:
    facts = decode_facts(facts_of, calendar=national_calendar())
    result = score(scheme, facts)
    own = {subject.id for subject in facts.subjects} | {record.id for record in facts.records}
    found: set[str] = set()
    for sheet in result.sheets:
        attributes = next(each.attributes for each in facts.subjects if each.id == sheet.subject)
        said = explain(result, sheet.subject, scheme, attributes)[1:]
        found |= {word for line in said for word in CODE.findall(line.partition("，依据记录")[0])}
    return found - own


@pytest.mark.parametrize("scheme_id", sorted({case.scheme for case in CASES}))
def test_explain_has_no_codes(scheme_id: str) -> None:
    scheme = registry().scheme(scheme_id)

    left = {word for case in CASES if case.scheme == scheme_id for word in codes_left(scheme, dict(case.facts))}

    assert left == set()


def test_missing_come_in_the_order_of_the_tree() -> None:
    facts = {
        "scheme": "county-targets", "period": "2026", "records": [],
        "subjects": [{"id": "t1", "kind": "township", "name": "东镇", "attributes": {"information_task": 12}}],
    }  # fmt: skip
    scheme = registry().scheme("county-targets")
    result = score(scheme, decode_facts(facts))
    titles = [node.title.zh for node in scheme.nodes if "township" in node.kinds]

    line = next(line for line in explain(result, "t1", scheme) if line.startswith("缺少："))
    places = [titles.index(name) for name in line.removeprefix("缺少：").partition("（")[0].split("、")]

    assert places == sorted(places)
