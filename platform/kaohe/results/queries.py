"""Reading cycles, runs and sheets, as the host sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Text, Uuid, and_, bindparam, cast, func, literal_column, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kaohe.cycles.models import Assignment, Cycle, Participation
from kaohe.db.ready import Ready
from kaohe.i18n import _
from kaohe.results.models import Decision, Release, ReleasedSheet, Run, StoredSheet
from kaohe.subjects.models import Subject

S = StoredSheet
Parent = aliased(Subject)
PAGE = 200
# What the statements are asked with.
CYCLE, RUN, BEFORE = (bindparam(name, type_=Uuid) for name in ("cycle", "run", "before"))
RANKED = (
    S.subject_id, S.subject, S.name, S.kind, S.group_id, S.group_name, S.total, S.base, S.bonus, S.deduction, S.rank,
    S.incomplete,
)  # fmt: skip
# What was confirmed where somebody decided, else what was proposed.
CONFIRMED = (
    func.coalesce(Decision.grade, S.grade).label("grade"),
    func.coalesce(Decision.honours, S.honours).label("honours"),
    func.coalesce(Decision.flags, S.flags).label("flags"),
)
_RUN = (
    Run.id, Run.cycle_id, Run.state, Run.step, Run.progress, Run.problems, Run.problem_count, Run.digest, Run.subjects,
    Run.requested_by_name, Run.requested_at, Run.started_at, Run.finished_at, Run.confirmed_at, Run.confirmed_by_name,
)  # fmt: skip
RUN_COLUMNS = (*_RUN, Release.number.label("release_number"), Release.id.label("release_id"))
UNDER_WAY = ("queued", "running", "failed")


def cycle_columns() -> tuple[Any, ...]:
    ungraded = select(func.count()).where(
        Assignment.tenant_id == Cycle.tenant_id, Assignment.cycle_id == Cycle.id, Assignment.state == "open"
    )
    return (
        Cycle.id, Cycle.title, Cycle.scheme_id, Cycle.scheme_version, Cycle.parameters, Cycle.period, Cycle.period_start,
        Cycle.period_end, Cycle.state, ungraded.scalar_subquery().label("ungraded"),
    )  # fmt: skip


@Ready
def _cycle() -> Any:
    return select(*cycle_columns()).where(Cycle.id == CYCLE, Cycle.state != "draft")


async def cycle(session: AsyncSession, cycle_id: UUID) -> Any:
    """None where it is not there, or a draft. `ungraded`: assignments that nobody filed yet."""
    return await _cycle.one(session, cycle=cycle_id)


async def participants(session: AsyncSession, cycle_id: UUID) -> Sequence[Row[Any]]:
    """The snapshot of the notice; parent and times of activity as they are now."""
    query: Any = (
        select(
            Participation.id, Participation.subject_id, Participation.party_id, Participation.subject_code,
            Participation.subject_name, Participation.subject_kind, Participation.group_name, Participation.attributes,
            Participation.sort_key, Subject.active_from, Subject.active_to, Parent.code.label("parent_code"),
        )
        .join(Subject, and_(Subject.tenant_id == Participation.tenant_id, Subject.id == Participation.subject_id))
        .outerjoin(Parent, and_(Parent.tenant_id == Subject.tenant_id, Parent.id == Subject.parent_id))
        .where(Participation.cycle_id == cycle_id)
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows


_RATERS = text(
    """
    SELECT DISTINCT p.id, p.login, p.name,
      coalesce((SELECT min(s.code) FROM memberships m JOIN subjects s ON s.tenant_id = m.tenant_id AND s.id = m.subject_id
                 WHERE m.tenant_id = a.tenant_id AND m.person_id = p.id AND m.ended_at IS NULL),
               (SELECT min(s.code) FROM subjects s WHERE s.tenant_id = a.tenant_id AND s.person_id = p.id)) AS unit
      FROM assignments a JOIN people p ON p.id = a.person_id
     WHERE a.tenant_id = (SELECT app.tenant_id()) AND a.cycle_id = :cycle
    """
)


async def raters(session: AsyncSession, cycle_id: UUID) -> dict[UUID, Row[Any]]:
    """Who grades: the login, which is for life, and the code of the unit they belong to, if any."""
    return {row.id: row for row in await session.execute(_RATERS, {"cycle": cycle_id})}


async def run(session: AsyncSession, cycle_id: UUID, run_id: UUID) -> Row[Any] | None:
    query: Any = select(*_RUN).where(Run.id == run_id, Run.cycle_id == cycle_id)
    return (await session.execute(query)).one_or_none()


async def latest_run(session: AsyncSession, cycle_id: UUID, state: str = "done") -> Row[Any] | None:
    """With what became of it: `release_number` is None until it is released."""
    query: Any = (
        select(*RUN_COLUMNS)
        .outerjoin(Release, and_(Release.tenant_id == Run.tenant_id, Release.run_id == Run.id))
        .where(Run.cycle_id == cycle_id, Run.state == state)
        .order_by(Run.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).one_or_none()


async def run_bytes(session: AsyncSession, cycle_id: UUID) -> Row[Any] | None:
    """(facts, result) of the last run that was done."""
    query: Any = select(Run.facts, Run.result).where(Run.cycle_id == cycle_id, Run.state == "done")
    row: Row[Any] | None = (await session.execute(query.order_by(Run.id.desc()).limit(1))).one_or_none()
    return row


async def unmovable(session: AsyncSession, cycle_id: UUID) -> str:
    """Why the cycle cannot go over to another version now; '' where it can."""
    busy = select(Run.id).where(Run.cycle_id == cycle_id, Run.state.in_(("queued", "running"))).exists()
    out = select(Release.id).where(Release.cycle_id == cycle_id).exists()
    row = (await session.execute(select(busy.label("busy"), out.label("out")))).one()
    if row.out:
        return _("结果已经发布，不能再改用另一版本。")
    return _("这项考核正在计算，请等它完成。") if row.busy else ""


def newest(*states: str) -> Any:
    query = select(Run.id).where(Run.cycle_id == CYCLE, or_(*(Run.state == state for state in states)))
    return query.order_by(Run.id.desc()).limit(1).scalar_subquery()


@Ready
def _runs() -> Any:
    return (
        select(*RUN_COLUMNS)
        .outerjoin(Release, and_(Release.tenant_id == Run.tenant_id, Release.run_id == Run.id))
        .where(or_(Run.id == newest("done"), Run.id == newest(*UNDER_WAY)))
    )


async def runs_of(session: AsyncSession, cycle_id: UUID) -> tuple[Any, Any]:
    """The last run that was done, and a newer one that is under way or failed."""
    return done_and_busy(await _runs.rows(session, cycle=cycle_id))


def done_and_busy(rows: Sequence[Any]) -> tuple[Any, Any]:
    done = next((row for row in rows if row.state == "done"), None)
    other = next((row for row in rows if row.state != "done"), None)
    return done, other if other and (done is None or other.id > done.id) else None


@dataclass(frozen=True, slots=True)
class Filter:
    group: str = ""
    search: str = ""
    only: str = ""
    page: int = 1


def _with_decision(columns: Any) -> Any:
    return select(*columns).outerjoin(
        Decision,
        and_(Decision.tenant_id == S.tenant_id, Decision.run_id == S.run_id, Decision.subject_id == S.subject_id),
    )


def _filtered(query: Any, group: bool, search: bool, only: str) -> Any:
    query = query.where(S.run_id == RUN)
    if group:
        query = query.where(S.group_id == bindparam("group", type_=Text))
    if search:
        words = func.lower(bindparam("search", type_=Text))
        named = (func.strpos(func.lower(column), words) > 0 for column in (S.name, S.subject, S.sort_key))
        query = query.where(or_(*named))
    if only == "honours":
        query = query.where(func.cardinality(func.coalesce(Decision.honours, S.honours)) > 0)
    elif only == "flags":
        query = query.where(func.cardinality(func.coalesce(Decision.flags, S.flags)) > 0)
    elif only == "incomplete":
        query = query.where(S.incomplete)
    elif only == "decided":
        query = query.where(Decision.id.is_not(None))
    return query


@cache
def _ranking(group: bool, search: bool, only: str, payload: bool, item: bool) -> Ready:
    """One for each way to filter."""
    return Ready(lambda: _ranked(payload, item, group, search, only))


def _ranked(payload: bool, item: bool, *chosen: Any) -> Any:
    old = aliased(ReleasedSheet)
    of_item = S.payload["items"][bindparam("item", type_=Text)].astext
    more = (*((S.payload,) if payload else ()), *((of_item.label("ranked_by"),) if item else ()))
    query = _with_decision((*RANKED, *CONFIRMED, Decision.reason, old.rank.label("rank_before"),
                            old.total.label("total_before"), func.count().over().label("matching"), *more))  # fmt: skip
    query = query.outerjoin(
        old, and_(old.tenant_id == S.tenant_id, old.release_id == BEFORE, old.subject_id == S.subject_id)
    )
    query = _filtered(query, *chosen).order_by(S.group_id, S.rank.asc().nulls_last(), S.sort_key, S.subject)
    return query.limit(bindparam("most", type_=Integer)).offset(bindparam("skip", type_=Integer))


async def ranking(
    session: AsyncSession, run_id: UUID, chosen: Filter, before: UUID | None, *, most: int | None = PAGE,
    payload: bool = False, item: str = "",
) -> Sequence[Row[Any]]:  # fmt: skip
    """By group, then rank. `before`: the release to compare with (`rank_before`, `total_before`). `item`: by which
    item of the sheet the ranks go (`ranked_by`), where not by the total."""
    ready = _ranking(bool(chosen.group), bool(chosen.search), chosen.only, payload, bool(item))
    asked = (("group", chosen.group), ("search", chosen.search), ("item", item))
    given = {name: value for name, value in asked if value}
    skip = (chosen.page - 1) * most if most else 0
    return await ready.rows(session, run=run_id, before=before, most=most, skip=skip, **given)


# The grade, honours, flags and awards of a sheet as one list of names.
_CARRIED = (
    func.to_jsonb(CONFIRMED[1].element)
    .op("||")(func.to_jsonb(CONFIRMED[2].element))
    .op("||")(func.to_jsonb(func.coalesce(CONFIRMED[0].element, "")))
    .op("||")(func.jsonb_path_query_array(S.payload, literal_column("'$.awards[*].name'")))
)


@Ready
def _groups() -> Any:
    named = func.jsonb_build_array(S.name, _CARRIED)
    carrying = func.jsonb_agg(aggregate_order_by(named, S.rank, S.sort_key, S.subject))
    asked = func.jsonb_exists_any(_CARRIED, cast(bindparam("names"), ARRAY(Text)))
    honoured = func.cardinality(func.coalesce(Decision.honours, S.honours)) > 0
    query = _with_decision((
        S.group_id, func.max(S.group_name).label("group_name"), func.count().label("size"),
        func.round(func.avg(S.total), 2).label("mean"), func.max(S.total).label("best"),
        func.count().filter(honoured).label("honours"), func.count().filter(S.incomplete).label("incomplete"),
        func.coalesce(carrying.filter(asked), literal_column("'[]'")).label("carrying"),
        func.bool_or(or_(S.bonus != 0, S.deduction != 0)).label("changed"),
    ))  # fmt: skip
    return query.where(S.run_id == RUN).group_by(S.group_id).order_by(S.group_id)


async def groups(session: AsyncSession, run_id: UUID, names: Sequence[str] = ()) -> Sequence[Row[Any]]:
    """(group_id, group_name, size, mean, best, honours, incomplete, carrying, changed) of each group. `carrying`: [name,
    what it carries] of every sheet with one of these grades, honours, flags or awards. `changed`: whether any has points
    added or taken."""
    return await _groups.rows(session, run=run_id, names=list(names))


async def sheet(session: AsyncSession, run_id: UUID, subject_id: UUID) -> Row[Any] | None:
    query = _with_decision((
        *RANKED, *CONFIRMED, S.grade.label("proposed_grade"), S.honours.label("proposed_honours"),
        S.flags.label("proposed_flags"), S.payload, S.participation_id, Decision.reason, Decision.decided_by_name,
        Decision.decided_at,
    )).where(S.run_id == run_id, S.subject_id == subject_id)  # fmt: skip
    return (await session.execute(query)).one_or_none()


async def hosted(session: AsyncSession) -> Sequence[Row[Any]]:
    """Cycles of this jurisdiction with their last run and last release, newest period first."""
    last_run = (
        select(Run.state, Run.progress, Run.finished_at, Run.confirmed_at, Run.subjects)
        .where(Run.tenant_id == Cycle.tenant_id, Run.cycle_id == Cycle.id)
        .order_by(Run.id.desc()).limit(1).lateral("last_run")
    )  # fmt: skip
    last_release = (
        select(Release.number, Release.released_at)
        .where(Release.tenant_id == Cycle.tenant_id, Release.cycle_id == Cycle.id)
        .order_by(Release.number.desc()).limit(1).lateral("last_release")
    )  # fmt: skip
    query: Any = (
        select(Cycle.id, Cycle.title, Cycle.period, Cycle.state, last_run.c.state.label("run_state"), last_run.c.finished_at,
               last_run.c.confirmed_at, last_run.c.subjects, last_run.c.progress, last_release.c.number, last_release.c.released_at)
        .select_from(Cycle).outerjoin(last_run, text("true")).outerjoin(last_release, text("true"))
        .where(Cycle.state != "draft").order_by(Cycle.period_end.desc(), Cycle.id.desc()).limit(100)
    )  # fmt: skip
    rows: Sequence[Row[Any]] = (await session.execute(query)).all()
    return rows
