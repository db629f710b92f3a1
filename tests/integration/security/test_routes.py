"""Every route and method stands in the permission registry, and every entry of the registry is used."""

from __future__ import annotations

import pytest
from litestar import Litestar

from kaohe.web.permissions import ANYONE, PERMISSIONS, PUBLIC
from tests.factories.routes import handlers

pytestmark = pytest.mark.anyio

# What anybody on the network may reach.
PUBLIC_PATHS = {
    "/healthz", "/readyz", "/login", "/invitations/{token:str}", "/static/{name:str}",
}  # fmt: skip


async def test_every_route_names_a_permission(asgi: Litestar) -> None:
    nameless = [(path, method) for path, method, opt in handlers(asgi) if "permission" not in opt]
    assert nameless == []


async def test_public_routes_are_listed(asgi: Litestar) -> None:
    public = {path for path, _method, opt in handlers(asgi) if opt["permission"] == PUBLIC}
    assert public <= PUBLIC_PATHS


async def test_every_permission_is_used(asgi: Litestar) -> None:
    used = {opt["permission"] for _path, _method, opt in handlers(asgi)}
    assert set(PERMISSIONS) - {ANYONE} - used == set()


async def test_mutations_never_come_by_get(asgi: Litestar) -> None:
    odd = [path for path, method, opt in handlers(asgi) if method in {"GET", "HEAD"} and opt.get("idempotent")]
    assert odd == []
