"""The figures that a scheme wants set for each subject: tables of targets, tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _, said
from kaohe.scheme.formula import Formula
from kaohe.scheme.model import Attribute, Kind, Scheme
from kaohe.spreadsheets import Column, Table
from kaohe.subjects import queries
from kaohe.subjects.kinds import allowed_words, read_attribute, title_of

NUMBERS = {"decimal", "integer"}


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A figure: an attribute of its own, or what stands in a map attribute under a leaf's code. `table`: of which table it
    is, '' where there is only one."""

    key: str
    title: str
    table: str
    unit: str
    name: str
    code: str
    attribute: Attribute

    @property
    def label(self) -> str:
        """Where it stands alone."""
        return _("{leaf}－{table}").format(leaf=self.title, table=self.table) if self.table else self.title

    @property
    def hint(self) -> str:
        return allowed_words(self.attribute)

    def text(self, attributes: Mapping[str, Any]) -> str:
        held = attributes.get(self.name)
        if self.code:
            held = held.get(self.code) if isinstance(held, Mapping) else None
        return "" if held is None else str(held)

    def read(self, attributes: Mapping[str, Any], text: str) -> tuple[Any, str]:
        """What is empty may stay so; what is owed cannot be taken away again."""
        if not text and not (self.attribute.required and self.text(attributes)):
            return None, ""
        return read_attribute(self.name, self.attribute, text)

    def put(self, attributes: dict[str, Any], value: Any) -> None:
        if not self.code:
            _put(attributes, self.name, value)
            return
        held = attributes.get(self.name)
        table = dict(held) if isinstance(held, Mapping) else {}
        _put(table, self.code, value)
        _put(attributes, self.name, table or None)


def _put(members: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        members.pop(name, None)
    else:
        members[name] = value


def targets_of(scheme: Scheme, kind: Kind) -> list[Target]:
    """In the order of the scheme: figures of the subject, then the table of each map attribute. What only tells the
    ranking group is none."""
    found, grouping = [], kind.group.names if kind.group else ()
    for name, attribute in kind.attributes.items():
        wanted = attribute.default is None and (attribute.required or attribute.required_in)
        if attribute.type in NUMBERS and wanted and name not in grouping:
            found.append(Target(name, title_of(name, attribute), "", "", name, "", attribute))
    maps = [name for name, attribute in kind.attributes.items() if attribute.type == "map"]
    for name in maps:
        figure = msgspec.structs.replace(
            kind.attributes[name], type="decimal", required=False, min=kind.attributes[name].min or Formula("0")
        )
        for leaf in scheme.leaves.values():
            if kind.id in leaf.kinds and name in leaf.target_from.values():
                table = title_of(name, kind.attributes[name]) if len(maps) > 1 else ""
                key = f"{name}.{leaf.code}"
                found.append(Target(key, said(leaf.title), table, leaf.unit, name, leaf.code, figure))
    return found


def with_targets(schemes: Iterable[Scheme]) -> list[tuple[Scheme, list[Kind]]]:
    found = [(scheme, [kind for kind in scheme.kinds if targets_of(scheme, kind)]) for scheme in schemes]
    return [(scheme, kinds) for scheme, kinds in found if kinds]


def sheet_columns(targets: Iterable[Target]) -> tuple[Column, ...]:
    """Of the spreadsheet; the name is for people, the code decides."""
    notes = [(target, "，".join(filter(None, (target.unit, target.hint)))) for target in targets]
    figures = [Column(target.key, target.label, note=note) for target, note in notes]
    return (Column("code", _("编号"), ("代码",), required=True), Column("name", _("名称")), *figures)


@dataclass(slots=True)
class Change:
    held: Row[Any]
    version: int
    attributes: dict[str, Any]


def planned(held: Row[Any], version: int, cells: Mapping[Target, str]) -> tuple[Change, list[tuple[Target, str]]]:
    """What the subject would have, and what is wrong by cell."""
    change, wrong = Change(held, version, dict(held.attributes)), []
    for target, text in cells.items():
        value, message = target.read(held.attributes, text)
        if message:
            wrong.append((target, message))
        else:
            target.put(change.attributes, value)
    return change, wrong


def plan_table(table: Table, targets: list[Target], rows: Mapping[str, Row[Any]]) -> list[Change]:
    """Cells left empty stay as they are. Problems go to the table."""
    found: list[Change] = []
    seen: set[str] = set()
    for row in table.rows:
        held = rows.get(row["code"])
        if held is None and row["code"]:
            table.refuse(row, "code", _("系统中没有编号为「{code}」的这类对象").format(code=row["code"]))
        elif row["code"] in seen:
            table.refuse(row, "code", _("「{code}」在表中出现了两次").format(code=row["code"]))
        seen.add(row["code"])
        if held is not None:
            cells = {target: row[target.key] for target in targets if row[target.key]}
            change, wrong = planned(held, held.version, cells)
            for target, message in wrong:
                table.refuse(row, target.key, message)
            found.append(change)
    if not table.rows and not table.problems:
        table.refuse_file(_("表头之下没有内容"))
    return found


async def carry_out(session: AsyncSession, scheme: Scheme, changes: Iterable[Change]) -> int:
    """All or nothing; answers how many subjects changed. Raises Conflict where somebody was faster."""
    count = 0
    for change in changes:
        held = change.held
        if change.attributes == held.attributes:
            continue
        if held.version != change.version or not await queries.change(
            session, held.id, change.version, {"attributes": change.attributes}
        ):
            raise Conflict(_("「{name}」刚被另一位同事修改过").format(name=held.name))
        detail = {
            "code": held.code,
            "scheme": scheme.id,
            "changed": {"attributes": [held.attributes, change.attributes]},
        }
        record(session, "subject.changed", "subject", held.id, detail)
        count += 1
    return count


async def rows_of(session: AsyncSession, kind: str, ids: list[UUID]) -> dict[UUID, Row[Any]]:
    """Raises NotFound where one of them is nobody of that kind here."""
    found = {row.id: row for row in await queries.with_attributes(session, kind, ids=ids)}
    if set(ids) - set(found):
        raise NotFound
    return found
