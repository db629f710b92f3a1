"""Adding, moving, copying, renaming and deleting in the tree."""

from __future__ import annotations

import pytest

from kaohe.designs import tree
from kaohe.designs.checking import look
from kaohe.designs.document import Document
from kaohe.designs.starting import blank
from kaohe.errors import Invalid, NotFound


@pytest.fixture
def document() -> Document:
    made = blank("own-x-a", "考核", ["year"], [("window", "窗口")])
    made["indicators"] = []
    for title in ("纪律", "业务"):
        tree.add(made, (), title)
    tree.add(made, (0,), "出勤")
    tree.add(made, (0,), "着装")
    return made


def shape(document: Document) -> list[str]:
    return [f"{node['code']}" for _address, node in tree.walk(document)]


def test_codes_are_proposed_below_the_parents_and_leaves_become_branches(document: Document) -> None:
    assert shape(document) == ["jl", "jl.cq", "jl.zz", "yw"]
    assert "rule" not in document["indicators"][0]


@pytest.mark.parametrize(
    ("at", "way", "expected", "order"),
    [
        ((0, 1), "up", (0, 0), ["jl", "jl.zz", "jl.cq", "yw"]),
        ((0,), "down", (1,), ["yw", "jl", "jl.cq", "jl.zz"]),
        ((1,), "in", (0, 2), ["jl", "jl.cq", "jl.zz", "yw"]),
        ((0, 1), "out", (1,), ["jl", "jl.cq", "jl.zz", "yw"]),
    ],
)
def test_node_moves(document: Document, at: tree.Address, way: str, expected: tree.Address, order: list[str]) -> None:
    assert tree.move(document, at, way) == expected
    assert shape(document) == order


@pytest.mark.parametrize(("at", "way"), [((0,), "up"), ((1,), "down"), ((0,), "in"), ((0,), "out")])
def test_node_cannot_leave_the_tree(document: Document, at: tree.Address, way: str) -> None:
    with pytest.raises(Invalid):
        tree.move(document, at, way)


def test_node_cannot_go_below_itself(document: Document) -> None:
    with pytest.raises(Invalid, match="它自己"):
        tree.put(document, tree.node_at(document, (0,)), (0, 1))


def test_copy_has_codes_of_its_own(document: Document) -> None:
    assert tree.duplicate(document, (0,)) == (1,)
    assert len(set(shape(document))) == len(shape(document)) == 7
    assert look(document).errors == []


def test_new_code_is_followed_by_formulas_and_children(document: Document) -> None:
    document["ranking"] = {"by": "item(jl) - part(jl.cq)"}
    tree.rename(document, "jl", "discipline")
    assert document["ranking"] == {"by": "item(discipline) - part(discipline.cq)"}
    assert shape(document) == ["discipline", "discipline.cq", "discipline.zz", "yw"]


def test_branch_that_loses_its_last_child_is_a_leaf_again(document: Document) -> None:
    tree.remove(document, (0, 1))
    tree.remove(document, (0, 0))
    assert document["indicators"][0]["rule"] == "judged"
    with pytest.raises(NotFound):
        tree.node_at(document, (0, 0))


def test_error_names_the_node_where_it_is_mended(document: Document) -> None:
    tree.node_at(document, (0, 1)).pop("rule")
    tree.node_at(document, (0, 1)).update({"rule": "deduct"})
    found = [(check.place, check.message) for check in look(document).errors]
    assert found == [("nodes/0.1", "「jl.zz」的规则「每次扣固定的分」要有「每次的分值」，请补上")]
