"""Keeping a rehearsal under a name, and letting it go."""

from __future__ import annotations

from uuid import UUID

import msgspec
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.rehearsal import queries
from kaohe.rehearsal.models import Rehearsal
from kaohe.rehearsal.trial import Start as Start
from kaohe.rehearsal.trial import Trial as Trial
from kaohe.rehearsal.views import Chosen as Chosen
from kaohe.rehearsal.views import Outcome as Outcome
from kaohe.rehearsal.views import outcome_of as outcome_of


async def save(
    session: AsyncSession, cycle_id: UUID, run_id: UUID, name: str, trial: Trial, person_id: UUID, person: str
) -> UUID:
    """Raises Invalid where nothing was changed, the facts cannot be scored that way, or the name is taken."""
    if trial.after is None:
        raise Invalid(_("没有改动参数或版本，没有可保存的试算") if not trial.problems else _("这样无法计分，不能保存"))
    if await queries.name_taken(session, cycle_id, name):
        raise Invalid([FieldProblem("name", _("已有名为「{name}」的试算").format(name=name))])
    made = Rehearsal(
        cycle_id=cycle_id, run_id=run_id, name=name, scheme_version=trial.scheme.version, parameters=trial.overrides,
        summary=msgspec.to_builtins(trial.tally), saved_by=person_id, saved_by_name=person,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    record(session, "rehearsal.saved", "cycle", cycle_id, {
        "rehearsal": str(made.id), "name": name, "version": made.scheme_version, "parameters": made.parameters,
    })  # fmt: skip
    return made.id


async def discard(session: AsyncSession, cycle_id: UUID, rehearsal_id: UUID) -> str:
    """Answers its name. Raises NotFound."""
    held = await queries.kept(session, cycle_id, rehearsal_id)
    if held is None:
        raise NotFound
    await session.execute(delete(Rehearsal).where(Rehearsal.cycle_id == cycle_id, Rehearsal.id == rehearsal_id))
    record(session, "rehearsal.deleted", "cycle", cycle_id, {"rehearsal": str(rehearsal_id), "name": held.name})
    return str(held.name)
