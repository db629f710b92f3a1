"""Subjects from a spreadsheet: what each row would do, and doing it all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.clock import now
from kaohe.db.session import current_tenant
from kaohe.errors import Conflict
from kaohe.i18n import _, official
from kaohe.jurisdictions.service import pinyin_key
from kaohe.spreadsheets import Column, Row, Table
from kaohe.subjects import queries
from kaohe.subjects.kinds import SubjectKind, allowed_words, read_attribute, shown_attribute, title_of
from kaohe.subjects.models import Subject, SubjectImport
from kaohe.subjects.service import CODE

MOST_ROWS = 20_000
Effect = Literal["new", "changed", "same"]


@official()
def columns_of(kind: SubjectKind, parent_title: str) -> tuple[Column, ...]:
    """Chinese in every language: a file passes from hand to hand."""
    found = [
        Column("name", _("名称"), ("姓名", "对象名称", "单位名称", "窗口名称"), required=True),
        Column(
            "code", _("编号"), ("代码", "工号", "id"), note=_("修改已有对象时填写；不填则按名称对应，没有的自动编号")
        ),
    ]
    if kind.parent:
        required = kind.parent_required
        found.append(
            Column(
                "parent",
                parent_title,
                ("所属单位", "所属窗口", "所属"),
                required=required,
                note=_("名称或编号，须已在系统中"),
            )
        )
    for name, attribute in kind.attributes.items():
        title = title_of(name, attribute)
        choices = tuple(words or code for code, words in attribute.choices.items())
        note = allowed_words(attribute)
        found.append(Column(f"attributes.{name}", title, (name,), required=False, note=note, choices=choices))
    found += [
        Column(
            "active_from",
            _("开始日期"),
            ("起始日期", "到岗日期"),
            kind="date",
            note=_("参加考核的第一天，如 2026-01-01"),
        ),
        Column("active_to", _("结束日期"), ("离岗日期",), kind="date", note=_("参加考核的最后一天，仍在的不填")),
    ]
    return tuple(found)


class Known:
    """What stands in the database, looked up by code and by name."""

    def __init__(self, by_code: Mapping[str, Any], kind: SubjectKind) -> None:
        self.by_code, self.kind = by_code, kind
        self._by_name: dict[tuple[str, str], list[Any]] = {}
        self._names: dict[str, str] = {str(row.id): row.name for row in by_code.values()}
        for row in by_code.values():
            self._by_name.setdefault((row.kind, row.name), []).append(row)

    def named(self, kind: str | None, name: str) -> list[Any]:
        return self._by_name.get((kind or "", name), [])

    def name_of(self, subject_id: object) -> str:
        return self._names.get(str(subject_id), "")

    def parent(self, text: str) -> tuple[Any, str]:
        held = self.by_code.get(text)
        if held is not None and held.kind == self.kind.parent:
            return held, ""
        found = self.named(self.kind.parent, text)
        if len(found) > 1:
            return None, _("有 {n} 个「{name}」，请改填编号").format(n=len(found), name=text)
        return (found[0], "") if found else (None, _("系统中没有「{name}」").format(name=text))


async def plan(session: AsyncSession, kind: SubjectKind, table: Table) -> list[dict[str, Any]]:
    """What each row would do, as JSON; problems are added to the table."""
    if len(table.rows) > MOST_ROWS:
        table.refuse_file(_("一次最多导入 {most} 行").format(most=MOST_ROWS))
        return []
    known = Known(await queries.by_code(session), kind)
    number = await queries.next_number(session, f"{kind.id}-")
    found, seen = [], Counter[str]()
    for row in table.rows:
        held = _held(table, row, known)
        code = held.code if held else row["code"]
        if not code:
            code, number = f"{kind.id}-{number}", number + 1
        seen[code] += 1
        if seen[code] == 2:
            place = "code" if row["code"] else "name"
            table.refuse(row, place, _("「{code}」在表中出现了两次").format(code=row[place]))
        found.append(_planned(table, row, known, held, code))
    if not table.rows and not table.problems:
        table.refuse_file(_("表头之下没有内容"))
    return found


def _held(table: Table, row: Row, known: Known) -> Any:
    """The subject that the row means, None for a new one."""
    if row["code"]:
        held = known.by_code.get(row["code"])
        if held is not None and held.kind != known.kind.id:
            table.refuse(row, "code", _("编号「{code}」属于另一类对象").format(code=row["code"]))
        elif not CODE.fullmatch(row["code"]):
            table.refuse(row, "code", _("「{code}」只能用字母、数字和 . _ -，最多 40 位").format(code=row["code"]))
        return held
    found = known.named(known.kind.id, row["name"])
    if row["parent"] and len(found) > 1:
        parent, _wrong = known.parent(row["parent"])
        found = [each for each in found if parent and each.parent_id == parent.id]
    if len(found) > 1:
        table.refuse(row, "name", _("系统中有 {n} 个「{name}」，请填写编号").format(n=len(found), name=row["name"]))
    return found[0] if found else None


def _planned(table: Table, row: Row, known: Known, held: Any, code: str) -> dict[str, Any]:
    """Columns that are not in the file leave what is there."""
    values: dict[str, Any] = {
        "name": row["name"], "parent_id": str(held.parent_id) if held and held.parent_id else None,
        "attributes": dict(held.attributes) if held else {}, "active_from": _iso(held, "active_from"),
        "active_to": _iso(held, "active_to"),
    }  # fmt: skip
    if len(row["name"]) > 100:
        table.refuse(row, "name", _("最多 100 字"))
    if row["parent"]:
        parent, wrong = known.parent(row["parent"])
        if wrong:
            table.refuse(row, "parent", wrong)
        values["parent_id"] = str(parent.id) if parent else None
    _read_attributes(table, row, known.kind, values["attributes"])
    for name in ("active_from", "active_to"):
        if name in table.heads:
            values[name] = row[name] or None
    if values["active_from"] and values["active_to"] and values["active_to"] < values["active_from"]:
        table.refuse(row, "active_to", _("结束日期早于开始日期"))
    changes = _changes(known, held, values) if held else []
    effect: Effect = "new" if held is None else "changed" if changes else "same"
    return {
        "row": row.number, "code": code, "effect": effect, "subject_id": str(held.id) if held else None,
        "version": held.version if held else 0, "changes": changes, **values,
    }  # fmt: skip


def _read_attributes(table: Table, row: Row, kind: SubjectKind, attributes: dict[str, Any]) -> None:
    for name, attribute in kind.attributes.items():
        head = f"attributes.{name}"
        if head not in table.heads and name in attributes:
            continue
        value, wrong = read_attribute(name, attribute, row[head])
        if wrong:
            place, message = (head, wrong) if head in table.heads else ("name", f"{title_of(name, attribute)}{wrong}")
            table.refuse(row, place, message)
        elif value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value


def _iso(held: Any, name: str) -> str | None:
    day: date | None = getattr(held, name) if held else None
    return day.isoformat() if day else None


def _changes(known: Known, held: Any, values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what, before, after) in words."""
    pairs = [
        (_("名称"), held.name, values["name"]),
        (_("所属"), known.name_of(held.parent_id), known.name_of(values["parent_id"])),
        (_("开始日期"), _iso(held, "active_from"), values["active_from"]),
        (_("结束日期"), _iso(held, "active_to"), values["active_to"]),
    ]
    for name in {**held.attributes, **values["attributes"]}:
        attribute = known.kind.attributes.get(name)
        before, after = (shown_attribute(attribute, side.get(name)) for side in (held.attributes, values["attributes"]))
        pairs.append((title_of(name, attribute) if attribute else name, before, after))
    return [(label, before or "", after or "") for label, before, after in pairs if (before or "") != (after or "")]


