"""The application's own routes, with ids to try them with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from litestar import Litestar
from litestar.routes import HTTPRoute

from kaohe.clock import today
from kaohe.identity.models import Role
from kaohe.web.permissions import ANYONE, PERMISSIONS, PUBLIC

PARAMETER = re.compile(r"{(\w+):(\w+)}")
TEXTS = {"leaf": "circle.base", "scheme_id": "district-circles", "token": "none", "name": "facts.json",
         "number": f"{today().year}-0001", "slot": "0", "at": "0", "section": "identity", "register_id": "training"}  # fmt: skip


def handlers(asgi: Litestar) -> Iterator[tuple[str, str, dict[str, object]]]:
    for route in asgi.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    if method != "OPTIONS":
                        yield route.path, method, dict(handler.opt)


def private_routes(asgi: Litestar) -> list[tuple[str, str, str]]:
    found = [(path, method, str(opt["permission"])) for path, method, opt in handlers(asgi)]
    return [each for each in found if each[2] != PUBLIC and each[1] != "HEAD"]


def filled(path: str, ids: Mapping[str, Any]) -> str:
    return PARAMETER.sub(lambda part: str(ids.get(part[1]) or TEXTS.get(part[1]) or uuid4()), path)


def allowed(permission: str, role: Role) -> bool:
    return permission == ANYONE or role in PERMISSIONS[permission]
