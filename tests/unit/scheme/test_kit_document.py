"""The vocabulary that authors read names everything the YAML may hold."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

import kaohe
from kaohe.scheme import indicators, kinds, outcomes, ways
from kaohe.scheme.model import Scheme
from kaohe.scheme.operations import FUNCTIONS as EVERYWHERE
from kaohe.scheme.parameters import Parameter
from kaohe.scheme.references import LOOKING

DOCUMENT = (Path(kaohe.__file__).parents[1] / "docs" / "kit.md").read_text("utf-8")
FILLED_IN = {"functions", "content_hash", "engine", "parent", "api"}
STRUCTS = [
    Scheme,
    Parameter,
    kinds.Kind,
    kinds.Attribute,
    *(
        getattr(indicators, name)
        for name in ("Indicator", "Level", "Evidence", "Field", "Effect", "PartCap", "Must", "Source")
    ),
    *(
        getattr(outcomes, name)
        for name in ("Channel", "Grade", "Grading", "Ranking", "Honour", "Award", "FlagRule", "Stage")
    ),
    *(getattr(outcomes, name) for name in ("Demands", "Round", "Consequence")),
    *(getattr(ways, name) for name in ("Way", "WayStep", "Addition", "Register")),
]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_member_is_documented(struct: type[msgspec.Struct]) -> None:
    names = {member.encode_name for member in msgspec.structs.fields(struct)} - FILLED_IN
    assert [name for name in sorted(names) if name not in DOCUMENT] == []


def test_every_rule_and_function_is_documented() -> None:
    assert [rule for rule in get_args(indicators.Rule) if f"`{rule}`" not in DOCUMENT] == []
    assert [name for name in (*EVERYWHERE, *LOOKING) if name not in DOCUMENT] == []


EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCUMENT.partition("## 十一、")[2], re.DOTALL)
HEAD = "id: example\nversion: '1'\ntitle: 例\nregulation: 例\n"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_scheme(example: str) -> None:
    usual = {"kinds:": "kinds: [{id: unit, title: 单位}]\n", "periods:": "periods: [year]\n"}
    missing = "".join(text for name, text in usual.items() if not re.search(f"^{name}", example, re.MULTILINE))
    assert kaohe.read_scheme(HEAD + missing + example).leaves
