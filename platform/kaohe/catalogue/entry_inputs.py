"""Which inputs an entry under a leaf takes, worked out from the scheme: nothing here knows a scheme by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from kaohe.i18n import _, said
from kaohe.scheme.formula import Formula, FormulaError, exact, plain
from kaohe.scheme.model import Field, Indicator, Scheme
from kaohe.scheme.periods import PeriodType

InputKind = Literal["integer", "decimal", "choice", "boolean", "text", "long_text", "date", "subject"]
DONE = {"full": "达到", "partial": "部分达到", "none": "未达到", "not_applicable": "不适用"}
WINDOWS = {"week": "每周", "month": "每月", "quarter": "每季度", "half": "每半年", "year": "全年"}
FEW = 6


@dataclass(frozen=True, slots=True)
class Input:
    """`name` is the entry's member (`fields.x` for a further measure); bounds are inclusive."""

    name: str
    kind: InputKind
    label: str
    required: bool = True
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    unit: str = ""
    hint: str = ""
    only_partial: bool = False  # asked for only where the check is partly met

    @property
    def few(self) -> bool:
        """Choices that are better tapped than unfolded."""
        return len(self.choices) <= FEW

    @property
    def quick(self) -> tuple[str, ...]:
        """Whole amounts of a short range, each one tap away."""
        if self.name != "amount" or self.low is None or self.high is None or self.high - self.low > FEW - 1:
            return ()
        first, last = self.low.to_integral_value("ROUND_CEILING"), self.high.to_integral_value("ROUND_FLOOR")
        return tuple(str(number) for number in range(int(first), int(last) + 1) if number)


@dataclass(frozen=True, slots=True)
class EntryForm:
    """`sign`: what points of this leaf do to a score, `−`, `+` or nothing; `repeats`: several entries make sense."""

    code: str
    title: str
    article: str
    rule_words: str
    sign: str
    inputs: tuple[Input, ...]
    repeats: bool

    def input(self, name: str) -> Input | None:
        return next((one for one in self.inputs if one.name == name), None)


class Names(dict[str, Any]):
    """What a bound may refer to before anything is scored: parameters and the subject's attributes."""

    def __init__(
        self,
        scheme: Scheme,
        kind: str | None,
        parameters: Mapping[str, Any] | None,
        attributes: Mapping[str, Any] | None,
    ) -> None:
        values = scheme.resolve_parameters({})[0] if parameters is None else parameters
        super().__init__({name: exact(value) for name, value in values.items()})
        declared = scheme.kind(kind).attributes if kind else {}
        numbers = {name: one.default for name, one in declared.items() if isinstance(one.default, int | Decimal)}
        self.update({name: exact(value) for name, value in numbers.items()})
        typed = {name for name, one in declared.items() if one.type in {"decimal", "integer"}}
        for name, value in (attributes or {}).items():
            self[name] = exact(Decimal(value)) if name in typed and isinstance(value, str) else exact(value)

    def number(self, formula: Formula | None) -> Decimal | None:
        """None where there is no bound, or only scoring can know it."""
        if formula is None:
            return None
        try:
            return Decimal(plain(exact(formula(self))))
        except (FormulaError, LookupError, TypeError, ValueError, ArithmeticError):
            return None


def takes_daily_records(leaf: Indicator) -> bool:
    """Events and measures are logged as they happen; ratings and checks are an assessor's work."""
    if leaf.children or leaf.rule in {"judged", "check", "imported", "sum", "weighted", "deduct-from-full"}:
        return False
    return leaf.members != ("matter",)


def entry_form(
    scheme: Scheme,
    leaf: Indicator,
    *,
    kind: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    attributes: Mapping[str, Any] | None = None,
    subjects: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    period: PeriodType | None = None,
) -> EntryForm:
    """`kind` and `attributes` of the subject matter where points differ by kind or a bound is a formula.
    `subjects`: by field that names a subject, those to choose from. `period`: whose target of its own the subject has."""
    names = Names(scheme, kind, parameters, attributes)
    sign = sign_of(leaf)
    own = leaf.own_target(attributes or {}, period) if period else None
    target = names.number(leaf.target) if own is None else Decimal(str(own))
    words = (_gives(leaf, names, sign, kind), _asks(leaf, target), _limits(leaf, names, sign))
    rule_words = "，".join(filter(None, words))
    asked = _inputs(leaf, names, sign, kind, subjects or {})
    inputs = tuple(one for one in asked if own is None or one.name != "target")
    repeats = bool({"count", "amount", "level"} & set(leaf.members)) or (leaf.rule == "target" and leaf.accumulates)
    repeats = repeats or bool(leaf.qualifies)
    return EntryForm(leaf.code, said(leaf.title), leaf.article, rule_words, sign, inputs, repeats)


