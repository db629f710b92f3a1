"""Bringing the database to what the files say: creates and changes, never takes away. One transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue import service as catalogue
from kaohe.clock import today
from kaohe.db.session import acting_for
from kaohe.errors import Invalid
from kaohe.i18n import _
from kaohe.identity.invitations import grant, invite
from kaohe.identity.models import Person, Role
from kaohe.jurisdictions import service as jurisdictions
from kaohe.jurisdictions.models import Jurisdiction
from kaohe.subjects import service as subjects
from kaohe.subjects.kinds import kinds_of, read_attribute
from kaohe.subjects.models import Subject
from kaohe.subjects.service import Draft
from kaohe.tenants import queries
from kaohe.tenants.checking import as_text, check, role_pairs
from kaohe.tenants.data import PersonData
from kaohe.tenants.files import Tenant


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are empty for what is new."""

    tenant: str
    sign: Literal["+", "~"]
    what: str
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation for somebody without an account; shown once."""

    tenant: str
    name: str
    login: str
    path: str


@dataclass(slots=True)
class Outcome:
    changes: list[Change] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)  # all in the files, in their order


async def apply(session: AsyncSession, tenants: Sequence[Tenant], *, invites: bool = True) -> Outcome:
    """The session has no tenant (`Database.system()`); whoever opened it commits, or rolls back for a dry run.

    Raises Invalid with every problem, each naming file and line.
    """
    check(tenants)
    run = _Run(session, invites)
    for tenant in tenants:
        run.ids[tenant.data.slug] = await run.jurisdiction(tenant)
    for tenant in tenants:
        await run.schemes(tenant)
    for tenant in tenants:
        async with acting_for(session, run.ids[tenant.data.slug]):
            await run.people(tenant)
            await run.subjects(tenant)
            await run.roles(tenant)
    return run.outcome


class _Run:
    def __init__(self, session: AsyncSession, invites: bool) -> None:
        self.session, self.invites = session, invites
        self.ids: dict[str, UUID] = {}
        self.persons: dict[str, UUID] = {}
        self.new: set[str] = set()
        self.codes: dict[str, dict[str, UUID]] = {}
        self.outcome = Outcome()

    def _change(
        self, tenant: Tenant, sign: Literal["+", "~"], what: str, name: str, before: Any = "", after: Any = ""
    ) -> None:
        self.outcome.changes.append(Change(tenant.data.name, sign, what, name, _shown(before), _shown(after)))

    async def jurisdiction(self, tenant: Tenant) -> UUID:
        data = tenant.data
        known = await queries.jurisdictions(self.session, {data.slug, *filter(None, [tenant.above])})
        above = known.get(tenant.above) if tenant.above else None
        if tenant.above and above is None:
            tenant.refuse(_("没有辖区「{slug}」").format(slug=tenant.above), "above")
            raise Invalid(tenant.source.problems)
        held = known.get(data.slug)
        if held is None:
            self._change(tenant, "+", _("辖区"), data.name)
            return await jurisdictions.create_jurisdiction(
                self.session, slug=data.slug, name=data.name, tier=data.tier, division_code=data.code,
                parent_id=above.id if above else None, valid_from=data.valid_from,
            )  # fmt: skip
        async with acting_for(self.session, held.id):
            if held.name != data.name:
                self._change(tenant, "~", _("名称"), data.name, held.name, data.name)
                await jurisdictions.rename_jurisdiction(self.session, held.id, data.name, valid_from=today())
            changed = {"tier": data.tier, "division_code": data.code}
            for name, value in changed.items():
                before = getattr(held, name)
                if before != value:
                    self._change(tenant, "~", _("级别") if name == "tier" else _("区划代码"), data.name, before, value)
                    setattr(await self.session.get_one(Jurisdiction, held.id), name, value)
                    record(self.session, "jurisdiction.changed", "jurisdiction", held.id, {name: [before, value]})
        return UUID(str(held.id))

    async def schemes(self, tenant: Tenant) -> None:
        own = self.ids[tenant.data.slug]
        above = await self._above(tenant)
        async with acting_for(self.session, own):
            held = (
                await catalogue.available_schemes(self.session)
                if above is None
                else await catalogue.granted(self.session)
            )
        for index, wanted in enumerate(tenant.data.schemes):
            if not held.get(wanted.id):
                self._change(tenant, "+", _("方案"), str(catalogue.installed_scheme(wanted.id).title))
                try:
                    await self._enable(own, above, wanted.id, known=wanted.id in held)
                except Invalid as error:
                    tenant.refuse(error.message, "schemes", index, "id")
                    raise Invalid(tenant.source.problems) from error
            if wanted.parameters:
                async with acting_for(self.session, own):
                    await self._parameters(tenant, index)

    async def _above(self, tenant: Tenant) -> UUID | None:
        if tenant.above is None or tenant.above in self.ids:
            return self.ids.get(tenant.above or "")
        return UUID(str((await queries.jurisdictions(self.session, {tenant.above}))[tenant.above].id))

    async def _enable(self, own: UUID, above: UUID | None, scheme_id: str, *, known: bool) -> None:
        if above is not None and not known:
            async with acting_for(self.session, above):
                await catalogue.grant_schemes(self.session, own, [scheme_id])
            return
        async with acting_for(self.session, own):
            await catalogue.enable_scheme(self.session, scheme_id)

    async def _parameters(self, tenant: Tenant, index: int) -> None:
        wanted = tenant.data.schemes[index]
        overrides = catalogue.checked_overrides(catalogue.installed_scheme(wanted.id), wanted.parameters)
        newest = await catalogue.newest_overrides(self.session, wanted.id)
        if overrides == newest or wanted.valid_from is None:
            return
        self._change(tenant, "~", _("参数"), str(catalogue.installed_scheme(wanted.id).title), newest, overrides)
        await catalogue.set_parameters(
            self.session, wanted.id, overrides, valid_from=wanted.valid_from, reason=wanted.reason
        )

    async def people(self, tenant: Tenant) -> None:
        known = await queries.people(self.session, [person.login for person in tenant.data.people])
        for person in tenant.data.people:
            held = known.get(person.login)
            if held is None:
                self.persons[person.login] = await self._new_person(tenant, person)
            else:
                self.persons[person.login] = held.id
                if (held.name, held.phone) != (person.name, person.phone or held.phone):
                    self._change(tenant, "~", _("人员"), person.login, held.name, person.name)
                    changed = await self.session.get_one(Person, held.id)
                    changed.name, changed.phone = person.name, person.phone or held.phone
                    record(self.session, "person.changed", "person", held.id, {"name": [held.name, person.name]})
            self.outcome.people.append(self.persons[person.login])

    async def _new_person(self, tenant: Tenant, person: PersonData) -> UUID:
        roles = "、".join(_role(role, unit) for role, unit in role_pairs(person.roles))
        self._change(tenant, "+", _("人员"), f"{person.name}（{person.login}）{roles}")
        self.new.add(person.login)
        made = Person(login=person.login, name=person.name, phone=person.phone)
        self.session.add(made)
        await self.session.flush()
        record(self.session, "person.added", "person", made.id, {"login": person.login, "name": person.name})
        if self.invites:
            role = Role(role_pairs(person.roles)[0][0]) if person.roles else Role.STAFF
            invited = await invite(self.session, login=person.login, name=person.name, role=role)
            self.outcome.links.append(Link(tenant.data.name, person.name, person.login, invited.link_path))
        return made.id

    async def subjects(self, tenant: Tenant) -> None:
        held = await queries.subjects(self.session)
        known = {code: subject.id for code, subject in held.items()}
        kinds = kinds_of(catalogue.installed_scheme(scheme.id) for scheme in tenant.data.schemes)
        parents = {subject.code: subject.parent for subject in tenant.data.subjects}
        for wanted in sorted(tenant.data.subjects, key=lambda subject: _steps_up(subject.code, parents)):
            attributes = kinds[wanted.kind].attributes
            read = {
                name: read_attribute(name, attributes[name], as_text(v))[0] for name, v in wanted.attributes.items()
            }
            draft = Draft(
                code=wanted.code, kind=wanted.kind, name=wanted.name, attributes=read,
                parent_id=known[wanted.parent] if wanted.parent else None,
                jurisdiction_id=self.ids[wanted.jurisdiction] if wanted.jurisdiction else None,
                person_id=self.persons[wanted.person] if wanted.person else None,
                active_from=wanted.active_from, active_to=wanted.active_to,
            )  # fmt: skip
            known[wanted.code] = await self._subject(tenant, held.get(wanted.code), draft)
        self.codes[tenant.data.slug] = known

    async def _subject(self, tenant: Tenant, held: Subject | None, draft: Draft) -> UUID:
        if held is None:
            self._change(tenant, "+", _("对象"), f"{draft.name}（{draft.code}）")
            return await subjects.insert_subject(self.session, draft)
        changed = {
            name: (getattr(held, name), value) for name, value in draft.values().items() if getattr(held, name) != value
        }
        if changed:
            before, after = ({name: pair[side] for name, pair in changed.items()} for side in (0, 1))
            self._change(tenant, "~", _("对象"), f"{draft.name}（{draft.code}）", before, after)
            await subjects.change_subject(self.session, held.id, draft, version=held.version)
        return held.id

    async def roles(self, tenant: Tenant) -> None:
        held, codes = await queries.roles(self.session), self.codes[tenant.data.slug]
        for person in tenant.data.people:
            person_id = self.persons[person.login]
            for role, unit in role_pairs(person.roles):
                subject_id = codes[unit] if unit else None
                if (person_id, role, subject_id) not in held:
                    if person.login not in self.new:
                        self._change(tenant, "+", _("角色"), f"{person.name} {_role(role, unit)}")
                    await grant(self.session, person_id, Role(role), subject_id)


def _steps_up(code: str, parents: Mapping[str, str | None]) -> int:
    """So that a parent is there before what hangs under it."""
    steps, above = 0, parents[code]
    while above is not None and steps < 10:
        steps, above = steps + 1, parents.get(above)
    return steps


def _role(role: str, unit: str | None) -> str:
    return f"{role}:{unit}" if unit else role


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "，".join(f"{name}={_shown(each)}" for name, each in value.items())
    return "" if value is None else str(value)
