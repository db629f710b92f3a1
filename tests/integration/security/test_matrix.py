"""Role × relation × route, generated from the application's own routes.

For every route and role: in the jurisdiction that owns the objects, exactly the roles of the registry get past the
permission check; in any other jurisdiction the ids of those objects answer exactly like ids that never existed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar

from kaohe.db.session import Database
from kaohe.identity.models import Role
from kaohe.web.context import App
from tests.factories.browser import Browser
from tests.factories.full import Full, make_full
from tests.factories.routes import PARAMETER, allowed, filled, private_routes
from tests.factories.world import make_world

pytestmark = pytest.mark.anyio

# The parent reads its children's names and people by right; these addresses are about jurisdictions below.
ABOUT_BELOW = "/jurisdictions/{jurisdiction_id:uuid}"


@pytest.fixture(scope="module")
async def full(database: Database, home: Path) -> Full:
    return await make_full(database, await make_world(database), home)


@pytest.fixture(scope="module")
async def visitors(asgi: Litestar, kaohe: App, full: Full) -> dict[tuple[str, Role], Browser]:
    places = {"own": full.owner, **full.relations}
    return {
        (relation, role): await Browser(asgi, kaohe).as_(place[role])
        for relation, place in places.items()
        for role in Role
    }


async def ask(browser: Browser, method: str, path: str, **headers: str) -> httpx.Response:
    return await browser.request(method, path, headers={"Accept": "application/json", **headers})


async def test_every_role_gets_past_exactly_the_permissions_it_holds(
    asgi: Litestar, full: Full, visitors: dict[tuple[str, Role], Browser]
) -> None:
    """A mutation is sent without its CSRF token: who is let in hears of the token, who is not of the permission."""
    wrong = []
    for path, method, permission in private_routes(asgi):
        for role in Role:
            answer = await ask(visitors["own", role], method, filled(path, full.ids), **{"X-CSRF-Token": "none"})
            refused = answer.status_code == 403 and answer.json()["type"] == "urn:kaohe:forbidden"
            if refused == allowed(permission, role):
                wrong.append((method, path, role.value, answer.status_code))
    assert wrong == []


async def test_allowed_pages_open(asgi: Litestar, full: Full, visitors: dict[tuple[str, Role], Browser]) -> None:
    broken = []
    for path, method, permission in private_routes(asgi):
        if method != "GET":
            continue
        for role in Role:
            if allowed(permission, role):
                answer = await visitors["own", role].get(filled(path, full.ids))
                if answer.status_code >= 500 or answer.status_code == 403:
                    broken.append((path, role.value, answer.status_code))
    assert broken == []


async def test_ids_of_another_jurisdiction_answer_like_ids_that_never_were(
    asgi: Litestar, full: Full, visitors: dict[tuple[str, Role], Browser]
) -> None:
    told_apart = []
    for path, method, permission in private_routes(asgi):
        names = [name for name, kind in PARAMETER.findall(path) if kind == "uuid"]
        if not names:
            continue
        for relation in full.relations:
            if path.startswith(ABOUT_BELOW) and relation == "parent":
                continue
            for role in [role for role in Role if allowed(permission, role)]:
                visitor = visitors[relation, role]
                foreign = await ask(visitor, method, filled(path, full.ids))
                absent = await ask(visitor, method, filled(path, {name: uuid4() for name in names}))
                if _shown(foreign) != _shown(absent):
                    told_apart.append((method, path, relation, role.value, _shown(foreign)[:2], _shown(absent)[:2]))
    assert told_apart == []


def _shown(answer: httpx.Response) -> tuple[Any, ...]:
    """What a visitor can see, without what differs by itself."""
    if "json" in answer.headers.get("content-type", ""):
        body = answer.json()
        if isinstance(body, dict):
            body.pop("request_id", None)
        return answer.status_code, str(body)
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22}|nonce=\"[^\"]*\"", "", answer.text)
    return answer.status_code, len(words) // 50


async def test_owner_finds_its_own_objects(
    asgi: Litestar, full: Full, visitors: dict[tuple[str, Role], Browser]
) -> None:
    """Otherwise the comparison above would prove nothing: what the owner can open must open for somebody there."""
    unopened = []
    for path, method, permission in private_routes(asgi):
        names = [name for name, kind in PARAMETER.findall(path) if kind == "uuid"]
        if method != "GET" or not names:
            continue
        answers = [
            (await visitors["own", role].get(filled(path, full.ids))).status_code
            for role in Role
            if allowed(permission, role)
        ]
        if not any(status in (200, 303) for status in answers):
            unopened.append((path, answers))
    assert unopened == []


async def test_nobody_is_let_in_without_a_login(asgi: Litestar, kaohe: App, full: Full) -> None:
    anonymous = Browser(asgi, kaohe)
    answers = {
        (method, path): (await ask(anonymous, method, filled(path, full.ids))).status_code
        for path, method, _permission in private_routes(asgi)
    }
    assert {where: status for where, status in answers.items() if status != 401} == {}
