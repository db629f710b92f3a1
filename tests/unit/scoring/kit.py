"""A scheme in a few lines and its score, for tests of the rules kit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kaohe.scheme import Scheme, yaml_text
from kaohe.scheme.loading import read_scheme
from kaohe.scoring import BadFacts, Result, Sheet, decode_facts, score

HEAD = """
id: test
version: "1"
title: 试验
regulation: 试验办法
"""


def scheme(body: str, **functions: Any) -> Scheme:
    kinds = "" if "kinds:\n  - {id" in body else "kinds: [{id: unit, title: 单位}]\n"
    periods = "" if "periods:" in body else "periods: [year]\n"
    return read_scheme(HEAD + kinds + periods + body, functions=functions)


def result(body: str | Scheme, facts: str, **members: Any) -> Result:
    built = scheme(body) if isinstance(body, str) else body
    raw = {"scheme": "test", "period": "2026"} | yaml_text.load(facts) | members
    raw.setdefault("subjects", [{"id": "a", "kind": "unit"}])
    return score(built, decode_facts(raw))


def sheet(body: str | Scheme, facts: str, **members: Any) -> Sheet:
    return result(body, facts, **members).sheet("a")


def totals(body: str | Scheme, facts: str, **members: Any) -> dict[str, Decimal]:
    return {one.subject: one.total for one in result(body, facts, **members).sheets}


def problems(body: str | Scheme, facts: str, **members: Any) -> list[str]:
    try:
        result(body, facts, **members)
    except BadFacts as bad:
        return [str(problem) for problem in bad.problems]
    return []


def units(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "kind": "unit"} for name in names]
