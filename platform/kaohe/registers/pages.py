"""登记册: the registers of enabled schemes, and one register unit by unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.errors import FieldProblem, Invalid, KaoheError
from kaohe.evidence.intake import keep_file
from kaohe.evidence.service import also_readable
from kaohe.i18n import _, said
from kaohe.identity.models import Role
from kaohe.registers import queries, service
from kaohe.scheme.model import Register, Scheme
from kaohe.web.context import Context, Ctx, Person
from kaohe.web.forms import Form
from kaohe.web.permissions import allow

OFFICE = (Role.ORGANISER, Role.APPROVER, Role.INSPECTOR)
UNIT = (Role.REPORTER, Role.LEAD)


@dataclass(frozen=True, slots=True)
class UnitRow:
    id: UUID
    name: str
    kind: str
    entries: list[Any]
    short: bool


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """`propose`: the query of a new record for units that are short, '' where there is none."""

    title: str
    scheme: str
    scheme_id: str
    id: str
    article: str
    who: str
    proof: str
    units: list[UnitRow]
    propose: str
    may_write: bool
    today: date

    @property
    def short(self) -> int:
        return sum(unit.short for unit in self.units)

    @property
    def filled(self) -> bool:
        """Whether there is anything to list."""
        return any(unit.entries or unit.short for unit in self.units)


def _own(person: Person) -> frozenset[UUID] | None:
    """The units whose entries a person sees; None: all."""
    return None if person.has(*OFFICE) else person.units(*UNIT)


@also_readable
async def document_of_an_entry(session: Any, person: Any, evidence_id: UUID) -> bool:
    """Whoever sees an entry sees its document."""
    units = await queries.unit_of_evidence(session, evidence_id)
    own = _own(person) if units else frozenset()
    return own is None or bool(own & set(units))


@get("/registers", opt=allow("registers.read"))
async def listed(ctx: Ctx) -> Response[Any]:
    found = [
        (f"/registers/{scheme.id}/{one.id}", said(one.title), said(scheme.title), one.article)
        for scheme in await catalogue.enabled_schemes(ctx.session) for one in scheme.registers
    ]  # fmt: skip
    return ctx.page("registers/list.html", found)


@get("/registers/{scheme_id:str}/{register_id:str}", opt=allow("registers.read"))
async def one(ctx: Ctx, scheme_id: FromPath[str], register_id: FromPath[str]) -> Response[Any]:
    scheme, register = await _register(ctx, scheme_id, register_id)
    return ctx.page("registers/register.html", await _page(ctx, scheme, register))


async def _register(ctx: Context, scheme_id: str, register_id: str) -> tuple[Scheme, Register]:
    scheme = await catalogue.enabled_scheme_of(ctx.session, scheme_id)
    return scheme, service.register_of(scheme, register_id)


async def _page(ctx: Context, scheme: Scheme, register: Register) -> RegisterPage:
    day, own = today(), _own(ctx.person)
    by_unit: dict[UUID, list[Any]] = {}
    for row in await queries.entries(ctx.session, scheme.id, register.id):
        by_unit.setdefault(row.subject_id, []).append(row)
    units = [
        UnitRow(unit.id, unit.name, said(scheme.kind(unit.kind).title), by_unit.get(unit.id, []),
                sum(_stands(row, day) for row in by_unit.get(unit.id, [])) < register.least)
        for unit in await queries.units(ctx.session, register.kinds, day, own)
    ]  # fmt: skip
    propose = (
        f"scheme={scheme.id}&leaf={register.missing}" if register.missing and ctx.person.has(Role.INSPECTOR) else ""
    )
    return RegisterPage(
        said(register.title), said(scheme.title), scheme.id, register.id, register.article, said(register.who),
        register.evidence, units, propose, ctx.person.has(Role.ORGANISER), day,
    )  # fmt: skip


def _stands(row: Any, day: date) -> bool:
    return row.since <= day and (row.until is None or row.until > day)


@post("/registers/{scheme_id:str}/{register_id:str}", opt=allow("registers.write"), request_max_body_size=64 * 1024**2)
async def enter(ctx: Ctx, scheme_id: FromPath[str], register_id: FromPath[str]) -> Response[Any]:
    scheme, register = await _register(ctx, scheme_id, register_id)
    form = await ctx.form()
    who, since = form.text("who", said(register.who), max_length=200), form.date("since", _("自"))
    unit = form.uuid("subject", _("单位"))
    problems: list[FieldProblem] = list(form.problems)
    if not problems and unit and since:
        try:
            document = await _document(ctx, form, unit)
            await service.enter(ctx.session, ctx.person, scheme, register, unit, who, since, document)
            return ctx.redirect(f"/registers/{scheme_id}/{register_id}", flash=_("已登记。"))
        except Invalid as refused:
            problems = list(refused.problems)
        except KaoheError as refused:
            problems = [FieldProblem("files", refused.message)]
    return ctx.page("registers/register.html", await _page(ctx, scheme, register), problems=problems, form=form)


async def _document(ctx: Context, form: Form, unit: UUID) -> UUID | None:
    files = form.files("files")
    if not files:
        return None
    return await keep_file(ctx.app.settings, ctx.session, ctx.person, files[0], "unit", unit)


@post("/register-entries/{register_entry_id:uuid}/end", opt=allow("registers.write"))
async def end(ctx: Ctx, register_entry_id: FromPath[UUID]) -> Response[Any]:
    row = await service.end(ctx.session, register_entry_id)
    return ctx.redirect(f"/registers/{row.scheme_id}/{row.register}", flash=_("已到今天为止。"))


routes = [listed, one, enter, end]
