"""A formula of a scheme as arithmetic that an official reads: codes and names by their titles."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from kaohe.scheme.formula import Formula, plain
from kaohe.scheme.model import Scheme
from kaohe.scheme.titles import Text, parted

_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1), ast.Sub: ("−", 1), ast.Mult: ("×", 2), ast.Div: ("÷", 2),
}  # fmt: skip


def formula_words(
    formula: Formula,
    scheme: Scheme,
    values: Mapping[str, Any] | None = None,
    measures: Mapping[str, Text] | None = None,
    said: Callable[[Text], str] = str,
    _: Callable[[str], str] = str,
    figures: Mapping[str, str] | None = None,
) -> str:
    """`values`: of parameters, told in place of their titles. `measures`: titles of a record's own; `figures`: words for
    what the record says. '' where the formula does more than arithmetic."""
    try:
        return _Words(formula.text, scheme, values or {}, measures or {}, said, _, figures or {}).whole()
    except (SyntaxError, Unspeakable):
        return ""


class Unspeakable(Exception):
    """More than arithmetic."""


class _Words:
    def __init__(
        self, text: str, scheme: Scheme, values: Mapping[str, Any], measures: Mapping[str, Text],
        said: Callable[[Text], str], _: Callable[[str], str], figures: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.text, self.values, self.calls, self.figures = text, values, _calls(_), figures
        of_kinds = {name: one.title for kind in scheme.kinds for name, one in kind.attributes.items()}
        titles = of_kinds | {node.code: node.title for node in scheme.nodes} | dict(measures)
        self.titles = {"total": _("总分"), "grade": _("等次")} | {
            name: one.title for name, one in scheme.parameters.items()
        }
        self.titles |= {name: said(title) for name, title in titles.items()}

    def whole(self) -> str:
        return self.of(ast.parse(self.text, mode="eval").body)

    def of(self, node: ast.expr, tight: int = 0) -> str:
        """`tight`: how strongly what stands around it binds."""
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            sign, binds = _SIGNS[type(node.op)]
            text = f"{self.of(node.left, binds)} {sign} {self.of(node.right, binds + (sign in '−÷'))}"
            return f"（{text}）" if binds < tight else text
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.calls:
            given = node.args[:1] if node.func.id.startswith(("children", "parent")) else node.args
            return self.calls[node.func.id].format("，".join(self.of(one) for one in given))
        if isinstance(node, ast.Subscript):
            return f"{self.of(node.value)}（{self.of(node.slice)}）"
        if isinstance(node, ast.Constant):
            return self._titled(node.value) if isinstance(node.value, str) else self._written(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._titled(ast.unparse(node))
        raise Unspeakable

    def _written(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def _titled(self, name: str) -> str:
        if name in self.figures:
            return self.figures[name]
        if name in self.values and not isinstance(self.values[name], Mapping | str):
            return plain(self.values[name])
        if name not in self.titles:
            raise Unspeakable
        return parted(self.titles[name])[0]


def _calls(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "children_mean": _("所属各对象「{}」的平均"), "children_sum": _("所属各对象「{}」之和"), "parent_value": _("所属单位{}"),
        "parent_attribute": _("所属单位{}"), "item": "{}", "part": "{}", "value": "{}", "whole": _("取整（{}）"),
        "max": _("取大（{}）"), "min": _("取小（{}）"),
    }  # fmt: skip
