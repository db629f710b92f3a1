"""What the different contents of an import mean, checked by the engine; problems by row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import as_record, entry_form, label_of, read_entry
from kaohe.clock import today
from kaohe.errors import FieldProblem
from kaohe.i18n import _
from kaohe.records import reference_queries
from kaohe.records.import_columns import DONE, ENTRY, leaf_names, level_of, measure_of
from kaohe.records.import_queries import MOST_PROBLEMS, Staging
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.periods import containing
from kaohe.scoring import check_record
from kaohe.scoring.facts import Facts, Record, Subject
from kaohe.scoring.together import TOGETHER, check_together
from kaohe.spreadsheets import Row, Table, read_date

OLDEST = date(2000, 1, 1)
_to_json = msgspec.json.Encoder(decimal_format="string").encode


@dataclass(slots=True)
class Combination:
    """One different entry of the file: its leaf, what it means, and what is wrong with it by column."""

    kind: str
    leaf: Indicator | None
    values: dict[str, Any]
    wrong: list[tuple[str, str]]


@dataclass(slots=True)
class Check:
    """A file under one scheme and its parameters."""

    scheme: Scheme
    parameters: Mapping[str, Any]
    staging: Staging
    table: Table
    session: AsyncSession
    units: Sequence[Any] = ()
    combinations: list[Combination] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    problem_rows: int = 0

    async def run(self) -> None:
        """Afterwards every row is resolved, or `problems` tells of the first ones that are not."""
        await self.prepare()
        await self.find_problems()

    async def prepare(self) -> None:
        if any(one.type == "subject" for leaf in self.scheme.leaves.values() for one in leaf.fields.values()):
            self.units = await reference_queries.units(self.session)
        await self._subjects()
        await self._days()
        await self._entries()

    @property
    def looks_together(self) -> bool:
        """Whether rows can be wrong together that are right one by one."""
        return any(made.leaf and made.leaf.rule in TOGETHER for made in self.combinations)

    async def _subjects(self) -> None:
        """By code, else by a name that only one of them has."""
        texts = await self.staging.find_subjects()
        bare = {text: text.strip() for text in texts}
        like = await self.staging.subjects_like([word for word in bare.values() if word]) if texts else []
        by_code = {row["code"]: row for row in like}
        times = Counter(row["name"] for row in like)
        by_name = {row["name"]: row for row in like if times[row["name"]] == 1}
        found = {text: by_code.get(word) or by_name.get(word) for text, word in bare.items()}
        await self.staging.add_subjects({text: row for text, row in found.items() if row})

    async def _days(self) -> None:
        last = today()
        days = {text: read_date(text.strip()) for text in await self.staging.days()}
        await self.staging.add_days({text: day for text, day in days.items() if day and OLDEST <= day <= last})

    async def _entries(self) -> None:
        rows = await self.staging.combinations()
        names = {kind.id: leaf_names(self.scheme, kind.id) for kind in self.scheme.kinds}
        self.combinations = [self._combination(row, names) for row in rows]
        await self.staging.add_entries(
            (*row, number, not made.wrong, *_typed(made)) for number, (row, made) in
            enumerate(zip(rows, self.combinations, strict=True))
        )  # fmt: skip

    def _combination(self, row: Sequence[Any], names: Mapping[str, Mapping[str, Indicator]]) -> Combination:
        kind, name, texts = row[0], row[1].strip(), [text.strip() for text in row[2:-2]]
        # Somebody unknown: the row's other cells are looked at under any kind that has the clause.
        kinds = [kind] if kind else [one for one in names if name in names[one]]
        leaf = names.get(kinds[0], {}).get(name) if kinds else None
        if leaf is None:
            return Combination(kind, None, {}, [("leaf", self._no_clause(name, names.get(kind, {})))])
        posted = self._posted(leaf, dict(zip(self.staging.texts, texts, strict=True)), *row[-2:])
        return self._checked(kinds[0], leaf, posted)

    def _no_clause(self, name: str, known: Mapping[str, Indicator]) -> str:
        if not name:
            return _("没有填写")
        told = _("「{value}」不是这类对象可登记的条款").format(value=name)
        near = [leaf.code for leaf in known.values() if leaf.code.startswith(name.rpartition(".")[0] + ".")]
        listed = "、".join(dict.fromkeys(near or [leaf.code for leaf in known.values()][:5]))
        return told + (_("，可用：{known}").format(known=listed) if listed else "")

    def _posted(self, leaf: Indicator, texts: dict[str, str], has_matter: bool, has_note: bool) -> dict[str, str]:
        given = {name: texts.get(name, "") for name in ENTRY}
        for number, name in enumerate(self.staging.measures):
            given[f"fields.{name}"] = measure_of(leaf, name, texts[f"f{number}"], self._named(leaf).get(name, ()))
        given["level"] = level_of(leaf, given["level"])
        given["done"] = DONE.get(given["done"], given["done"])
        return given | {"matter": "·" if has_matter else "", "note": "·" if has_note else ""}

    def _named(self, leaf: Indicator) -> dict[str, list[tuple[str, str]]]:
        """By field: (code, name) of the subjects that it may name."""
        return {
            name: [(row.code, row.name) for row in self.units if not one.kinds or row.kind in one.kinds]
            for name, one in leaf.fields.items() if one.type == "subject"
        }  # fmt: skip

    def _checked(self, kind: str, leaf: Indicator, posted: dict[str, str]) -> Combination:
        made = entry_form(self.scheme, leaf, kind=kind, parameters=self.parameters, subjects=self._named(leaf))
        taken = {one.name for one in made.inputs}
        wrong = [
            (name, _("这一条不填这一列"))
            for name, text in posted.items()
            if text and name not in taken and name != "matter"
        ]
        entry = read_entry(Cells(posted), made)
        wrong += [(problem.place, problem.message) for problem in entry.problems]
        values = entry.values | ({"matter": posted["matter"]} if posted["matter"] else {})
        if not wrong:
            subject = Subject(id="-", kind=kind)
            record = as_record(leaf, values, subject="-", day=today())
            for problem in check_record(self.scheme, self.parameters, subject, record):
                member = problem.place.partition(".")[2]
                wrong.append((member, f"{label_of(leaf, member)}：{problem.message}"))
        return Combination(kind, leaf, values, wrong)

    async def find_problems(self) -> None:
        rows = await self.staging.wrong()
        self.problem_rows = rows[0][-1] if rows else 0
        for row in rows:
            for member, message in sorted(self._row_problems(row), key=self._column):
                self.refuse(row[0], member, message)
        if not rows:
            await self._clashes()

    def _column(self, problem: tuple[str, str]) -> tuple[int, str]:
        """Where it stands in the sheet: what is wrong in a row is told from left to right."""
        letter, _label = self.table.heads.get(problem[0]) or self.table.heads.get("leaf", ("A", ""))
        return len(letter), letter

    def _row_problems(self, row: Sequence[Any]) -> Iterator[tuple[str, str]]:
        _line, subject, text, day, found, first, last, number, _total = row
        if not found:
            told = _("「{value}」不是考核对象的编号或名称").format(value=subject) if subject.strip() else _("没有填写")
            yield "subject", told
        if day is None:
            yield "date", self._day_problem(text.strip())
        elif (first and day < first) or (last and day > last):
            yield (
                "date",
                _("{day} 不在该对象的在岗期间 {first} 至 {last} 内").format(
                    day=day, first=first or "…", last=last or "…"
                ),
            )
        yield from self.combinations[number].wrong if number is not None else ()

    def _day_problem(self, text: str) -> str:
        day = read_date(text)
        if day is None:
            return _("「{value}」不是日期，应如 2026-03-31").format(value=text) if text else _("没有填写")
        return _("{day} 晚于今天").format(day=day) if day > today() else _("{day} 过早").format(day=day)

    def refuse(self, line: int, member: str, message: str) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            return
        before = len(self.table.problems)
        self.table.refuse(Row(line, {}), member if member in self.table.heads else "leaf", message)
        self.problems.append(self.table.problems[before])

    async def _clashes(self) -> None:
        """What only shows when the records of one subject and leaf are looked at together, with those that stand."""
        if not self.looks_together:
            return
        codes = {made.leaf.code for made in self.combinations if made.leaf and made.leaf.rule in TOGETHER}
        rows = await self.staging.under(sorted(codes))
        held = await self.staging.standing(self.scheme.id, sorted(codes))
        subjects = {row[1]: Subject(id=row[1], kind=row[2]) for row in rows}
        records = [as_held(row) for row in held if row[0] in subjects]
        before = len(records)
        for _line, code, _kind, leaf, day, number in rows:
            made = self.combinations[number]
            records.append(as_record(self.scheme.leaves[leaf], made.values, subject=code, day=day))
        period = containing(today(), self.scheme.rollup or self.scheme.periods[0], self.scheme.month_starts)
        facts = Facts(scheme=self.scheme.id, period=period.text, records=records)
        for problem in check_together(self.scheme, facts, subjects, period, self.parameters):
            index = int(problem.place.partition("[")[2].partition("]")[0]) - before
            if index >= 0:
                self.problem_rows += 1
                self.refuse(rows[index][0], problem.place.rpartition("].")[2], problem.message)


class Cells(dict[str, str]):
    """Columns that are not there count as empty."""

    def __missing__(self, name: str) -> str:
        return ""


def as_held(row: Sequence[Any]) -> Record:
    subject, leaf, day, value, target, rating, done, fields = row
    return Record(
        subject=subject, leaf=leaf, date=day, value=value, target=target, rating=rating, done=done, fields=fields
    )


def _typed(made: Combination) -> tuple[Any, ...]:
    values = made.values
    fields = values.get("fields")
    json = _to_json(fields).decode() if fields else None
    return (made.leaf.code if made.leaf else None, *(values.get(name) for name in ENTRY), json)
