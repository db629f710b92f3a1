"""A small scheme as a jurisdiction makes it for itself."""

from __future__ import annotations

from kaohe.catalogue import service
from kaohe.db.session import Database, Scope
from kaohe.identity.models import Role
from kaohe.scheme.model import Scheme
from tests.factories.world import Place

TEXT = """\
id: {id}
version: "{version}"
title: {{zh: 服务中心年度考核, en: Yearly review of service centres}}
regulation: 服务中心年度考核办法（试行）
periods: [year]
kinds:
  - {{id: centre, title: 服务中心}}
indicators:
  - code: work
    title: 日常工作
    points: {points}
    article: 第一条
    children:
      - {{code: .order, title: 秩序, rule: judged, points: {points}, article: 第一条}}
  - code: praise
    title: 加分
    article: 第二条
    line: bonus
    children:
      - {{code: .given, title: 受表彰, rule: bonus, amount: 2, article: 第二条}}
"""
CASES = """\
scheme: {id}
period: "2026"
subjects: [{{id: c1, kind: centre}}]
cases:
  - name: 满分
    records: [{{subject: c1, leaf: work.order, date: 2026-05-01, rating: {points}}}]
    expect: {{c1: {{total: {total}}}}}
"""


def own_id(place: Place) -> str:
    return f"own-{place.slug}-centres"


def own_text(place: Place, version: str = "1", points: int = 100) -> str:
    return TEXT.format(id=own_id(place), version=version, points=points)


def own_cases(place: Place, total: int = 100) -> str:
    """One case: full points, and what is expected to come of it."""
    return CASES.format(id=own_id(place), points=100, total=total)


async def publish(database: Database, place: Place, version: str = "1", points: int = 100) -> Scheme:
    async with database.begin(Scope(place.id, place[Role.ORGANISER].id)) as session:
        return await service.publish_scheme(session, own_text(place, version, points), reason=f"第{version}版")
