"""The parameters of a cycle under another version: what the jurisdiction set itself goes along, the rest is the version's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kaohe.catalogue.service import parameter_title, value_words
from kaohe.i18n import _
from kaohe.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Shift:
    title: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class Carried:
    values: Mapping[str, Any]
    shifts: list[Shift]


def carry(present: Scheme, other: Scheme, pinned: Mapping[str, Any], set_here: Mapping[str, Any]) -> Carried:
    """`pinned`: of the cycle; `set_here`: what the jurisdiction holds for the newest version."""
    before, usual = present.resolve_parameters(pinned)[0], present.resolve_parameters({})[0]
    wished = {name: value for name, value in set_here.items() if name not in present.parameters}
    wished |= {name: value for name, value in before.items() if value != usual[name]}
    refused = {name for name, value in wished.items() if name in other.parameters and not _fits(other, name, value)}
    taken = {name: value for name, value in wished.items() if name in other.parameters and name not in refused}
    after = other.resolve_parameters(taken)[0]
    return Carried(after, [*_gone(present, other, before), *_changed(present, other, before, after, refused)])


def _fits(scheme: Scheme, name: str, value: Any) -> bool:
    return not scheme.resolve_parameters({name: value})[1]


def _gone(present: Scheme, other: Scheme, before: Mapping[str, Any]) -> Iterator[Shift]:
    for name, parameter in present.parameters.items():
        if name not in other.parameters:
            yield Shift(parameter_title(parameter), value_words(parameter, before[name]), "—", _("这一版没有这个参数"))


def _changed(
    present: Scheme, other: Scheme, before: Mapping[str, Any], after: Mapping[str, Any], refused: set[str]
) -> Iterator[Shift]:
    for name, parameter in other.parameters.items():
        now = value_words(parameter, after[name])
        if name not in present.parameters:
            yield Shift(parameter_title(parameter), "—", now, _("这一版才有"))
            continue
        was = value_words(present.parameters[name], before[name])
        if name in refused:
            yield Shift(parameter_title(parameter), was, now, _("原来的值超出这一版允许的范围，改用这一版的默认值"))
        elif before[name] != after[name]:
            yield Shift(parameter_title(parameter), was, now, _("这一版的默认值"))
