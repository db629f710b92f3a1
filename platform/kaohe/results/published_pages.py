"""Results as those see them who are assessed: only what was released, only their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from kaohe.catalogue.service import scheme_of
from kaohe.errors import NotFound
from kaohe.followups.service import followups_of
from kaohe.identity.models import Role
from kaohe.records.service import unit_names
from kaohe.results import published_queries, queries
from kaohe.results.published_queries import UNIT, reach_of
from kaohe.results.sheet_views import sheet_view
from kaohe.results.views import ranked_by, title_of
from kaohe.web.context import Ctx, Person
from kaohe.web.permissions import allow


@get("/results", opt=allow("results.read"))
async def my_results(ctx: Ctx) -> Response[Any]:
    works = ctx.person.has(Role.ORGANISER, Role.APPROVER)
    hosted = await queries.hosted(ctx.session) if works else []
    released = await published_queries.releases_for(ctx.session, reach_of(ctx.person, ctx.tenant_id))
    if works:  # the host's own cycles stand in the first list already
        released = [row for row in released if row.tenant_id != ctx.tenant_id]
    view = {"hosted": hosted, "released": released, "works": works, "ranked": _sees_ranks(ctx.person)}
    return ctx.page("results/list.html", view)


def _sees_ranks(person: Person) -> bool:
    return person.has(*UNIT, Role.ORGANISER, Role.APPROVER)


@get("/results/{release_id:uuid}", opt=allow("results.read"))
async def one_release(ctx: Ctx, release_id: FromPath[UUID]) -> Response[Any]:
    """The sheets I may see; with one of them only, that one's group beside it."""
    rows = await published_queries.released_sheets(ctx.session, reach_of(ctx.person, ctx.tenant_id), release_id)
    if not rows:
        raise NotFound
    host = rows[0].tenant_id == ctx.tenant_id
    places = await published_queries.standing(ctx.session, rows[0], host=host) if _sees_ranks(ctx.person) else []
    scheme = await scheme_of(ctx.session, rows[0].scheme_id, rows[0].scheme_version)
    view = {"head": rows[0], "rows": rows, "places": places, "scheme": scheme,
            "ranked_by": title_of(scheme, ranked_by(scheme))}  # fmt: skip
    return ctx.page("results/release.html", view, cycle=rows[0].title)


@get("/results/{release_id:uuid}/{subject_id:uuid}", opt=allow("results.read"))
async def released_sheet(ctx: Ctx, release_id: FromPath[UUID], subject_id: FromPath[UUID]) -> Response[Any]:
    reach = reach_of(ctx.person, ctx.tenant_id)
    row = await published_queries.released_sheet(ctx.session, reach, release_id, subject_id)
    if row is None:
        raise NotFound
    parameters = await published_queries.parameters_of(ctx.session, row.cycle_id, subject_id)
    scheme = (await scheme_of(ctx.session, row.scheme_id, row.scheme_version)).under(parameters)
    history = await published_queries.history(ctx.session, row.scheme_id, row.subject, row.period)
    units = await unit_names(ctx.session, scheme.leaves.values())
    handled = await followups_of(ctx.session, row.cycle_id, subject_id)
    view = {"it": sheet_view(row, scheme, parameters, row.period, history, units, handled)}
    return ctx.page("results/released_sheet.html", view, cycle=row.title)


routes = [my_results, one_release, released_sheet]
