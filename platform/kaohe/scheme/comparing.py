"""What differs between two versions of a scheme, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import CodeType
from typing import Any

import msgspec

from kaohe.scheme import comparing_words as words
from kaohe.scheme.comparing_words import HEAD, LISTS, MEMBERS, SECTIONS, Words
from kaohe.scheme.formula import Formula, plain
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.titles import Text

CHINESE = Words()


def compare(before: Scheme, after: Scheme, said: Words = CHINESE, *, with_version: bool = True) -> list[str]:
    """Empty where they are the same, down to the last title."""
    return [*Comparison(said).lines(before, after, with_version)]


class Comparison:
    def __init__(self, said: Words) -> None:
        self.said = said
        self.say, self.tell = said.say, said.tell

    def lines(self, before: Scheme, after: Scheme, with_version: bool) -> Iterator[str]:
        yield from self.members(before, after, {n: w for n, w in HEAD.items() if with_version or n != "version"}, "")
        yield from self.keyed(words.PARAMETER, dict(before.parameters), dict(after.parameters))
        yield from self.keyed(words.INDICATOR, _nodes(before), _nodes(after))
        for name, what, key in LISTS:
            yield from self.keyed(what, *(self.by_name(getattr(each, name), key) for each in (before, after)))
        yield from self.keyed(words.GRADES, self.numbered(before.grading), self.numbered(after.grading))
        yield from self.members(before, after, SECTIONS, "")
        yield from self.orders(before, after)
        for name in sorted(before.functions.keys() & after.functions.keys()):
            if _body(before.functions[name].__code__) != _body(after.functions[name].__code__):
                yield self.tell(words.FUNCTION, name=name)

    def by_name(self, entries: tuple[Any, ...], key: str) -> dict[str, Any]:
        """Two of one name (an honour of the quarter and of the year) are told apart by their number."""
        found: dict[str, Any] = {}
        numbers: dict[str, int] = {}
        for entry in entries:
            name = str(getattr(entry, key))
            number = numbers[name] = numbers.get(name, 0) + 1
            found[name if number == 1 else self.tell(words.SAME_NAME, name=name, number=number)] = entry
        return found

    def orders(self, before: Scheme, after: Scheme) -> Iterator[str]:
        """The order of kinds and indicators is that of the results; what only one of them has is told elsewhere."""
        for what, old, new in (
            (words.KIND, [kind.id for kind in before.kinds], [kind.id for kind in after.kinds]),
            (words.INDICATOR, list(_nodes(before)), list(_nodes(after))),
        ):
            was, now = [one for one in old if one in new], [one for one in new if one in old]
            if was != now:
                moved = next(one for one, other in zip(now, was, strict=True) if one != other)
                yield self.tell(words.ORDER, what=self.say(what), name=moved)

    def numbered(self, entries: tuple[Any, ...]) -> dict[str, Any]:
        return {self.tell(words.GROUP, number=number): entry for number, entry in enumerate(entries, 1)}

    def keyed(self, what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
        what = self.say(what)
        for name, old in before.items():
            if name not in after:
                yield self.tell(words.REMOVED, what=what, name=self.called(name, old))
        for name, new in after.items():
            called = self.called(name, new)
            if name not in before:
                yield self.tell(words.ADDED, what=what, name=called)
            else:
                within = self.said.within.format(what=what, name=called)
                yield from self.members(before[name], new, MEMBERS, within)

    def called(self, name: str, entry: Any) -> str:
        title = getattr(entry, "title", "") or ""
        said = self.said.title(title) if isinstance(title, Text) else str(title)
        name = self.said.titled.format(name=name, title=said) if said else name
        points = getattr(entry, "points", None)
        return self.tell(words.WORTH, name=name, points=points.text) if isinstance(points, Formula) else name

    def members(self, before: Any, after: Any, known: Mapping[str, str], where: str) -> Iterator[str]:
        """`children` are nodes of their own; `name` and `code` are what the entry is known by."""
        for name in after.__struct_fields__:
            if where == "" and name not in known:
                continue
            old, new = getattr(before, name), getattr(after, name)
            if name in ("children", "name", "code") or _plain(old) == _plain(new):
                continue
            what = known.get(name, name)
            if _entries(old) and _entries(new):
                yield from (f"{where}{line}" for line in self.keyed(what, old, new))
                continue
            yield where + self.tell(words.CHANGED, what=self.say(what), old=self.shown(old), new=self.shown(new))

    def shown(self, value: Any) -> str:
        return self.say(words.NONE) if value in (None, "", (), {}) else self.listed(_plain(value))

    def listed(self, value: Any) -> str:
        """Nested members in one line, without those that say nothing."""
        if isinstance(value, dict):
            told = {
                name: member
                for name, member in value.items()
                if name != "name" and member not in (None, "", [], (), {})
            }
            if set(told) <= {"zh", "en"} and "zh" in told:
                return self.said.quoted.format(title=self.said.title(Text(**told)))
            said = (f"{self.say(MEMBERS.get(name, name))} {self.listed(member)}" for name, member in told.items())
            return self.say(words.COMMA).join(said)
        if isinstance(value, list | tuple):
            return self.say(words.LIST).join(self.listed(each) for each in value)
        if isinstance(value, bool):
            return self.say(words.YES if value else words.NO)
        return plain(value) if isinstance(value, int | Decimal) else str(value)


def _nodes(scheme: Scheme) -> dict[str, Indicator]:
    return {node.code: node for node in scheme.nodes}


def _body(code: CodeType) -> tuple[Any, ...]:
    """Wherever it stands in its file."""
    constants = [_body(one) if isinstance(one, CodeType) else (type(one), one) for one in code.co_consts]
    return code.co_code, code.co_names, tuple(constants)


def _entries(value: Any) -> bool:
    """A table of named entries: told one by one."""
    return isinstance(value, Mapping) and all(isinstance(each, msgspec.Struct) for each in value.values())


def _plain(value: Any) -> Any:
    """Two spellings of one number are the same."""
    return msgspec.to_builtins(value, enc_hook=_hooked, builtin_types=(Decimal, date))


def _hooked(value: Any) -> Any:
    return value.text if isinstance(value, Formula) else str(value)
