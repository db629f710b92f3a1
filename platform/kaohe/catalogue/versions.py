"""A jurisdiction's own schemes beside the installed plugins.

made = await publish_scheme(session, text, reason="首次发布")     # Invalid with every problem
scheme = await scheme_of(session, "own-rongcheng-yewu")           # the newest; NotFound

A version is written once and never changed. Whoever must read it holds a copy of its own: the jurisdictions that were
given the scheme, and the parties of a cycle that is assessed by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.audit.service import record
from kaohe.catalogue import version_queries as queries
from kaohe.catalogue.models import EnabledScheme
from kaohe.catalogue.queries import enabled_scheme
from kaohe.db.session import acting_for, current_tenant, entered
from kaohe.errors import FieldProblem, Invalid, NotFound
from kaohe.i18n import _
from kaohe.jurisdictions import service as jurisdictions
from kaohe.plugins import registry
from kaohe.plugins.testing import differences, read_case_text
from kaohe.scheme.loading import read_scheme
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadScheme
from kaohe.scheme.yaml_text import YamlError, weigh

OWN = "own-"
MOST_BYTES, MOST_VALUES = 512 * 1024, 20_000
VERSION = re.compile(r"[1-9]\d{0,5}(\.\d{1,6}){0,2}")


@dataclass(frozen=True, slots=True)
class Published:
    """A version with how it came about; of an installed plugin only the scheme is known."""

    scheme: Scheme
    text: str = ""
    cases: str = ""
    reason: str = ""
    published_by: str = ""
    published_at: datetime | None = None


def is_own(scheme_id: str) -> bool:
    """Made in the platform by some jurisdiction, not brought by a plugin."""
    return scheme_id.startswith(OWN) and scheme_id not in registry().schemes


async def own_prefix(session: AsyncSession) -> str:
    """With which the ids of the schemes that this jurisdiction makes begin: no two jurisdictions share one."""
    return f"{OWN}{await jurisdictions.own_slug(session)}-"


@lru_cache(maxsize=256)
def compiled(text: str) -> Scheme:
    """A stored text was checked when it was published."""
    return read_scheme(text)


def installed_scheme(scheme_id: str, version: str | None = None) -> Scheme:
    """Of a plugin. Raises NotFound."""
    try:
        return registry().scheme(scheme_id, version)
    except KeyError:
        raise NotFound(_("没有安装方案「{scheme}」").format(scheme=scheme_id)) from None


async def scheme_of(session: AsyncSession, scheme_id: str, version: str | None = None) -> Scheme:
    """The newest or the asked version. Raises NotFound where neither a plugin nor this jurisdiction has it."""
    if not is_own(scheme_id):
        return installed_scheme(scheme_id, version)
    text = await queries.text_of(session, scheme_id, version)
    if text is None:
        raise NotFound(_("没有方案「{scheme}」").format(scheme=scheme_id))
    return compiled(text)


async def schemes_of(session: AsyncSession, scheme_ids: Iterable[str]) -> dict[str, Scheme]:
    """The newest version of each, in the order of the ids; what nobody has is left out."""
    wanted = sorted(set(scheme_ids))
    own = [scheme_id for scheme_id in wanted if is_own(scheme_id)]
    texts = await queries.newest_texts(session, own) if own else {}
    found = {scheme_id: compiled(text) for scheme_id, text in texts.items()}
    found |= {scheme_id: registry().schemes[scheme_id] for scheme_id in wanted if scheme_id in registry().schemes}
    return {scheme_id: found[scheme_id] for scheme_id in wanted if scheme_id in found}


def has_versions(scheme_id: str, held: int) -> bool:
    """Whether there is more than one version; `held`: rows with a text."""
    return (held if is_own(scheme_id) else len(registry().versions(scheme_id))) > 1


async def versions_of(session: AsyncSession, scheme_id: str) -> list[Published]:
    """Newest first."""
    if not is_own(scheme_id):
        return [Published(scheme) for scheme in reversed(registry().versions(scheme_id))]
    return [
        Published(compiled(row.text), row.text, row.cases, row.reason, row.published_by, row.published_at)
        for row in await queries.made_here(session, scheme_id)
    ]


def checked_text(text: str) -> Scheme:
    """A scheme that may be published anywhere. Raises Invalid with every problem, each with its line."""
    if len(text.encode()) > MOST_BYTES:
        raise Invalid(_("方案的文本有 {size} 字节，最多 {most}").format(size=len(text.encode()), most=MOST_BYTES))
    try:
        heavy = weigh(text, MOST_VALUES) is None
    except YamlError as error:
        raise Invalid(_("第 {line} 行：{message}").format(line=error.line, message=error)) from None
    if heavy:
        raise Invalid(_("方案的内容超过 {most} 项").format(most=MOST_VALUES))
    try:
        scheme = read_scheme(text)
    except BadScheme as bad:
        raise Invalid([FieldProblem("text", message) for message in bad.messages]) from None
    if coded := [node.code for node in scheme.nodes if node.function]:
        raise Invalid(
            [FieldProblem("text", _("「{code}」用到程序，自建方案不能用").format(code=code)) for code in coded]
        )
    return scheme


def case_problems(scheme: Scheme, cases: str) -> list[FieldProblem]:
    """What the scheme gives otherwise than its cases expect."""
    try:
        told = [(case, found) for case in read_case_text(cases, "cases") for found in differences(case, scheme)]
    except (YamlError, ValueError, KeyError, TypeError) as error:
        return [FieldProblem("cases", _("算例写得不对：{message}").format(message=error))]
    return [FieldProblem("cases", f"{case.name}：{found}") for case, found in told]


async def publish_scheme(session: AsyncSession, text: str, *, reason: str, cases: str = "") -> Scheme:
    """A new version, switched on here and handed to those who were given the scheme. Raises Invalid."""
    scheme = checked_text(text)
    held = await enabled_scheme(session, scheme.id, lock=True)  # one publisher at a time
    earlier = await queries.made_here(session, scheme.id)
    problems = await _identity_problems(session, scheme, [row.version for row in earlier], reason)
    problems += case_problems(scheme, cases) if cases.strip() else []
    if problems:
        raise Invalid(problems)
    person = entered(session)
    row = {
        "scheme_id": scheme.id, "version": scheme.version, "number": len(earlier) + 1, "text": text, "cases": cases,
        "content_hash": scheme.content_hash, "reason": reason.strip(),
        "published_by": person.name if person else session.sync_session.info.get("actor", "system"),
    }  # fmt: skip
    await queries.keep(session, [row])
    if held is None:
        session.add(EnabledScheme(scheme_id=scheme.id, tenant_id=current_tenant(session), enabled=True))
        await session.flush()
    await _hand_down(session, row)
    detail = {"version": scheme.version, "hash": scheme.content_hash, "reason": reason.strip()}
    record(session, "scheme.published", "scheme", scheme.id, detail)
    return scheme


async def _identity_problems(
    session: AsyncSession, scheme: Scheme, earlier: Collection[str], reason: str
) -> list[FieldProblem]:
    found, prefix = [], await own_prefix(session)
    if not re.fullmatch(re.escape(prefix) + r"[a-z0-9][a-z0-9-]{0,39}", scheme.id):
        words = _("编号「{id}」应以 {prefix} 开头，后面是小写字母、数字或 -")
        found.append(FieldProblem("id", words.format(id=scheme.id, prefix=prefix)))
    if not VERSION.fullmatch(scheme.version):
        words = _("版本「{version}」应为数字，如 1 或 1.2")
        found.append(FieldProblem("version", words.format(version=scheme.version)))
    elif earlier and _order(scheme.version) <= max(map(_order, earlier)):
        words = _("版本「{version}」应大于已发布的 {last}")
        last = max(earlier, key=_order)
        found.append(FieldProblem("version", words.format(version=scheme.version, last=last)))
    if not reason.strip():
        found.append(FieldProblem("reason", _("请写明发布的理由")))
    return found


def _order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


async def _hand_down(session: AsyncSession, row: dict[str, Any]) -> None:
    """To those who were given the scheme, and to those to whom they gave it on."""
    for tenant_id in await queries.given_to(session, row["scheme_id"]):
        async with acting_for(session, tenant_id):
            await queries.keep(session, [row])
            await _hand_down(session, row)


async def copies_of(session: AsyncSession, scheme_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Every version of own schemes among these, as rows for somebody else."""
    return {
        scheme_id: [queries.copied(row) for row in await queries.made_here(session, scheme_id)]
        for scheme_id in scheme_ids
        if is_own(scheme_id)
    }


async def let_read(session: AsyncSession, scheme: Scheme, parties: Iterable[UUID]) -> None:
    """Each party of a cycle gets the version by which it is assessed."""
    row: dict[str, Any] = {"scheme_id": scheme.id, "version": scheme.version, "content_hash": scheme.content_hash}
    if is_own(scheme.id):
        rows = [queries.copied(each) for each in await queries.made_here(session, scheme.id)]
        row = next(each for each in rows if each["version"] == scheme.version)
    for party_id in parties:
        async with acting_for(session, party_id):
            await queries.keep(session, [row])
