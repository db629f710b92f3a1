"""The evidence slots of a claim: the list, files by a plain form, files used again, removing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.db.session import Scope
from kaohe.errors import Invalid, NotFound
from kaohe.evidence import service as evidence
from kaohe.evidence.intake import pieces
from kaohe.i18n import _
from kaohe.scheme.model import Indicator
from kaohe.submissions import claim_views
from kaohe.submissions.claims import attach, check_room, detach, target
from kaohe.submissions.work import Work, open_work, slots
from kaohe.web.context import Context, Ctx
from kaohe.web.permissions import allow

READ, WRITE = "self_assessments.read", "self_assessments.write"
SLOT = "/self-assessments/{self_assessment_id:uuid}/claims/{leaf:str}/slots/{slot:int}"
MOST_BODY = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Choice:
    work: Work
    leaf: Indicator
    slot: claim_views.SlotView
    rows: list[Any]
    search: str
    page: int
    more: bool


@get(SLOT, opt=allow(READ))
async def files(
    ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str], slot: FromPath[int]
) -> Response[Any]:
    """The list of one slot, as it is now."""
    work, chosen, _name = await _open(ctx, self_assessment_id, leaf, slot)
    return ctx.fragment("submissions/_files.html", "files", claim_views.slot_view(work, chosen, slot))


@post(f"{SLOT}/files", opt=allow(WRITE, transaction=False), request_max_body_size=MOST_BODY)
async def upload(
    ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str], slot: FromPath[int]
) -> Response[Any]:
    """The form that works without scripts; each file is stored before the next is looked at."""
    async with ctx.app.database.begin(_scope(ctx, read_only=True)) as session:
        work = await open_work(session, ctx.person, self_assessment_id)
        chosen, name = _slot(work, leaf, slot)
        work.check_open()
    given = (await ctx.form()).files("files")
    if not given:
        raise Invalid(_("请先选择文件，再点“上传”。"))
    check_room(work, chosen, name, len(given))
    for file in given:
        content = await evidence.store_pieces(ctx.app.settings, ctx.tenant_id, file.filename, pieces(file))
        async with ctx.app.database.begin(_scope(ctx)) as session:
            await evidence.keep(session, ctx.person, content, file.filename, target=target(work, chosen, name))
    flash = _("已上传 {count} 个文件。").format(count=len(given))
    return ctx.redirect(_page(work, chosen, ctx.request.query_params.get("back", "")), flash=flash)


@get(f"{SLOT}/choice", opt=allow(READ))
async def choose(
    ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str], slot: FromPath[int]
) -> Response[Any]:
    work, chosen, _name = await _open(ctx, self_assessment_id, leaf, slot)
    asked = ctx.request.query_params
    page = max(1, int(asked["page"])) if asked.get("page", "").isdecimal() and len(asked["page"]) < 7 else 1
    search = asked.get("q", "").strip()[:100]
    rows, more = await evidence.choosable(ctx.session, ctx.person, search=search, page=page)
    view = Choice(work, chosen, claim_views.slot_view(work, chosen, slot), rows, search, page, more)
    return ctx.page("submissions/choose.html", view, cycle=work.row.notice["title"])


@post(f"{SLOT}/choice", opt=allow(WRITE))
async def choose_done(
    ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str], slot: FromPath[int]
) -> Response[Any]:
    work, chosen, name = await _open(ctx, self_assessment_id, leaf, slot)
    form = await ctx.form()
    wanted = form.uuids("evidence")
    form.check()
    check_room(work, chosen, name, len(wanted))
    for evidence_id in wanted:
        await evidence.find(ctx.session, ctx.person, evidence_id)
        await attach(ctx.session, ctx.person, work, chosen, name, evidence_id)
    return ctx.redirect(_page(work, chosen), flash=_("已加入 {count} 个文件。").format(count=len(wanted)))


@post(SLOT + "/evidence/{evidence_id:uuid}/removal", opt=allow(WRITE))
async def remove(
    ctx: Ctx, self_assessment_id: FromPath[UUID], leaf: FromPath[str], slot: FromPath[int], evidence_id: FromPath[UUID]
) -> Response[Any]:
    work, chosen, name = await _open(ctx, self_assessment_id, leaf, slot)
    await detach(ctx.session, work, chosen, name, evidence_id)
    return ctx.redirect(_page(work, chosen, ctx.request.query_params.get("back", "")), flash=_("已移除。"))


async def _open(ctx: Context, self_assessment_id: UUID, leaf: str, slot: int) -> tuple[Work, Indicator, str]:
    work = await open_work(ctx.session, ctx.person, self_assessment_id)
    return work, *_slot(work, leaf, slot)


def _slot(work: Work, leaf: str, slot: int) -> tuple[Indicator, str]:
    chosen = work.leaf(leaf)
    if not 0 <= slot < len(slots(chosen)):
        raise NotFound
    return chosen, slots(chosen)[slot].name


def _page(work: Work, leaf: Indicator, back: str = "") -> str:
    base = f"/self-assessments/{work.id}"
    return f"{base}/all#{quote(leaf.code)}" if back == "all" else f"{base}/claims/{quote(leaf.code)}"


def _scope(ctx: Context, *, read_only: bool = False) -> Scope:
    assert ctx.token is not None
    return Scope(ctx.tenant_id, ctx.token.person_id, ctx.token.session_id, read_only)


routes = [files, upload, choose, choose_done, remove]
