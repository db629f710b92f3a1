"""One followup as the person who looks at it may see it and act on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kaohe.clock import today
from kaohe.errors import NotFound
from kaohe.followups import queries
from kaohe.followups.access import filing_reach, reach_of
from kaohe.followups.models import RECTIFY, TO_ACT
from kaohe.followups.views import FollowupPage, act, line
from kaohe.identity.models import Role
from kaohe.web.context import Context

FILING = (Role.REPORTER, Role.LEAD, Role.STAFF)


async def followup_page(ctx: Context, followup_id: UUID, files: Sequence[Any] = ()) -> FollowupPage:
    """Raises NotFound."""
    session, reach = ctx.session, reach_of(ctx.person)
    row = await queries.followup(session, reach, followup_id)
    if row is None:
        raise NotFound
    host = row.tenant_id == ctx.tenant_id and reach.office
    acts, manages = await queries.acts(session, followup_id), host and ctx.person.has(Role.ORGANISER)
    reports = row.action == RECTIFY and row.state in ("open", "returned") and ctx.person.has(*FILING)
    if reports:
        reports = await queries.followup(session, filing_reach(ctx.person), followup_id) is not None
    told = [(one, act(one, host=host)) for one in acts]
    sheet = f"/cycles/{row.cycle_id}/results/{row.subject_id}" if host and row.subject_id else ""
    return FollowupPage(
        row, line(row, today()), [shown for _row, shown in told], host,
        may_settle=manages and row.state in TO_ACT, may_return=manages and row.state == "filed",
        may_set_due=manages and row.state in ("open", "returned"), may_reopen=manages and row.state in ("done", "waived"),
        may_report=reports, report=next((shown for one, shown in reversed(told) if one.action == "filed"), None),
        sheet=sheet, files=files,
    )  # fmt: skip