def sign_of(leaf: Indicator) -> str:
    if leaf.rule.startswith("deduct") or leaf.line == "deduction":
        return "−"
    return "+" if leaf.rule.startswith("bonus") or leaf.line == "bonus" else ""


def signed(sign: str, amount: Decimal | None) -> str:
    return f"{sign}{plain(amount)}" if amount else "0"


def _gives(leaf: Indicator, names: Names, sign: str, kind: str | None) -> str:
    """「每次扣 3 至 5 分」."""
    verb = {"−": _("每次扣"), "+": _("每次加")}.get(sign, _("每次"))
    low, high = names.number(leaf.min), names.number(leaf.max)
    if leaf.rule in {"deduct", "bonus"} and (amount := names.number(leaf.amount)) is not None:
        return _("{verb} {amount} 分").format(verb=verb, amount=plain(amount))
    if leaf.rule in {"deduct-range", "bonus-range"} and low is not None and high is not None:
        return _("{verb} {low} 至 {high} 分").format(verb=verb, low=plain(low), high=plain(high))
    if leaf.rule in {"deduct-by-level", "bonus-by-level"}:
        amounts = [a for a in (names.number(level.amount) for level in leaf.levels.values()) if a is not None]
        span = plain(min(amounts)), plain(max(amounts))
        return _("按情形{verb} {low} 至 {high} 分").format(verb=verb, low=span[0], high=span[1]) if amounts else ""
    full = names.number(leaf.points_for(kind or ""))
    return _("满分 {points} 分").format(points=plain(full)) if full else ""


def _asks(leaf: Indicator, target: Decimal | None) -> str:
    """「目标 50%，未达到不得分」."""
    if target is None:
        return ""
    unit = unit_of(leaf)
    words: str = _("目标 {target}").format(target=plain(target) + (unit if unit in {"", "%"} else f" {unit}"))
    below = _("未达到按比例计分") if leaf.proportional else _("未达到不得分")
    return f"{words}，{below}" if leaf.rule == "target" and target else words


def _limits(leaf: Indicator, names: Names, sign: str) -> str:
    verb = _("最多扣") if sign == "−" else _("最多加")
    caps = ((window, names.number(cap)) for window, cap in leaf.caps.items())
    words = [
        _("{window}{verb} {points} 分").format(window=_(WINDOWS[window]), verb=verb, points=plain(cap))
        for window, cap in caps if cap is not None
    ]  # fmt: skip
    if leaf.once:
        words.append(_("{window}同一情形只计一次").format(window=_(WINDOWS[leaf.once])))
    if leaf.highest_only:
        words.append(_("同一事项就高不就低"))
    return "，".join(words)