async def keep(
    session: AsyncSession, kind: str, file_name: str, sha256: str, rows: Sequence[dict[str, Any]], *, by: UUID
) -> UUID:
    """Waits for a yes."""
    made = SubjectImport(
        tenant_id=current_tenant(session),
        person_id=by,
        kind=kind,
        file_name=file_name[:200],
        sha256=sha256,
        rows=list(rows),
    )
    session.add(made)
    await session.flush()
    detail = {"file": made.file_name, "sha256": sha256, "kind": kind, "rows": len(rows)}
    record(session, "subjects.import_checked", "subject_import", made.id, detail)
    return made.id


async def carry_out(session: AsyncSession, held: SubjectImport) -> Counter[str]:
    """All or nothing. Raises Conflict when it was done before, or somebody changed one of the subjects meanwhile."""
    if held.applied_at is not None:
        raise Conflict(_("这份名单已经导入过"))
    taken = set(await queries.by_code(session)) & {row["code"] for row in held.rows if row["effect"] == "new"}
    if taken:
        raise Conflict(_("编号「{code}」刚被使用，请重新上传").format(code=min(taken)))
    made = [_subject(held, row) for row in held.rows if row["effect"] == "new"]
    session.add_all(made)
    await session.flush()
    for subject in made:
        record(session, "subject.added", "subject", subject.id, {"code": subject.code, "name": subject.name})
    for row in held.rows:
        if row["effect"] == "changed":
            await _change(session, row)
    held.applied_at = now()
    counts = Counter(row["effect"] for row in held.rows)
    record(
        session,
        "subjects.imported",
        "subject_import",
        held.id,
        {"file": held.file_name, "sha256": held.sha256, **counts},
    )
    return counts


def _subject(held: SubjectImport, row: Mapping[str, Any]) -> Subject:
    return Subject(tenant_id=held.tenant_id, code=row["code"], kind=held.kind, **_values(row))


async def _change(session: AsyncSession, row: Mapping[str, Any]) -> None:
    if not await queries.change(session, UUID(row["subject_id"]), row["version"], _values(row)):
        raise Conflict(_("「{name}」刚被另一位同事修改过，请重新上传").format(name=row["name"]))
    record(session, "subject.changed", "subject", row["subject_id"], {"code": row["code"], "name": row["name"]})


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"], "sort_key": pinyin_key(row["name"]), "attributes": row["attributes"],
        "parent_id": UUID(row["parent_id"]) if row["parent_id"] else None,
        "active_from": date.fromisoformat(row["active_from"]) if row["active_from"] else None,
        "active_to": date.fromisoformat(row["active_to"]) if row["active_to"] else None,
    }  # fmt: skip
