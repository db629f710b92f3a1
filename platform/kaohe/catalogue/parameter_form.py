"""A form made from a scheme's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from kaohe.catalogue.service import Parameters, stored
from kaohe.catalogue.wording import allowed_words, choice_words, parameter_title
from kaohe.catalogue.wording import value_words as value_words
from kaohe.i18n import _
from kaohe.scheme.formula import plain
from kaohe.scheme.model import Scheme
from kaohe.scheme.parameters import Parameter
from kaohe.scheme.typed import number_text

Control = Literal["number", "select", "text", "lines"]
# How ties are broken is asked by these, whichever else a scheme may say (kaohe.scoring.honours).
_TIES = ("deduction,bonus", "bonus,deduction", "deduction", "bonus")
_CONTROLS: dict[str, Control] = {"choice": "select", "boolean": "select", "map": "lines", "text": "text"}


class Posted(Protocol):
    def __getitem__(self, name: str, /) -> str: ...

    def refuse(self, name: str, message: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Field:
    """`value` is what stands in the control; `usual` is the scheme's default in words."""

    name: str
    label: str
    control: Control
    value: str
    hint: str
    unit: str
    options: tuple[tuple[str, str], ...]
    silent: bool
    article: str
    may_be_empty: bool


def fields_of(scheme: Scheme, current: Parameters) -> list[Field]:
    return [_field(parameter, current) for parameter in scheme.parameters.values()]


def _field(parameter: Parameter, current: Parameters) -> Field:
    usual = _("默认 {value}").format(value=value_words(parameter, parameter.accept(parameter.default)))
    options = tuple((choice, choice_words(parameter, choice)) for choice in parameter.choices)
    if parameter.type == "boolean":
        options = (("true", _("是")), ("false", _("否")))
    if parameter.name == "tie_break":
        options = tuple(
            (one, choice_words(parameter, one)) for one in dict.fromkeys((*_TIES, current.values[parameter.name]))
        )
    hint = _("；").join(filter(None, ("" if options else allowed_words(parameter), usual)))
    control = "select" if options else _CONTROLS.get(parameter.type, "number")
    return Field(
        f"parameters.{parameter.name}", parameter_title(parameter), control,
        _typed(current.values.get(parameter.name)), hint, parameter.unit, options, parameter.silent, parameter.article,
        parameter.nullable or (parameter.type == "map" and not parameter.default),
    )  # fmt: skip


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "\n".join(f"{name} {plain(Decimal(number))}" for name, number in value.items())
    return str(stored(value))


def read_overrides(form: Posted, scheme: Scheme) -> dict[str, Any]:
    """As typed; the scheme's parameters check them. An empty field stands for the default (or for no limit)."""
    found: dict[str, Any] = {}
    for name, parameter in scheme.parameters.items():
        text = form[f"parameters.{name}"].strip().replace("\x00", "")
        if not text and not parameter.nullable:
            continue
        found[name] = _read(form, parameter, text)
    return found


def _read(form: Posted, parameter: Parameter, text: str) -> Any:
    if not text and parameter.nullable:
        return None
    if parameter.type != "map":
        return number_text(text, parameter.unit) if parameter.type in {"decimal", "integer"} else text
    pairs: dict[str, str] = {}
    for line in text.replace("，", "\n").replace(",", "\n").splitlines():
        words = line.replace("：", " ").replace(":", " ").replace("=", " ").split()
        if len(words) == 2:
            pairs[words[0]] = words[1]
        elif words:
            message = _("{label}：「{line}」应写成「名称 数」").format(
                label=parameter_title(parameter), line=line.strip()
            )
            form.refuse(f"parameters.{parameter.name}", message)
    return pairs
