"""Which kinds of subjects there are and what each must say of itself: read from the enabled schemes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from kaohe.i18n import _, said
from kaohe.scheme.formula import Formula, FormulaError, plain
from kaohe.scheme.model import Attribute, Scheme
from kaohe.scheme.titles import parted
from kaohe.scheme.typed import number_text, yes_or_no


@dataclass(slots=True)
class SubjectKind:
    """Several schemes may use one kind; what they ask is asked once. `parent`: the kind it hangs under."""

    id: str
    title: str
    parent: str | None
    parent_required: bool
    schemes: list[str] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)


def kinds_of(schemes: Iterable[Scheme]) -> dict[str, SubjectKind]:
    found: dict[str, SubjectKind] = {}
    for scheme in schemes:
        for kind in scheme.kinds:
            known = found.setdefault(kind.id, SubjectKind(kind.id, said(kind.title), kind.parent, kind.parent_required))
            known.parent = known.parent or kind.parent
            known.schemes.append(said(scheme.title))
            for name, attribute in kind.attributes.items():
                known.attributes.setdefault(name, attribute)
    return found


def title_of(name: str, attribute: Attribute) -> str:
    return said(attribute.title) or name


def read_attribute(name: str, attribute: Attribute, text: str) -> tuple[Any, str]:
    """The value as it is stored (numbers as text), or what is wrong with it. Nothing typed: None."""
    if not text:
        missing = attribute.required and attribute.default is None
        return None, _("没有填写") if missing else ""
    reader = _READERS.get(attribute.type, _text)
    return reader(attribute, text)


def _number(attribute: Attribute, text: str) -> tuple[Any, str]:
    try:
        number = Decimal(number_text(text, _unit(attribute)))
    except InvalidOperation:
        return None, _("「{value}」不是数").format(value=text)
    low, high, above = _bound(attribute.min), _bound(attribute.max), _bound(attribute.above)
    if not number.is_finite() or (low is not None and number < low) or (high is not None and number > high):
        return None, _("「{value}」应{allowed}").format(value=text, allowed=_span(low, high))
    if above is not None and number <= above:
        return None, _("「{value}」应大于 {bound}").format(value=text, bound=plain(above))
    if attribute.type == "integer" and number != number.to_integral_value():
        return None, _("「{value}」应为整数").format(value=text)
    return plain(number), ""


def _unit(attribute: Attribute) -> str:
    """What the title ends with in brackets: 每月报送任务（条）."""
    return parted(str(attribute.title))[1]


def _span(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return _("在 {low} 至 {high} 之间").format(low=plain(low), high=plain(high))
    if low is not None:
        return _("不小于 {low}").format(low=plain(low))
    return _("不大于 {high}").format(high=plain(high)) if high is not None else _("为数")


def _bound(formula: Formula | None) -> Decimal | None:
    """Bounds that depend on something else are left to scoring."""
    if formula is None:
        return None
    try:
        return Decimal(plain(formula({})))
    except (FormulaError, LookupError, TypeError, ValueError, ArithmeticError):
        return None


def _choice(attribute: Attribute, text: str) -> tuple[Any, str]:
    """By its code or by its words."""
    for code, words in attribute.choices.items():
        if text in {code, words}:
            return code, ""
    allowed = _("、").join(words or code for code, words in attribute.choices.items())
    return None, _("「{value}」不在可选值中：{allowed}").format(value=text, allowed=allowed)


def _boolean(_attribute: Attribute, text: str) -> tuple[Any, str]:
    said = yes_or_no(text)
    return said, "" if said is not None else _("「{value}」应为「是」或「否」").format(value=text)


def _map(attribute: Attribute, text: str) -> tuple[Any, str]:
    """「名称 数, 名称 数」 or one a line; `=`, `:` and spaces part the two."""
    found: dict[str, str] = {}
    for part in text.replace("\n", ",").replace("，", ",").replace("；", ",").replace(";", ",").split(","):
        words = part.replace("：", " ").replace(":", " ").replace("=", " ").split()
        if not words:
            continue
        if len(words) != 2:
            return None, _("「{value}」应写成「名称 数」，用逗号隔开").format(value=part.strip())
        value, wrong = _number(attribute, words[1])
        if wrong:
            return None, wrong
        found[words[0]] = value
    return found, ""


def _text(_attribute: Attribute, text: str) -> tuple[Any, str]:
    if len(text) > 200:
        return None, _("最多 200 字")
    return text, ""


_READERS = {"decimal": _number, "integer": _number, "choice": _choice, "boolean": _boolean, "map": _map, "text": _text}


def allowed_words(attribute: Attribute) -> str:
    """What may be filled in, and what stands for nothing."""
    low, high, above = _bound(attribute.min), _bound(attribute.max), _bound(attribute.above)
    words = []
    if attribute.type == "integer":
        words.append(_("整数"))
    if attribute.type == "map":
        words.append(_("每行写「名称 数」"))
    if low is not None or high is not None:
        words.append(_span(low, high))
    if above is not None:
        words.append(_("大于 {bound}").format(bound=plain(above)))
    if attribute.default == "children":
        words.append(_("不填则按所属的人数计"))
    elif attribute.default is not None:
        words.append(_("不填则为 {value}").format(value=shown_attribute(attribute, attribute.default)))
    return "，".join(words)


def shown_attribute(attribute: Attribute | None, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return "，".join(f"{name} {number}" for name, number in value.items())
    return attribute.choices.get(str(value), str(value)) if attribute else str(value)
