"""Enabling schemes and setting their parameters.

scheme = await scheme_of(session, "window-staff")             # NotFound unless installed, or one's own
scheme = await enabled_scheme_of(session, "window-staff")     # NotFound unless enabled here
current = await current_parameters(session, scheme.id, on=day)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue import queries
from kaohe.catalogue.models import EnabledScheme, ParameterVersion
from kaohe.catalogue.queries import granted as granted
from kaohe.catalogue.queries import granted_to as granted_to
from kaohe.catalogue.version_queries import keep
from kaohe.catalogue.version_queries import known as known
from kaohe.catalogue.versions import Published as Published
from kaohe.catalogue.versions import copies_of
from kaohe.catalogue.versions import has_versions as has_versions
from kaohe.catalogue.versions import installed_scheme as installed_scheme
from kaohe.catalogue.versions import is_own as is_own
from kaohe.catalogue.versions import let_read as let_read
from kaohe.catalogue.versions import own_prefix as own_prefix
from kaohe.catalogue.versions import publish_scheme as publish_scheme
from kaohe.catalogue.versions import scheme_of as scheme_of
from kaohe.catalogue.versions import schemes_of as schemes_of
from kaohe.catalogue.versions import versions_of as versions_of
from kaohe.catalogue.wording import differences as differences
from kaohe.catalogue.wording import parameter_title as parameter_title
from kaohe.catalogue.wording import value_words as value_words
from kaohe.clock import now, today
from kaohe.db.session import acting_for, current_tenant, entered
from kaohe.errors import Conflict, FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.jurisdictions import service as jurisdictions
from kaohe.plugins import registry
from kaohe.scheme.model import Scheme


def installed() -> Mapping[str, Scheme]:
    return registry().schemes


async def enabled_scheme_of(session: AsyncSession, scheme_id: str) -> Scheme:
    """Raises NotFound unless the current jurisdiction enabled it."""
    if not (await queries.granted(session)).get(scheme_id):
        raise NotFound
    return await scheme_of(session, scheme_id)


async def enabled_schemes(session: AsyncSession) -> list[Scheme]:
    """Enabled here, in the order of the ids."""
    on = await queries.granted(session)
    return list((await schemes_of(session, [scheme_id for scheme_id, enabled in on.items() if enabled])).values())


async def available_schemes(session: AsyncSession) -> dict[str, bool]:
    """Scheme → enabled here: all that the jurisdiction may use and give on to those below it."""
    given = await queries.granted(session)
    if await queries.stands_at_top(session):
        given = dict.fromkeys(installed(), False) | given
    return {scheme_id: on for scheme_id, on in given.items() if scheme_id in installed() or is_own(scheme_id)}


async def enable_scheme(session: AsyncSession, scheme_id: str, *, on: bool = True) -> None:
    """Switch it on or off here. Cycles that run keep what they pinned. Raises NotFound unless it is available."""
    if scheme_id not in await available_schemes(session):
        raise NotFound
    held = await queries.enabled_scheme(session, scheme_id, lock=True)
    if held is None:
        session.add(EnabledScheme(scheme_id=scheme_id, tenant_id=current_tenant(session), enabled=on))
    elif held.enabled == on:
        return
    else:
        held.enabled, held.changed_at = on, now()
    await session.flush()
    record(session, "scheme.enabled" if on else "scheme.disabled", "scheme", scheme_id)


async def grant_schemes(session: AsyncSession, jurisdiction_id: UUID, scheme_ids: Sequence[str]) -> list[str]:
    """Give schemes to a jurisdiction below and switch them on there; answers those that are new.

    Raises NotFound for a jurisdiction that is not below, Invalid for a scheme that is not one's own to give.
    """
    if await jurisdictions.descendant(session, jurisdiction_id) is None:
        raise NotFound
    own = await available_schemes(session)
    if strange := [scheme_id for scheme_id in scheme_ids if scheme_id not in own]:
        raise Invalid([FieldProblem("schemes", _("本级不能授予方案「{scheme}」").format(scheme=strange[0]))])
    giver, copies = current_tenant(session), await copies_of(session, scheme_ids)
    async with acting_for(session, jurisdiction_id):
        held = await queries.granted(session)
        new = [scheme_id for scheme_id in scheme_ids if scheme_id not in held]
        for scheme_id in new:
            session.add(EnabledScheme(tenant_id=jurisdiction_id, scheme_id=scheme_id, granted_by=giver))
            await keep(session, copies.get(scheme_id, []))
            record(session, "scheme.granted", "scheme", scheme_id, {"by": giver})
    for scheme_id in new:
        record(session, "scheme.given", "jurisdiction", jurisdiction_id, {"scheme": scheme_id})
    return new


@dataclass(frozen=True, slots=True)
class Parameters:
    """`values` are complete and typed as the engine takes them; `version_id` None: the scheme's defaults."""

    version_id: UUID | None
    number: int
    valid_from: date | None
    overrides: Mapping[str, Any]
    values: Mapping[str, Any]


