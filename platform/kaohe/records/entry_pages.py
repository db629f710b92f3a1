"""登记: whom, which clause, what; check; confirm. Each step is an address, so that it works on any phone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post

from kaohe.catalogue import service as catalogue
from kaohe.catalogue.entries import EntryForm, entry_form, entry_row, entry_words, read_entry
from kaohe.clock import today
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.evidence.intake import keep_files
from kaohe.i18n import _, said
from kaohe.records import queries, service
from kaohe.records.clauses import groups, leaf_of, parents_leaf
from kaohe.records.views import CheckPage, ClausePick, EntryPage, Photo, SubjectPick
from kaohe.scheme.model import Scheme
from kaohe.web.context import Context, Ctx
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

MOST_PHOTOS = 9
MOST_BODY = 64 * 1024**2


@get("/records/new", opt=allow("records.write"))
async def new(ctx: Ctx) -> Response[Any]:
    """Without `subject`: whom; without `leaf`: which clause; else the entry itself."""
    asked = ctx.request.query_params
    if not asked.get("subject"):
        return await _pick_subject(ctx)
    subject = await _subject(ctx, asked["subject"])
    if not asked.get("leaf"):
        return await _pick_clause(ctx, subject)
    draft = await service.draft_of(ctx.session, subject.id, asked.get("scheme", ""), asked["leaf"], today(), {})
    return ctx.page("records/entry.html", _entry_page(await _form_of(ctx, draft), draft, None, ()))


async def _pick_subject(ctx: Context) -> Response[Any]:
    search, day = ctx.request.query_params.get("q", "").strip()[:60], today()
    kinds = _kinds(await catalogue.enabled_schemes(ctx.session))
    recent = [] if search else await queries.recent_subjects(ctx.session, ctx.person.id, list(kinds), day)
    found = await queries.subjects(ctx.session, list(kinds), search, day)
    view = SubjectPick(search, recent, found[: queries.PAGE], len(found) > queries.PAGE, kinds)
    if ctx.is_htmx:
        return ctx.fragment("records/subject.html", "found", view)
    return ctx.page("records/subject.html", view)


def _kinds(schemes: list[Scheme]) -> dict[str, str]:
    """The kinds about which anything can be recorded."""
    return {
        kind.id: said(kind.title)
        for scheme in schemes
        for kind in scheme.kinds
        if any(leaf_of(scheme, code, kind.id) for code in scheme.leaves)
    }


async def _subject(ctx: Context, text: str) -> Any:
    try:
        found = await queries.subject(ctx.session, UUID(text))
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


async def _pick_clause(ctx: Context, subject: Any) -> Response[Any]:
    schemes = [s for s in await catalogue.enabled_schemes(ctx.session) if any(k.id == subject.kind for k in s.kinds)]
    held = []
    for scheme in schemes:
        values = await service.parameters_on(ctx.session, scheme, today())
        held.append((scheme.under(values), values))
    kind = next((said(scheme.kind(subject.kind).title) for scheme in schemes), subject.kind)
    return ctx.page("records/clause.html", ClausePick(subject, kind, groups(held, subject.kind)))


async def _form_of(ctx: Context, draft: service.Draft) -> EntryForm:
    subject = draft.subject
    return entry_form(
        draft.scheme, draft.leaf, kind=subject.kind, parameters=draft.parameters, attributes=subject.attributes,
        subjects=await service.subject_choices(ctx.session, draft.leaf),
    )  # fmt: skip


def _entry_page(
    made: EntryForm,
    draft: service.Draft,
    posted: Form | None,
    photos: tuple[Photo, ...],
    problems: tuple[FieldProblem, ...] = (),
) -> EntryPage:
    subject = draft.subject
    twin = parents_leaf(draft.scheme, draft.leaf, subject.parent_kind)
    return EntryPage(
        subject, said(draft.scheme.kind(subject.kind).title), draft.scheme.id,
        entry_row(made, draft.entry, posted=posted, problems=problems), today(),
        posted["date"] if posted else draft.day.isoformat(), said(twin.title) if twin else "",
        posted.boolean("with_parent") if posted else twin is not None, photos,
    )  # fmt: skip


@post("/records/check", opt=allow("records.write"), status_code=200, request_max_body_size=MOST_BODY)
async def check(ctx: Ctx) -> Response[Any]:
    """Everything is looked at and shown once more; nothing is recorded yet. Photos are kept from here on."""
    form = await ctx.form()
    draft, problems = await _read(ctx, form)
    come = [*form.files("camera"), *form.files("files")]
    files, refused = await keep_files(ctx.app.settings, ctx.session, ctx.person, form.uuids("evidence"), come,
                                      most=MOST_PHOTOS, audience="office")  # fmt: skip
    photos = [Photo(one.id, one.name) for one in files]
    problems += refused
    if not problems and not form.boolean("edit"):
        return ctx.page(
            "records/check.html", _check_page(draft, form, photos, await service.unit_names(ctx.session, [draft.leaf]))
        )
    page = _entry_page(await _form_of(ctx, draft), draft, form, tuple(photos), tuple(problems))
    # Refused with 422 the photos just taken would be lost: the answer stands, with what is wrong in it.
    return ctx.page(
        "records/entry.html", page, problems=problems, form=form, status=200 if photos or not problems else 422
    )


async def _read(ctx: Context, form: Form) -> tuple[service.Draft, list[FieldProblem]]:
    """The draft, and what is wrong with it. Raises NotFound for what cannot have come from our form."""
    day = form.date("date", _("日期")) or today()
    asked = ctx.request.query_params
    subject = await _subject(ctx, asked.get("subject", ""))
    bare = await service.draft_of(ctx.session, subject.id, asked.get("scheme", ""), asked.get("leaf", ""), day, {})
    entry = read_entry(form, await _form_of(ctx, bare))
    draft = service.Draft(
        bare.scheme, bare.leaf, subject, day, entry.values, form.uuids("evidence"), form.boolean("with_parent"),
        bare.parameters,
    )  # fmt: skip
    problems = [*form.problems, *entry.problems]
    if problems:
        return draft, problems + service.problems_of_day(day)
    return draft, await service.problems_of(ctx.session, draft)


def _check_page(draft: service.Draft, form: Form, photos: list[Photo], units: Mapping[str, str]) -> CheckPage:
    """What was typed is carried to the confirmation as it was typed, and read again there."""
    entered = {name for name in form.names() if name not in {"evidence", "edit", "csrf_token", "idempotency_key"}}
    carried = [(name, form[name]) for name in sorted(entered) if not form.files(name)]
    carried += [("evidence", str(photo.id)) for photo in photos]
    twin = parents_leaf(draft.scheme, draft.leaf, draft.subject.parent_kind) if draft.with_parent else None
    words = entry_words(draft.leaf, draft.entry, scheme=draft.scheme, parameters=draft.parameters, units=units)
    where = {"subject": draft.subject.id, "scheme": draft.scheme.id, "leaf": draft.leaf.code}
    return CheckPage(
        draft.subject, said(draft.scheme.kind(draft.subject.kind).title), said(draft.leaf.title), draft.leaf.article, words,
        draft.day, str(draft.entry.get("note", "")), said(twin.title) if twin else "", photos,
        service.reply_until(draft.parameters), carried, urlencode(where),
    )  # fmt: skip


@post("/records", opt=allow("records.write"))
async def confirm(ctx: Ctx) -> Response[Any]:
    form = await ctx.form()
    draft, problems = await _read(ctx, form)
    if problems:
        raise Invalid(problems)
    made = await service.confirm_record(ctx.app.settings, ctx.session, ctx.person, draft)
    return ctx.redirect(f"/records/{made[-1].id}?made={len(made)}")


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


routes = [new, check, confirm]
