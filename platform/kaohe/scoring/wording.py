"""What a sheet says with codes, in words.

`said` and `_` bring titles and sentences into the reader's language; without them they stay Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from kaohe.scheme.flags import FLAGS
from kaohe.scheme.model import Attribute, Indicator, Kind, Scheme
from kaohe.scheme.titles import Text

_EACH = re.compile(r"(?P<amount>[\d.]+) × (?P<times>\d+)(?![\d.])")
_WORD = re.compile(r"[A-Za-z][\w.-]*\w")
Said = Callable[[Text], str]
Told = Callable[[str], str]


def why_words(why: str, scheme: Scheme, code: str, said: Said = str, _: Told = str) -> str:
    """Channels and levels are told by their titles, an amount and how often by their units."""
    leaf = scheme.leaves.get(code)
    titles = _common(scheme, said)
    if leaf is not None:
        titles |= _levels(leaf, said)
        if {"count", "amount", "level"} & set(leaf.members):
            why = _EACH.sub(lambda found: _each(found, _), why)
    return _replaced(why, titles)


def remark_words(text: str, scheme: Scheme, records: Mapping[str, str], said: Said = str) -> str:
    """A remark names leaves, records, measures, levels and channels by their codes. `records`: words for their ids."""
    known = _common(scheme, said)
    for code, leaf in scheme.leaves.items():
        if code in text:
            known |= {code: said(leaf.title)} | _levels(leaf, said)
            known |= {name: said(one.title) or name for name, one in leaf.fields.items()}
    return _replaced(text, {**known, **records})


def group_words(kind: Kind, group: str, attributes: Mapping[str, Any], said: Said = str) -> str:
    """A ranking group by the kind's title, or by the attributes that tell it."""
    if group == kind.id:
        return said(kind.title)
    asked = [(name, one) for name, one in kind.attributes.items() if kind.group and name in kind.group.names]
    shown = [_attribute(one, attributes[name]) for name, one in asked if name in attributes]
    return " ".join(shown) or group


def _attribute(declared: Attribute, value: Any) -> str:
    return declared.choices.get(str(value)) or f"{declared.title} {value}"


def _common(scheme: Scheme, said: Said) -> dict[str, str]:
    known = {flag: said(word) for flag, word in {**FLAGS, **scheme.words}.items()}
    return known | {channel.id: said(channel.title) for channel in scheme.channels}


def _levels(leaf: Indicator, said: Said) -> dict[str, str]:
    return {name: said(level.title) or name for name, level in leaf.levels.items()}


def _replaced(text: str, known: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: known.get(found[0], found[0]), text)


def _each(found: re.Match[str], _: Told) -> str:
    if found["times"] == "1":
        return _("{points} 分").format(points=found["amount"])
    return _("每次 {points} 分 × {times} 次").format(points=found["amount"], times=found["times"])