def _inputs(
    leaf: Indicator, names: Names, sign: str, kind: str | None, subjects: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[Input]:
    members = leaf.members
    if "done" in members:
        choices = tuple((one, _(DONE[one])) for one in leaf.done)
        hint = "" if "full" in leaf.done or not leaf.fields else _("填了下面各项的不用选")
        yield Input("done", "choice", _("完成情况"), choices=choices, hint=hint, required=not hint)
    if "level" in members:
        yield _level(leaf, names, sign)
    if "amount" in members:
        yield _amount(leaf, names, sign)
    if "rating" in members and (leaf.rule != "check" or "partial" in leaf.done):
        yield _rating(leaf, names, kind)
    if "value" in members:
        yield _value(leaf, names)
    if "target" in members:
        yield Input("target", "decimal", _("目标值"), unit=unit_of(leaf), low=Decimal(0))
    other = bool(leaf.qualifies) or "done" in members  # a total, or that nothing was held, stands in for the measures
    yield from (_measure(name, field, subjects.get(name, ()), other) for name, field in leaf.fields.items())
    if "count" in members:
        yield Input("count", "integer", _("次数"), low=Decimal(1), default="1", unit=_("次"), required=False)
    if leaf.highest_only or leaf.matter == "required" or leaf.shared:
        hint = _("同一件事请写同一个名称") if leaf.highest_only else ""
        yield Input("matter", "text", _("事项"), required=leaf.matter == "required", hint=hint)
    yield Input("note", "long_text", _("说明"), required=leaf.note == "required")


def _level(leaf: Indicator, names: Names, sign: str) -> Input:
    choices = []
    for name, level in leaf.levels.items():
        amount = names.number(level.amount)
        words = said(level.title) or name
        choices.append((name, words if amount is None else f"{words} {signed(sign, amount)}"))
    return Input("level", "choice", _("情形"), choices=tuple(choices), default=leaf.default_level or "")


def _amount(leaf: Indicator, names: Names, sign: str) -> Input:
    low, high = names.number(leaf.min), names.number(leaf.max)
    label = {"−": _("扣分"), "+": _("加分")}.get(sign, _("分值"))
    return Input("amount", "decimal", label, low=low, high=high, unit=_("分"), hint=_gives(leaf, names, sign, None))


def _rating(leaf: Indicator, names: Names, kind: str | None) -> Input:
    low, high = Decimal(0), names.number(leaf.max)
    if high is None:
        high = names.number(leaf.points_for(kind or ""))
    span = _("可填 {low} 至 {high} 分").format(low=plain(low), high=plain(high)) if high is not None else ""
    if leaf.rule == "check":
        span = _("只在部分达到时填；不填按规定的部分分值计")
        return Input("rating", "decimal", _("得分"), False, low, high, unit=_("分"), hint=span, only_partial=True)
    full = names.number(leaf.points_for(kind or ""))
    if span and full is not None and full != high:
        span = (
            _("百分制，可填 {low} 至 {high}，折算为 {full} 分")
            if high == 100
            else _("可填 {low} 至 {high}，折算为 {full} 分")
        )
        span = span.format(low=plain(low), high=plain(high or low), full=plain(full))
    required = "value" not in leaf.members
    return Input("rating", "decimal", _("评分"), required=required, low=low, high=high, unit=_("分"), hint=span)


def in_words(member: str, message: str) -> str:
    """What is wrong with a member, its choices by their words."""
    return re.sub("|".join(DONE), lambda found: _(DONE[found[0]]), message) if member == "done" else message


def unit_of(leaf: Indicator) -> str:
    return "%" if leaf.unit == "percent" else leaf.unit


def _value(leaf: Indicator, names: Names) -> Input:
    judged = leaf.rule == "judged"
    low = None if judged else names.number(leaf.min)
    high = None if judged else names.number(leaf.max)
    if high is None and unit_of(leaf) == "%":
        high = Decimal(100)
    required = leaf.rule in {"target", "steps"} and not leaf.qualifies
    label = _("完成值") if leaf.rule == "target" else _("数值")
    hint = _("与评分只填一项") if judged else _("符合条件的总数；下面逐个登记的不填") if leaf.qualifies else ""
    low = Decimal(0) if low is None else low
    return Input("value", "decimal", label, required, low, high, unit=unit_of(leaf), hint=hint)


def _measure(name: str, field: Field, subjects: Sequence[tuple[str, str]], other: bool) -> Input:
    kinds: dict[str, InputKind] = {"integer": "integer", "decimal": "decimal", "choice": "choice",
                                   "boolean": "boolean", "date": "date", "subject": "subject"}  # fmt: skip
    kind, title, choices = (
        kinds.get(field.type, "text"),
        said(field.title) or name,
        tuple(field.choices.items()) or tuple(subjects),
    )
    if kind == "boolean" and field.required:
        choices = (("1", _("是")), ("0", _("否")))
    low, high = _constant(field.min), _constant(field.max)
    return Input(f"fields.{name}", kind, title, field.required and not other, low, high, choices=choices)


def _constant(bound: Formula | None) -> Decimal | None:
    return None if bound is None or bound.constant is None else Decimal(plain(bound.constant))
