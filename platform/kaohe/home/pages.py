"""工作台 and search."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from litestar import Response, get

from kaohe.clock import ZONE, today
from kaohe.home import searching
from kaohe.home.service import desk
from kaohe.home.views import WAITING, HomePage, SearchPage, coming, task
from kaohe.i18n import _
from kaohe.identity.models import Role
from kaohe.web.context import Context, Ctx, Person
from kaohe.web.permissions import ANYONE, allow


@get("/", opt=allow(ANYONE))
async def home(ctx: Ctx) -> Response[Any]:
    if ctx.token is None or ctx.token.tenant_id is None:
        return ctx.page("home/nowhere.html")
    day = today()
    held = await desk(ctx.session, ctx.person, day)
    rows = [(row.area, task(row, day)) for row in held.todos]
    view = HomePage(
        ctx.person.name, datetime.now(ZONE), [one for area, one in rows if area not in WAITING],
        [one for area, one in rows if area in WAITING], held.recent, coming(held.dates),
        _action(ctx.person, {area for area, _one in rows}),
    )  # fmt: skip
    return ctx.page("home/home.html", view)


def _action(person: Person, waits: Collection[str]) -> tuple[str, str] | None:
    """The one thing that this role most often comes for; what is done only on demand, while `waits` has it."""
    for role, href, text, area in (
        (Role.INSPECTOR, "/records/new", _("登记一条记录"), ""),
        (Role.ORGANISER, "/cycles/new", _("新建考核"), ""),
        (Role.ASSESSOR, "/grading", _("继续评分"), "grading"),
        (Role.REPORTER, "/self-assessments", _("填报自评"), "self_assessment"),
        (Role.LEAD, "/self-assessments", _("核对自评"), "self_assessment"),
        (Role.APPROVER, "/results", _("看结果"), ""),
    ):
        if person.has(role) and (not area or area in waits):
            return href, text
    return None


@get("/search", opt=allow(ANYONE))
async def search(ctx: Ctx) -> Response[Any]:
    words = ctx.request.query_params.get("q", "").strip()[:100]
    found = await searching.search(ctx.session, ctx.person, words) if words and _has_tenant(ctx) else []
    return ctx.page("home/search.html", SearchPage(words, found))


def _has_tenant(ctx: Context) -> bool:
    return ctx.token is not None and ctx.token.tenant_id is not None


routes = [home, search]
