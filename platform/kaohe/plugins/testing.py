"""Cases that a lawyer can read: facts and what must come of them, in a plugin's `cases/*.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from kaohe.plugins.manager import build_registry
from kaohe.scheme import yaml_text
from kaohe.scheme.calendar import Calendar
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadFacts
from kaohe.scoring.encoding import document
from kaohe.scoring.pipeline import score
from kaohe.scoring.reading import decode_facts

SHARED = ("scheme", "period", "parameters", "calendar", "subjects", "records")


class Case(Struct, frozen=True):
    name: str
    file: str
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]
    problems: tuple[str, ...]

    @property
    def scheme(self) -> str:
        return str(self.facts["scheme"])

    def __str__(self) -> str:
        return f"{self.file}:{self.name}"


class Difference(Struct, frozen=True):
    place: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, found {self.found}"


def cases_of(plugin: ModuleType) -> list[Case]:
    """What stands in `cases/` beside the plugin's `__init__.py`, for `pytest.mark.parametrize`."""
    return list(read_cases(Path(str(plugin.__file__)).parent / "cases"))


def holds(case: Case, plugin: ModuleType) -> bool:
    """Raises AssertionError that names each difference."""
    scheme = build_registry([(plugin.__name__, plugin)]).scheme(case.scheme)
    found = differences(case, scheme)
    assert not found, "\n".join(map(str, found))
    return True


class BadCase(ValueError):
    """A file of cases that is written wrongly; `at` is the place in it."""

    def __init__(self, message: str, at: yaml_text.Path = ()) -> None:
        super().__init__(message)
        self.at = at


def read_cases(folder: Path) -> Iterator[Case]:
    """Members that a case writes stand in place of the file's shared ones."""
    for path in sorted(folder.glob("*.yaml")):
        yield from read_case_text(path.read_text("utf-8-sig"), path.name)


def read_case_text(text: str, name: str) -> Iterator[Case]:
    """Raises BadCase."""
    raw = yaml_text.load(text)
    if not isinstance(raw, dict) or not isinstance(raw.get("cases"), list):
        raise BadCase("一份算例是一张键值表，写 scheme、period、subjects 和 cases（一列例子）")
    shared = {member: raw[member] for member in SHARED if member in raw}
    for index, case in enumerate(raw["cases"]):
        _look(case, shared, ("cases", index))
        facts = shared | {member: case[member] for member in SHARED if member in case}
        yield Case(str(case["name"]), name, facts, case.get("expect", {}), tuple(case.get("problems", ())))


def _look(case: Any, shared: Mapping[str, Any], at: yaml_text.Path) -> None:
    if not isinstance(case, dict) or "name" not in case:
        raise BadCase("一个例子是一张键值表，要有 name", at)
    allowed = [*SHARED, "name", "expect", "problems"]
    if unknown := [str(member) for member in case if member not in allowed]:
        raise BadCase(f"例子「{case['name']}」里不认识「{'、'.join(unknown)}」，可写：{'、'.join(allowed)}", at)
    if not (case.get("expect") or case.get("problems")):
        raise BadCase(f"例子「{case['name']}」没有写应为什么：写上 expect 或 problems", at)
    expect = case.get("expect", {})
    if not isinstance(expect, dict) or not all(isinstance(sheet, dict) for sheet in expect.values()):
        raise BadCase(f"例子「{case['name']}」的 expect 应按考核对象写：{{a: {{total: 100}}}}", (*at, "expect"))
    if not isinstance(case.get("problems", []), list):
        raise BadCase(f"例子「{case['name']}」的 problems 应是一列", (*at, "problems"))
    records = case.get("records", shared.get("records")) or []
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise BadCase(f"例子「{case['name']}」的 records 应是一列记录，每条是一张键值表", at)
    if "scheme" not in {*shared, *case}:
        raise BadCase("没有写是哪个方案的算例：写上 scheme", at)


def differences(case: Case, scheme: Scheme, calendar: Calendar | None = None) -> list[Difference]:
    """Empty where the case holds."""
    try:
        result = score(scheme, decode_facts(case.facts, calendar=calendar))
    except BadFacts as bad:
        told = [str(problem) for problem in bad.problems]
        return _alike("problems", list(case.problems), told)
    if case.problems:
        return [Difference("problems", list(case.problems), "it was scored")]
    sheets = {sheet["subject"]: sheet for sheet in document(result)["results"]}
    found = []
    for subject, expected in case.expect.items():
        found += list(_sheet(str(subject), expected, sheets.get(str(subject))))
    return found


def _sheet(subject: str, expected: Mapping[str, Any], sheet: Any) -> Iterator[Difference]:
    if expected.get("absent"):
        if sheet is not None:
            yield Difference(subject, "no result", sheet["total"])
        return
    if sheet is None:
        yield Difference(subject, "a result", None)
        return
    for name, value in expected.items():
        if name == "items":
            for code, units in value.items():
                yield from _equal(f"{subject}.items.{code}", units, sheet["items"].get(code))
        elif name == "lines":
            yield from _lines(subject, value, sheet["lines"])
        elif name not in sheet:
            yield Difference(f"{subject}.{name}", value, "a result has no such member")
        else:
            yield from _equal(f"{subject}.{name}", value, sheet[name])


def _lines(subject: str, expected: Any, lines: Any) -> Iterator[Difference]:
    for line in expected:
        if not any(_fits(line, other) for other in lines):
            yield Difference(f"{subject}.lines", line, list(lines))


def _fits(line: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(not list(_equal(name, value, other[name])) for name, value in line.items())


def _equal(place: str, expected: Any, found: Any) -> Iterator[Difference]:
    if not _same(expected, found):
        yield Difference(place, expected, found)


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, int | Decimal) and isinstance(found, str):
        return Decimal(expected) == Decimal(found)
    if isinstance(expected, list) and isinstance(found, list | tuple):
        return len(expected) == len(found) and all(map(_same, expected, found))
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return all(_same(value, found.get(name)) for name, value in expected.items())
    return bool(expected == found)


def _alike(place: str, expected: list[str], found: list[str]) -> list[Difference]:
    return [] if sorted(expected) == sorted(found) else [Difference(place, expected, found)]
