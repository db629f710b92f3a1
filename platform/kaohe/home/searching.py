"""Search over what the person may see: subjects, clauses of enabled schemes, cycles, files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.service import enabled_schemes
from kaohe.cycles.models import Cycle
from kaohe.evidence import service as evidence
from kaohe.evidence.service import Reader
from kaohe.home.views import Found, Section
from kaohe.i18n import _, period_words, said
from kaohe.identity.models import Role
from kaohe.scheme.model import Indicator, Scheme
from kaohe.subjects.models import Subject

MOST = 10
SUBJECTS_FOR = (Role.ADMIN, Role.ORGANISER, Role.INSPECTOR, Role.APPROVER)
CYCLES_FOR = (Role.ADMIN, Role.ORGANISER, Role.ASSESSOR, Role.APPROVER, Role.AUDITOR)


async def search(session: AsyncSession, person: Reader, text: str) -> list[Section]:
    """Every word must be found; sections without a hit are left out."""
    words = text.split()
    sections = [
        Section(_("考核对象"), await _subjects(session, words) if person.has(*SUBJECTS_FOR) else []),
        Section(_("条款和指标"), _clauses(await enabled_schemes(session), words)),
        Section(_("考核"), await _cycles(session, words, person) if person.has(*CYCLES_FOR) else []),
        Section(_("文件"), await _files(session, person, text)),
    ]
    return [section for section in sections if section.found]


def _contains(words: Sequence[str], *columns: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] | None = None
    for word in words:
        one = columns[0].icontains(word, autoescape=True)
        for column in columns[1:]:
            one = one | column.icontains(word, autoescape=True)
        found = one if found is None else found & one
    assert found is not None
    return found


async def _subjects(session: AsyncSession, words: Sequence[str]) -> list[Found]:
    query: Select[*tuple[Any, ...]] = (
        select(Subject.id, Subject.name, Subject.code)
        .where(_contains(words, Subject.name, Subject.code))
        .order_by(Subject.sort_key, Subject.code)
        .limit(MOST)
    )
    return [Found(row.name, f"/subjects/{row.id}", row.code) for row in (await session.execute(query)).all()]


async def _cycles(session: AsyncSession, words: Sequence[str], person: Reader) -> list[Found]:
    """Drafts are the organiser's."""
    query: Select[*tuple[Any, ...]] = (
        select(Cycle.id, Cycle.title, Cycle.period, Cycle.state)
        .where(_contains(words, Cycle.title, Cycle.period))
        .order_by(Cycle.created_at.desc())
        .limit(MOST)
    )
    if not person.has(Role.ORGANISER):
        query = query.where(Cycle.state != "draft")
    states = {"draft": _("草稿"), "issued": _("进行中"), "closed": _("已结束")}
    rows = (await session.execute(query)).all()
    return [Found(row.title, f"/cycles/{row.id}", f"{period_words(row.period)}，{states[row.state]}") for row in rows]


async def _files(session: AsyncSession, person: Reader, text: str) -> list[Found]:
    rows, _more = await evidence.choosable(session, person, search=text)
    return [Found(row.name, f"/evidence/{row.id}/view", row.uploader_name) for row in rows[:MOST]]


def _clauses(schemes: Sequence[Scheme], words: Sequence[str]) -> list[Found]:
    hits = [(scheme, node) for scheme in schemes for node in scheme.nodes if _fits(node, words)]
    return [
        Found(said(node.title), f"/schemes/{scheme.id}", "，".join(filter(None, (said(scheme.title), node.article))))
        for scheme, node in hits[:MOST]
    ]


def _fits(node: Indicator, words: Sequence[str]) -> bool:
    text = f"{node.title.zh} {node.title.en} {node.code} {node.article}".lower()
    return all(word.lower() in text for word in words)
