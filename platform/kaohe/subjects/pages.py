"""对象: who is scored."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _
from kaohe.subjects import import_pages, queries, service, target_pages, views
from kaohe.subjects.forms import read_attributes
from kaohe.subjects.service import Draft
from kaohe.subjects.views import SubjectPage
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import PERMISSIONS, allow


def may_manage(ctx: Context) -> bool:
    return ctx.person.has(*PERMISSIONS["subjects.manage"])


@get("/subjects", opt=allow("subjects.read"))
async def subjects(ctx: Ctx) -> Response[Any]:
    query = ctx.request.query_params
    view = await views.subjects_page(
        ctx.session, kind=query.get("kind", ""), search=query.get("q", "").strip()[:60], state=query.get("state", ""),
        number=ctx.page_number, may_manage=may_manage(ctx),
    )  # fmt: skip
    return ctx.page("subjects/subjects.html", view)


@get("/subjects/new", opt=allow("subjects.manage"))
async def new_subject(ctx: Ctx) -> Response[Any]:
    return ctx.page("subjects/form.html", await views.new_form(ctx.session, ctx.request.query_params.get("kind", "")))


@post("/subjects", opt=allow("subjects.manage"))
async def add_subject(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    kind = form["kind"]
    try:
        draft = await _draft(ctx, form, kind, code=form.text("code", _("编号"), max_length=40))
        await service.add_subject(ctx.session, draft)
    except Invalid as error:
        return ctx.page(
            "subjects/form.html", await views.new_form(ctx.session, kind), problems=error.problems, form=form
        )
    return ctx.redirect(f"/subjects?kind={kind}", flash=_("已添加「{name}」。").format(name=draft.name))


@get("/subjects/{subject_id:uuid}", opt=allow("subjects.read"))
async def subject(ctx: Ctx, subject_id: FromPath[UUID]) -> Response[Any]:
    view = await (views.edit_form if may_manage(ctx) else views.look)(ctx.session, subject_id)
    return ctx.page("subjects/subject.html" if isinstance(view, SubjectPage) else "subjects/form.html", view)


@post("/subjects/{subject_id:uuid}", opt=allow("subjects.manage"))
async def change_subject(ctx: Ctx, subject_id: FromPath[UUID]) -> Response[Any]:
    held = await service.subject_of(ctx.session, subject_id)
    form = await ctx.form()
    try:
        version = form.version()
        draft = await _draft(ctx, form, held.kind, code=held.code)
        await service.change_subject(ctx.session, subject_id, draft, version=version)
    except Invalid as error:
        view = await views.edit_form(ctx.session, subject_id)
        return ctx.page("subjects/form.html", view, problems=error.problems, form=form)
    return ctx.redirect(f"/subjects?kind={held.kind}", flash=_("已保存「{name}」。").format(name=draft.name))


async def _draft(ctx: Context, form: Form, kind_id: str, *, code: str) -> Draft:
    """Raises NotFound for a kind that no enabled scheme uses, Invalid."""
    kind = (await service.kinds(ctx.session)).get(kind_id)
    if kind is None:
        raise NotFound
    name = form.text("name", _("名称"), max_length=100)
    parent = form.uuid("parent_id", _("所属单位"), required=bool(kind.parent and kind.parent_required))
    below = form.uuid("jurisdiction_id", _("对应辖区"), required=False)
    login = form.text("login", _("登录名"), required=False, max_length=60).lower()
    person = await queries.account(ctx.session, login) if login else None
    if login and person is None:
        form.refuse("login", _("本辖区没有登录名「{login}」").format(login=login))
    attributes = read_attributes(form, kind)
    start: date | None = form.date("active_from", _("开始日期"), required=False)
    end: date | None = form.date("active_to", _("结束日期"), required=False)
    form.check()
    return Draft(
        code=code, kind=kind_id, name=name, parent_id=parent, jurisdiction_id=below, person_id=person,
        attributes=attributes, active_from=start, active_to=end,
    )  # fmt: skip


routes = [subjects, new_subject, add_subject, subject, change_subject, *import_pages.routes, *target_pages.routes]
