"""What is recorded about a contribution later, with proof: an adoption by an outlet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record as audited
from kaohe.contributions import queries, telling
from kaohe.contributions.access import Reader, reach_of
from kaohe.contributions.models import ContributionAct
from kaohe.contributions.place import Standing
from kaohe.contributions.service import link, standing
from kaohe.contributions.telling import number_words
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _, official
from kaohe.records import service as records
from kaohe.scheme.model import Addition
from kaohe.settings import Settings


def addition_of(place: Standing, person: Reader, leaf: str) -> Addition:
    """Raises NotFound where the way has none, or it is not the person's, or not yet."""
    found = next((one for one in place.may_add(person) if one.leaf == leaf), None)
    if found is None:
        raise NotFound
    return found


async def add_record(
    settings: Settings, session: AsyncSession, person: Reader, contribution_id: UUID, leaf: str, day: date,
    entry: Mapping[str, Any], evidence_ids: Sequence[UUID],
) -> None:  # fmt: skip
    """Raises NotFound, or Invalid with every problem; without its proof where the leaf asks for one."""
    await queries.contribution(session, reach_of(person), contribution_id, lock=True)
    place = await standing(session, person, contribution_id)
    row, addition = place.row, addition_of(place, person, leaf)
    draft = await records.draft_of(
        session, row.subject_id, row.scheme_id, leaf, day, dict(entry) | {"matter": row.matter},
        evidence_ids=evidence_ids,
    )  # fmt: skip
    missing = [slot.name for slot in draft.leaf.evidence if slot.required] if not evidence_ids else []
    problems = [FieldProblem("files", _("请附上{name}").format(name=name)) for name in missing]
    if problems := problems + await records.problems_of(session, draft):
        raise Invalid(problems)
    made = await records.confirm_record(settings, session, person, draft)
    await link(session, row, made[-1].id)
    with official():
        title = str(addition.title)
    number = records.number_words(made[-1].number)
    session.add(ContributionAct(
        tenant_id=row.tenant_id, contribution_id=row.id, step=row.step, title=title, action="added", note=number,
        person_id=person.id, person_name=person.name,
    ))  # fmt: skip
    detail = {"number": number_words(row.number), "leaf": leaf, "record": number}
    audited(session, "contribution.added", "contribution", row.id, detail)
    await telling.tell_author(session, row, title, number, but=person.id)
    await session.flush()
