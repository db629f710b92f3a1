"""What later domains use: opening followups with a release, and what followed for a subject."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.clock import today
from kaohe.followups.acting import Outcome as Outcome
from kaohe.followups.acting import file_report as file_report
from kaohe.followups.acting import reopen as reopen
from kaohe.followups.acting import send_back as send_back
from kaohe.followups.acting import set_due as set_due
from kaohe.followups.acting import settle as settle
from kaohe.followups.opening import Concerned as Concerned
from kaohe.followups.opening import Host as Host
from kaohe.followups.opening import Wanted as Wanted
from kaohe.followups.opening import open_followups as open_followups
from kaohe.followups.queries import of_subject
from kaohe.followups.queries import own_followup as own_followup
from kaohe.followups.queries import progress as progress
from kaohe.followups.queries import subjects_of as subjects_of
from kaohe.followups.views import Line as Line
from kaohe.followups.views import line


async def followups_of(session: AsyncSession, cycle_id: UUID, subject_id: UUID) -> list[Line]:
    """What followed for one subject, as its sheet shows it, in the order of the regulation."""
    day = today()
    return [line(row, day) for row in await of_subject(session, cycle_id, subject_id)]
