"""Lines that the leading group settles itself (审定): nothing is confirmed before it agreed to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.i18n import said
from kaohe.records.service import unit_names
from kaohe.results.models import StoredSheet
from kaohe.results.sheet_views import LineView, line_view
from kaohe.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Approval:
    """One line, with whose sheet it stands in; `subject` is the code in the facts."""

    subject_id: UUID
    subject: str
    name: str
    group_name: str
    line: LineView


def leaves(scheme: Scheme) -> list[str]:
    return [leaf.code for leaf in scheme.leaves.values() if leaf.approval]


async def awaited(session: AsyncSession, scheme: Scheme, run_id: UUID) -> Sequence[Approval]:
    """In the order of the ranking's names. No statement where the scheme asks for none."""
    codes = leaves(scheme)
    if not codes:
        return []
    s = StoredSheet
    query = (
        select(s.subject_id, s.subject, s.name, s.group_name, s.payload)
        .where(s.run_id == run_id, or_(*(s.payload.contains({"lines": [{"leaf": code}]}) for code in codes)))
        .order_by(s.group_id, s.sort_key, s.name)
    )
    titles = {code: said(scheme.leaves[code].title) for code in codes}
    units = await unit_names(session, [scheme.leaves[code] for code in codes])
    return [
        Approval(
            row.subject_id,
            row.subject,
            row.name,
            row.group_name,
            line_view(line, scheme, titles, row.payload["sources"], units),
        )
        for row in await session.execute(query)
        for line in row.payload["lines"]
        if line["leaf"] in titles
    ]
