"""Agreeing to a changeover: the cycle is pinned to the other version, and everybody concerned is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import cast, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue.service import let_read
from kaohe.changeovers.errors import PreviewChanged
from kaohe.changeovers.weighing import Weighed, weigh
from kaohe.clock import now
from kaohe.cycles import service as cycles
from kaohe.cycles.models import Assignment, Changeover, Cycle, Participation
from kaohe.cycles.service import running_cycle, takes_claims, tell
from kaohe.errors import Conflict, NotFound
from kaohe.i18n import _, official
from kaohe.identity.models import Reader
from kaohe.inbox.service import Letter, send_all
from kaohe.results.service import hold, kept, supersede


async def change_version(
    session: AsyncSession, cycle_id: UUID, version: str, *, seen: str, reason: str, document: str, by: Reader
) -> Changeover:
    """`seen`: of the preview that was agreed to. Raises NotFound, Conflict, or PreviewChanged."""
    await hold(session, cycle_id)
    cycle = await running_cycle(session, cycle_id)
    row = await cycles.cycle(session, cycle_id)
    if row is None or version == row.scheme_version:
        raise NotFound
    weighed = await weigh(session, row, version)
    if weighed.seen != seen:
        raise PreviewChanged
    if weighed.hurdles or weighed.trial is None:
        raise Conflict(_("还不能改用这个版本：{why}").format(why=weighed.hurdles[0][1]))
    gone = await supersede(session, cycle_id, row.scheme_version)
    made = _written(weighed, reason, document, by)
    session.add(made)
    await session.flush()
    told = [each.told for each in await cycles.changeovers(session, cycle_id)]
    _pin(cycle, weighed)
    taking_part = await _participations(session, cycle, weighed, told)
    await let_read(session, weighed.other, sorted({one.party_id for one in taking_part} - {cycle.tenant_id}))
    await _tell(session, cycle, made, taking_part, bool(weighed.aside), claims=takes_claims(weighed.other))
    detail = {"title": cycle.title, "from": made.from_version, "to": made.to_version, "hash": made.to_hash,
              "reason": reason, "document": document, "digest": made.digest, "parameters": made.to_parameters,
              "set_aside": [each.id for each in weighed.aside], "superseded_runs": gone}  # fmt: skip
    record(session, "cycle.version_changed", "cycle", cycle_id, detail)
    return made


def _written(weighed: Weighed, reason: str, document: str, by: Reader) -> Changeover:
    assert weighed.trial is not None
    cycle = weighed.cycle
    return Changeover(
        cycle_id=cycle.id, from_version=cycle.scheme_version, from_hash=cycle.scheme_hash,
        from_parameters=cycle.parameters, to_version=weighed.other.version, to_hash=weighed.other.content_hash,
        to_parameters=weighed.parameters, reason=reason, document=document, digest=weighed.digest,
        summary=msgspec.to_builtins(weighed.trial.tally), set_aside=kept(weighed.aside), decided_by=by.id,
        decided_by_name=by.name,
        decided_at=now(),
    )  # fmt: skip


def _pin(cycle: Cycle, weighed: Weighed) -> None:
    cycle.scheme_version, cycle.scheme_hash = weighed.other.version, weighed.other.content_hash
    cycle.parameters, cycle.version = weighed.parameters, cycle.version + 1


async def _participations(
    session: AsyncSession, cycle: Cycle, weighed: Weighed, told: Sequence[dict[str, str]]
) -> Sequence[Participation]:
    """Their copy of the cycle, the group they are ranked in; a result that was confirmed stands no more."""
    patch = {"scheme_version": weighed.other.version, "scheme_hash": weighed.other.content_hash,
             "parameters": weighed.parameters, "changeovers": list(told)}  # fmt: skip
    mine = (Participation.tenant_id == cycle.tenant_id) & (Participation.cycle_id == cycle.id)
    notice: Any = Participation.notice.op("||")(cast(patch, JSONB))
    await session.execute(update(Participation).where(mine).values(notice=notice, confirmed_at=None))
    found = (await session.execute(select(Participation).where(mine).order_by(Participation.sort_key))).scalars().all()
    for one in found:
        one.group_id, one.group_name = weighed.groups[one.id].id, weighed.groups[one.id].title
    await session.flush()
    return found


async def _tell(
    session: AsyncSession, cycle: Cycle, made: Changeover, taking_part: Sequence[Participation], aside: bool, *,
    claims: bool,
) -> None:  # fmt: skip
    with official():
        title = _("{title}改用方案第 {version} 版").format(title=cycle.title, version=made.to_version)
        lines = [_("由第 {before} 版改为第 {after} 版。").format(before=made.from_version, after=made.to_version),
                 _("理由：{reason}").format(reason=made.reason), _("依据：{document}").format(document=made.document)]  # fmt: skip
        if aside:
            lines.append(_("这一版不能计入的记录和评分已经搁置，没有删除，发布的得分表会列出。"))
        if claims:
            lines.append(_("自评和评分的表格已换成这一版的；已报送的仍按当时的版本保存。"))
    await tell(session, taking_part, title, "\n".join(lines), None, "/self-assessments" if claims else "")
    people = select(Assignment.person_id).where(Assignment.cycle_id == cycle.id).distinct()
    letters = [
        Letter(kind="cycle", title=title, body="\n".join(lines), link="/grading", person_id=person,
               about=("cycle", cycle.id))
        for person in (await session.execute(people)).scalars()
    ]  # fmt: skip
    await send_all(session, cycle.tenant_id, letters)
