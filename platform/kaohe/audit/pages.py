"""日志: who did what, when, and is the chain whole?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from kaohe.audit import queries, service
from kaohe.audit.queries import PAGE_ROWS, Filter
from kaohe.audit.service import Verification
from kaohe.audit.words import action_words, object_words
from kaohe.i18n import _
from kaohe.web.context import Ctx
from kaohe.web.forms import Form, whole_number
from kaohe.web.permissions import allow
from kaohe.web.templating import ZONE


@dataclass(frozen=True, slots=True)
class AuditPage:
    entries: list[Any]
    words: dict[str, str]
    objects: dict[str, str]
    names: Mapping[tuple[str, str], str]
    filter: Form
    older: str  # query of the next page, '' at the end
    verification: Verification | None


@get("/audit", opt=allow("audit.read"))
async def audit_page(ctx: Ctx) -> Response[Any]:
    form = Form(dict(ctx.request.query_params))
    found = list(await queries.entries(ctx.session, _filter(form)))
    checked = await service.verify(ctx.session) if form.boolean("verify") else None
    shown = found[:PAGE_ROWS]
    names = await queries.names(ctx.session, shown)
    view = AuditPage(shown, action_words(), object_words(), names, form, _older(form, found), checked)
    return ctx.page("audit/log.html", view, problems=form.problems)


def _filter(form: Form) -> Filter:
    since = form.date("since", _("起始日期"), required=False)
    until = form.date("until", _("截止日期"), required=False)
    return Filter(
        action=form["action"].strip()[:60], actor=form["actor"].strip()[:60], object_id=form["object"].strip()[:80],
        since=datetime.combine(since, time(), ZONE).astimezone(UTC) if since else None,
        until=datetime.combine(until, time(), ZONE).astimezone(UTC) + timedelta(days=1) if until else None,
        before=whole_number(form["before"]),
    )  # fmt: skip


def _older(form: Form, found: list[Any]) -> str:
    if len(found) <= PAGE_ROWS:
        return ""
    kept = {name: form[name] for name in ("action", "actor", "object", "since", "until") if form[name]}
    return urlencode({**kept, "before": found[PAGE_ROWS - 1].seq})


routes = [audit_page]
