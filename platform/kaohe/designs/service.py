"""Drafts of one's own schemes: begin, save over what was seen, import, publish, throw away.

Whoever saves says which save they saw (`based_on`). A later one in between raises Stale: nothing is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue import service as catalogue
from kaohe.clock import now, today
from kaohe.designs import building, importing, queries, sampling
from kaohe.designs.checking import look
from kaohe.designs.document import Document, checked_size, read_document, write_document
from kaohe.designs.errors import Stale
from kaohe.designs.members import text_of, zh_of
from kaohe.designs.models import Design, DesignImport
from kaohe.designs.tidying import tidy
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.i18n import _

MOST_DRAFTS = 200


@dataclass(slots=True)
class Draft:
    """A draft with its document."""

    row: Design
    document: Document

    @property
    def id(self) -> UUID:
        return self.row.id

    @property
    def saves(self) -> int:
        return self.row.saves


async def draft_of(session: AsyncSession, design_id: UUID, *, lock: bool = False) -> Draft:
    """Raises NotFound."""
    row = await queries.draft(session, design_id, lock=lock)
    if row is None:
        raise NotFound
    return Draft(row, read_document(row.text))


async def begin(session: AsyncSession, document: Document, *, by: str, from_: str, published: str = "") -> Design:
    """Raises Invalid where the id is in use by another draft, or there are too many."""
    taken = await queries.ids_in_use(session)
    if len(taken) >= MOST_DRAFTS:
        raise Invalid(_("最多有 {most} 份草稿，请先删去不用的").format(most=MOST_DRAFTS))
    if document["id"] in taken:
        raise Conflict(_("「{scheme}」已经有一份草稿").format(scheme=document["id"]))
    made = Design(
        scheme_id=document["id"], scheme_version=str(document.get("version", "1")), title=title_of(document),
        text=_text(document), before="", saves=1, published=published, made_by_name=by, saved_by_name=by,
        saved_at=now(),
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, "design.begun", "design", made.id, {"scheme": made.scheme_id, "title": made.title, "from": from_})
    return made


def _text(document: Document) -> str:
    """In the order in which it is read again, so that a save that changes nothing is none."""
    return write_document(tidy(checked_size(document)))


def title_of(document: Document) -> str:
    return zh_of(document.get("title"))


async def save(
    session: AsyncSession, draft: Draft, document: Document, *, based_on: int, by: str, what: str
) -> None:  # fmt: skip
    """The id stays what it was. Raises Stale, Invalid."""
    if based_on != draft.saves:
        raise Stale(draft.saves)
    row = draft.row
    document["id"] = row.scheme_id
    text = _text(document)
    if text == row.text:
        return
    row.before, row.text, row.title = row.text, text, title_of(document)
    row.scheme_version = text_of(document.get("version"))
    row.saves, row.saved_by_name, row.saved_at = row.saves + 1, by, now()
    draft.document = document
    await session.flush()
    record(session, "design.saved", "design", row.id, {"scheme": row.scheme_id, "save": row.saves, "what": what})


async def change(
    session: AsyncSession, design_id: UUID, act: Callable[[Document], Any], *, based_on: int, by: str, what: str
) -> Any:  # fmt: skip
    """One act on the document of the save that was seen; answers what the act answers."""
    draft = await draft_of(session, design_id, lock=True)
    if based_on != draft.saves:
        raise Stale(draft.saves)
    answer = act(draft.document)
    await save(session, draft, draft.document, based_on=based_on, by=by, what=what)
    return answer


async def undo(session: AsyncSession, design_id: UUID, *, based_on: int, by: str) -> None:
    """Back to what it was before the last save; once more brings that back. Raises Stale, Conflict."""
    draft = await draft_of(session, design_id, lock=True)
    if not draft.row.before:
        raise Conflict(_("这份草稿还没有改过"))
    await save(session, draft, read_document(draft.row.before), based_on=based_on, by=by, what="undo")


async def discard(session: AsyncSession, design_id: UUID) -> str:
    """What was published from it stays."""
    draft = await draft_of(session, design_id, lock=True)
    await session.delete(draft.row)
    record(session, "design.discarded", "design", design_id, {"scheme": draft.row.scheme_id, "title": draft.row.title})
    return draft.row.title


async def keep_import(
    session: AsyncSession, design_id: UUID, file_name: str, rows: list[dict[str, Any]], *, by: str
) -> UUID:  # fmt: skip
    await queries.forget_imports(session, design_id)
    made = DesignImport(design_id=design_id, file_name=file_name[:200], rows=rows, put_in_by=by)
    session.add(made)
    await session.flush()
    detail = {"design": design_id, "file": made.file_name, "rows": len(rows)}
    record(session, "design_import.kept", "design_import", made.id, detail)
    return made.id


async def apply_import(
    session: AsyncSession, draft: Draft, held: DesignImport, lines: Sequence[importing.Line], *, replacing: bool,
    window: str, based_on: int, by: str,
) -> None:  # fmt: skip
    """All of it, once. Raises Conflict where it was applied already, Stale."""
    if held.applied_at is not None:
        raise Conflict(_("这份表格已经导入过了"))
    building.put_into(draft.document, lines, replacing=replacing, window=window)
    held.applied_at = now()
    await save(session, draft, draft.document, based_on=based_on, by=by, what=f"import {held.file_name}")


async def publish(
    session: AsyncSession, draft: Draft, *, version: str, reason: str, based_on: int, by: str
) -> None:  # fmt: skip
    """A version that never changes; the draft goes on as the next one's. Raises Stale, Invalid."""
    if based_on != draft.saves:
        raise Stale(draft.saves)
    document = {**draft.document, "version": version}
    looked = await run_sync(look, document)
    if looked.scheme is None:
        raise Invalid([FieldProblem("", "：".join(filter(None, (each.where, each.message)))) for each in looked.errors])
    cases = write_document(await run_sync(sampling.cases, looked.scheme, today()))
    await catalogue.publish_scheme(session, write_document(document), reason=reason, cases=cases)
    draft.row.published = version
    await save(session, draft, document, based_on=based_on, by=by, what=f"publish {version}")
