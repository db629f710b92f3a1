"""What the pages of the catalogue show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue import queries, service, wording
from kaohe.catalogue.consequence_views import ConsequenceRow, consequence_rows
from kaohe.catalogue.parameter_form import Field, fields_of
from kaohe.catalogue.service import Parameters
from kaohe.catalogue.way_views import RegisterRow, WayRow, register_rows, way_rows
from kaohe.catalogue.wording import differences
from kaohe.clock import today
from kaohe.i18n import _, said
from kaohe.scheme.model import Scheme

WARN_DAYS = 90


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """`days`: until it expires, None when it does not. `assessed`: not on here, but the jurisdiction is assessed by it."""

    id: str
    title: str
    regulation: str
    issuer: str
    version: str
    kinds: str
    periods: str
    effective: date | None
    expires: date | None
    assumed: bool
    days: int | None
    enabled: bool
    assessed: bool = False

    @property
    def expiring(self) -> str:
        """`over`, `soon` or nothing."""
        if self.days is None:
            return ""
        return "over" if self.days < 0 else "soon" if self.days <= WARN_DAYS else ""


@dataclass(frozen=True, slots=True)
class SchemesPage:
    """`switchable`: those that may be switched on and off here."""

    rows: tuple[SchemeRow, ...]
    switchable: frozenset[str]
    may_manage: bool
    may_design: bool


@dataclass(frozen=True, slots=True)
class NodeRow:
    code: str
    title: str
    level: int
    is_leaf: bool
    points: Decimal | None
    rules: list[str]
    article: str
    text: str
    evidence: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class ParameterRow:
    title: str
    value: str
    usual: str
    allowed: str
    silent: bool
    article: str
    changed: bool


@dataclass(frozen=True, slots=True)
class VersionOfScheme:
    """`changes`: against the version before it, in words."""

    version: str
    published_by: str
    published_at: datetime | None
    reason: str
    changes: list[str]


@dataclass(frozen=True, slots=True)
class SchemePage:
    row: SchemeRow
    interpreter: str
    kinds: list[tuple[str, str, int]]
    kind: str
    nodes: list[NodeRow]
    parameters: list[ParameterRow]
    current: Parameters
    demands: list[tuple[str, str, str]]
    ways: list[WayRow]
    registers: list[RegisterRow]
    consequences: list[ConsequenceRow]
    may_manage: bool
    hash: str
    versions: list[VersionOfScheme]


@dataclass(frozen=True, slots=True)
class Change:
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    valid_from: date
    made_by: str
    made_at: datetime
    reason: str
    changes: list[Change]
    holds: bool


@dataclass(frozen=True, slots=True)
class ParametersPage:
    row: SchemeRow
    fields: list[Field]
    versions: list[VersionRow]
    newest: int
    today: date
    may_manage: bool


def scheme_row(scheme: Scheme, enabled: bool, *, assessed: bool = False) -> SchemeRow:
    days = (scheme.expires - today()).days if scheme.expires else None
    kinds = _("、").join(said(kind.title) for kind in scheme.kinds)
    periods = _("、").join(_(wording.PERIODS[period]) for period in scheme.periods)
    return SchemeRow(
        scheme.id, said(scheme.title), scheme.regulation, scheme.issuer, scheme.version, kinds, periods, scheme.effective,
        scheme.expires, scheme.dates_assumed, days, enabled, assessed,
    )  # fmt: skip


async def schemes_page(session: AsyncSession, *, may_manage: bool, may_design: bool) -> SchemesPage:
    """Those who manage see what could be switched on, others what is on; all see what they are assessed by."""
    found = await service.available_schemes(session) if may_manage else await service.granted(session)
    shown = {id_: on for id_, on in found.items() if on or may_manage}
    assessed = await service.known(session) - {id_ for id_, on in found.items() if on}
    schemes = await service.schemes_of(session, [*shown, *assessed])
    rows = [scheme_row(one, shown.get(id_, False), assessed=id_ in assessed) for id_, one in schemes.items()]
    shown_rows = sorted(rows, key=lambda row: (not row.enabled, not row.assessed, row.id))
    return SchemesPage(tuple(shown_rows), frozenset(found), may_manage, may_design)


async def scheme_page(
    session: AsyncSession, scheme: Scheme, kind: str, *, enabled: bool, may_manage: bool
) -> SchemePage:
    current = await service.current_parameters(session, scheme.id)
    scheme = scheme.under(current.overrides)
    kinds = [
        (each.id, said(each.title), sum(_applies(node, each.id) for node in scheme.leaves.values()))
        for each in scheme.kinds
    ]
    kind = kind if kind in {id_ for id_, _title, _count in kinds} else kinds[0][0]
    demands = [(said(each.title), _month(each.month), each.article) for each in scheme.demands.rounds]
    return SchemePage(
        scheme_row(scheme, enabled), scheme.interpreter, kinds, kind, node_rows(scheme, kind, current.values),
        parameter_rows(scheme, current), current, demands, way_rows(scheme), register_rows(scheme),
        consequence_rows(scheme, current.values), may_manage, scheme.content_hash,
        versions_in_words(await service.versions_of(session, scheme.id)),
    )  # fmt: skip


def versions_in_words(versions: Sequence[service.Published]) -> list[VersionOfScheme]:
    """Newest first, each with what it changed."""
    return [
        VersionOfScheme(
            one.scheme.version, one.published_by, one.published_at, one.reason,
            differences(before.scheme, one.scheme) if before else [],
        )
        for one, before in zip(versions, [*versions[1:], None], strict=False)
    ]  # fmt: skip


def _month(month: int | None) -> str:
    return _("{month} 月").format(month=month) if month else ""


def _applies(node: Any, kind: str) -> bool:
    return not node.kinds or kind in node.kinds


def node_rows(scheme: Scheme, kind: str, values: Mapping[str, Any]) -> list[NodeRow]:
    """The tree of one kind, parents before children."""
    levels: dict[str, int] = {}
    rows = []
    for node in scheme.nodes:
        if not _applies(node, kind):
            continue
        levels[node.code] = levels.get(node.parent or "", -1) + 1
        rows.append(
            NodeRow(
                node.code,
                said(node.title),
                levels[node.code],
                node.is_leaf,
                wording.points_of(scheme, node, kind, values),
                wording.rule_words(scheme, node, kind, values),
                node.article,
                scheme.articles.get(node.article, ""),
                [(said(slot.title) or slot.name, slot.required) for slot in node.evidence],
            )
        )
    return rows


def parameter_rows(scheme: Scheme, current: Parameters) -> list[ParameterRow]:
    rows = []
    for name, parameter in scheme.parameters.items():
        usual = wording.value_words(parameter, parameter.accept(parameter.default))
        value = wording.value_words(parameter, current.values[name])
        allowed, changed = wording.allowed_words(parameter), name in current.overrides
        title = wording.parameter_title(parameter)
        rows.append(ParameterRow(title, value, usual, allowed, parameter.silent, parameter.article, changed))
    return rows


async def parameters_page(session: AsyncSession, scheme: Scheme, *, enabled: bool, may_manage: bool) -> ParametersPage:
    """The form starts from the newest version, which may hold only from a day to come."""
    versions = await queries.parameter_versions(session, scheme.id)
    newest = versions[0] if versions else None
    known = {name: value for name, value in (newest.overrides if newest else {}).items() if name in scheme.parameters}
    start = Parameters(None, newest.number if newest else 0, None, known, scheme.resolve_parameters(known)[0])
    return ParametersPage(
        scheme_row(scheme, enabled),
        fields_of(scheme, start),
        version_rows(scheme, versions),
        start.number,
        today(),
        may_manage,
    )


def version_rows(scheme: Scheme, versions: Sequence[Any]) -> list[VersionRow]:
    """Newest first, each with what it changed against the one before it."""
    begun = [version for version in versions if version.valid_from <= today()]
    holding = max(begun, key=lambda version: (version.valid_from, version.number), default=None)
    rows = []
    for version, before in zip(versions, [*versions[1:], None], strict=False):
        changes = _differences(scheme, before.overrides if before else {}, version.overrides)
        rows.append(
            VersionRow(
                version.number,
                version.valid_from,
                version.made_by,
                version.made_at,
                version.reason,
                changes,
                version is holding,
            )
        )
    return rows


def _differences(scheme: Scheme, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = (
        scheme.resolve_parameters({name: value for name, value in side.items() if name in scheme.parameters})[0]
        for side in (before, after)
    )
    words = wording.value_words
    return [
        Change(wording.parameter_title(parameter), words(parameter, old[name]), words(parameter, new[name]))
        for name, parameter in scheme.parameters.items()
        if old[name] != new[name]
    ]
