"""Imports: a file is put in, checked as a whole and shown, then taken over as a whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record as audited
from kaohe.catalogue import service as catalogue
from kaohe.catalogue.entries import entry_words
from kaohe.clock import now, today
from kaohe.db.session import current_tenant
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.records import queries, service, telling
from kaohe.records.access import Reader
from kaohe.records.errors import ImportChanged
from kaohe.records.import_checks import Check
from kaohe.records.import_reading import stage
from kaohe.records.models import RecordImport

MOST_BYTES = 50 * 1024**2
SHOWN_ROWS = 10


async def put_in(session: AsyncSession, person: Reader, scheme_id: str, filename: str, data: bytes) -> RecordImport:
    """Keeps the file until it is checked. Raises NotFound, Invalid."""
    scheme = await catalogue.enabled_scheme_of(session, scheme_id)
    if not data:
        raise Invalid([FieldProblem("file", _("文件是空的"))])
    if len(data) > MOST_BYTES:
        raise Invalid(
            [FieldProblem("file", _("文件超过 {most} MB，请拆分后再导入").format(most=MOST_BYTES // 1024**2))]
        )
    made = RecordImport(
        tenant_id=current_tenant(session), filename=filename, sha256=hashlib.sha256(data).hexdigest(), data=data,
        scheme_id=scheme.id, uploaded_by=person.id, uploaded_name=person.name,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    audited(session, "record_import.put_in", "record_import", made.id, {"file": filename, "sha256": made.sha256})
    return made


async def import_of(session: AsyncSession, upload_id: UUID, *, lock: bool = False) -> RecordImport:
    """Raises NotFound."""
    found = await queries.import_of(session, upload_id, lock=lock)
    if found is None:
        raise NotFound
    return found


async def check_import(session: AsyncSession, upload_id: UUID) -> RecordImport:
    """Looks at every row; `checked` with a preview, or `refused` with the problems."""
    held = await import_of(session, upload_id, lock=True)
    if held.state != "waiting" or held.data is None:
        return held
    check, file_problems = await _staged(session, held)
    if check is not None:
        await check.run()
    problems = file_problems or (check.problems if check else [])
    held.problems = [[problem.place, problem.message] for problem in problems]
    held.problem_count = check.problem_rows if check else 0
    if check is not None:
        held.rows, _last = await check.staging.size()
        if not problems:
            held.preview = await _preview(session, check)
        await check.staging.close()
    if not problems and not held.rows:
        held.problems = [["", _("表中没有记录")]]
    held.state = "refused" if held.problems else "checked"
    if held.state == "refused":
        held.data, held.finished_at = None, now()
    detail = {"rows": held.rows, "problems": held.problem_count}
    audited(session, f"record_import.{held.state}", "record_import", held.id, detail)
    await session.flush()
    return held


async def _staged(session: AsyncSession, held: RecordImport) -> tuple[Check | None, list[FieldProblem]]:
    scheme = await catalogue.enabled_scheme_of(session, held.scheme_id)
    parameters = await service.parameters_on(session, scheme, today())
    scheme = scheme.under(parameters)
    assert held.data is not None
    staging, table = await stage(session, scheme, held.data, held.filename)
    if staging is None or (table.problems and not table.rows):
        return None, list(table.problems) or [FieldProblem("", _("表中没有内容"))]
    return Check(scheme, parameters, staging, table, session), []


async def _preview(session: AsyncSession, check: Check) -> list[Any]:
    """[first rows, how many by clause]: what a person looks at before saying yes."""
    rows, units = [], await service.unit_names(session, check.scheme.leaves.values())
    for line, name, leaf, day, number, note in await check.staging.first_rows(SHOWN_ROWS):
        made = check.combinations[number]
        words = entry_words(check.scheme.leaves[leaf], _without_matter(made.values), scheme=check.scheme, units=units)
        rows.append([line, name, str(check.scheme.leaves[leaf].title), day.isoformat(), words, note])
    counts = [
        [str(check.scheme.leaves[leaf].title), count, first.isoformat(), last.isoformat()]
        for leaf, count, first, last in await check.staging.summary()
    ]
    return [rows, counts]


def _without_matter(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in {"matter", "note"}}


async def begin_import(session: AsyncSession, upload_id: UUID) -> RecordImport:
    """Somebody said yes. Raises ImportChanged where it is not waiting for that."""
    held = await import_of(session, upload_id, lock=True)
    if held.state != "checked":
        raise ImportChanged
    held.state = "importing"
    await session.flush()
    return held


async def import_records(session: AsyncSession, upload_id: UUID) -> int:
    """All rows become records, or (where the world changed since the check) none and it is `refused`. Answers how many."""
    held = await import_of(session, upload_id, lock=True)
    if held.state != "importing" or held.data is None:
        return 0
    await queries.take_numbers(session, today().year, 0)  # other writers wait from here on
    check, problems = await _staged(session, held)
    if check is None:
        return await _refused(session, held, problems)
    await check.prepare()
    if check.looks_together:
        await check.find_problems()
    done = 0 if check.problems else await _write(session, held, check)
    if not done:
        return await _refused(session, held, check.problems)
    await check.staging.close()
    held.state, held.rows, held.data, held.finished_at = "done", done, None, now()
    detail = {"file": held.filename, "sha256": held.sha256, "rows": done, "scheme": held.scheme_id}
    audited(session, "record_import.done", "record_import", held.id, detail)
    await session.flush()
    return done


async def _write(session: AsyncSession, held: RecordImport, check: Check) -> int:
    """Every row, or none and the problems are known. The good case asks first and is told afterwards that all fit."""
    rows, last_line = await check.staging.size()
    last = await queries.take_numbers(session, today().year, last_line - 1)  # the head has none
    values = {
        "tenant": current_tenant(session), "number": today().year * 10**7 + last - last_line, "scheme": held.scheme_id,
        "import": held.id, "person": held.uploaded_by, "name": held.uploaded_name,
        "until": service.reply_until(check.parameters),
    }  # fmt: skip
    attempt = await session.begin_nested()
    done = await check.staging.insert(values)
    if done == rows:
        await attempt.commit()
        return done
    await attempt.rollback()
    await check.find_problems()
    return 0


async def _refused(session: AsyncSession, held: RecordImport, problems: list[FieldProblem]) -> int:
    held.state, held.data, held.finished_at = "refused", None, now()
    held.problems = [[problem.place, problem.message] for problem in problems]
    held.problem_count = 0
    audited(session, "record_import.refused", "record_import", held.id, {"problems": len(problems)})
    await session.flush()
    return 0


async def fail_import(session: AsyncSession, upload_id: UUID) -> None:
    """The program went wrong: the import ends, so that its page says so and the file can be put in again."""
    held = await import_of(session, upload_id, lock=True)
    if held.state in {"waiting", "importing"}:
        await _refused(
            session, held, [FieldProblem("", _("导入程序出错，已记入日志。请稍后重新上传，仍不行时告诉管理员。"))]
        )


async def tell_of_import(session: AsyncSession, upload_id: UUID) -> None:
    """Each subject hears once how many records it got; a second call tells nobody again."""
    held = await import_of(session, upload_id, lock=True)
    if held.state != "done" or held.step == "told":
        return
    counts = await queries.imported_per_subject(session, held.id)
    await telling.tell_of_import(session, counts)
    held.step = "told"
    await session.flush()


async def drop_import(session: AsyncSession, upload_id: UUID) -> None:
    """Raises ImportChanged for what is under way or done."""
    held = await import_of(session, upload_id, lock=True)
    if held.state not in {"checked", "waiting"}:
        raise ImportChanged
    held.state, held.data, held.finished_at = "dropped", None, now()
    audited(session, "record_import.dropped", "record_import", held.id, {})
    await session.flush()