async def current_parameters(session: AsyncSession, scheme_id: str, on: date | None = None) -> Parameters:
    """What holds on a day (default: today). Overrides that the scheme no longer knows are left out."""
    scheme = await scheme_of(session, scheme_id)
    held = await queries.version_on(session, scheme_id, on or today())
    if held is None:
        return Parameters(None, 0, None, {}, scheme.resolve_parameters({})[0])
    known = {name: value for name, value in held.overrides.items() if name in scheme.parameters}
    values, _problems = scheme.resolve_parameters(known)
    return Parameters(held.id, held.number, held.valid_from, known, values)


async def set_parameters(
    session: AsyncSession, scheme_id: str, overrides: Mapping[str, Any], *, valid_from: date, reason: str,
    based_on: int | None = None,
) -> ParameterVersion:  # fmt: skip
    """A new dated version. `based_on`: the newest number that the person saw (a later one raises Conflict).

    Values equal to the scheme's default are left out. Raises NotFound unless enabled here, Invalid for values out of
    bounds (place `parameters.NAME`) and where nothing changes, Conflict.
    """
    scheme = await enabled_scheme_of(session, scheme_id)
    await queries.enabled_scheme(session, scheme_id, lock=True)  # one writer at a time
    versions = await queries.parameter_versions(session, scheme_id)
    newest = versions[0] if versions else None
    if based_on is not None and based_on != (newest.number if newest else 0):
        raise Conflict(_("参数刚被另一位同事修改过"))
    kept = checked_overrides(scheme, overrides)
    if kept == (newest.overrides if newest else {}) and (newest is None or newest.valid_from == valid_from):
        raise Invalid(_("没有改动任何参数"))
    person = entered(session)
    made = ParameterVersion(
        scheme_id=scheme_id, number=(newest.number if newest else 0) + 1, valid_from=valid_from, overrides=kept,
        reason=reason, made_by=person.name if person else session.sync_session.info.get("actor", "system"),
    )  # fmt: skip
    session.add(made)
    await session.flush()
    detail = {"scheme": scheme_id, "number": made.number, "valid_from": valid_from, "overrides": kept, "reason": reason}
    record(session, "parameters.set", "scheme", scheme_id, detail)
    return made


def checked_overrides(scheme: Scheme, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """As they are stored: only what differs from the defaults, numbers as text. Raises Invalid."""
    if problems := override_problems(scheme, overrides):
        raise Invalid(problems)
    values = scheme.resolve_parameters(overrides)[0]
    usual = scheme.resolve_parameters({})[0]
    return {name: stored(values[name]) for name in overrides if values[name] != usual[name]}


def override_problems(scheme: Scheme, overrides: Mapping[str, Any]) -> list[FieldProblem]:
    problems = scheme.resolve_parameters(overrides)[1]
    return [FieldProblem(problem.place, _parameter_message(scheme, problem)) for problem in problems]


def _parameter_message(scheme: Scheme, problem: Any) -> str:
    parameter = scheme.parameters.get(problem.place.removeprefix("parameters."))
    return f"{parameter.title or parameter.name}：{problem.message}" if parameter else problem.message


def stored(value: Any) -> Any:
    """Numbers as text, since JSON has only binary ones."""
    if isinstance(value, dict):
        return {name: stored(each) for name, each in value.items()}
    if isinstance(value, bool) or value is None:
        return value
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


async def newest_overrides(session: AsyncSession, scheme_id: str) -> Mapping[str, Any]:
    """Of the latest version, whether it holds already or from a day to come."""
    versions = await queries.parameter_versions(session, scheme_id)
    return dict(versions[0].overrides) if versions else {}
