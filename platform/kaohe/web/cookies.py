"""The two cookies of a login. Both HttpOnly; the refresh cookie outlives the access token it renews."""

from __future__ import annotations

from litestar.datastructures import Cookie

from kaohe.identity.tokens import SESSION_LIFETIME

ACCESS = "kaohe_access"
REFRESH = "kaohe_refresh"
_LIFE = int(SESSION_LIFETIME.total_seconds())


def access_cookie(token: str, *, secure: bool) -> Cookie:
    # Kept beyond the token's own time: an expired token tells 「已失效」 from 「未登录」.
    return Cookie(key=ACCESS, value=token, path="/", max_age=_LIFE, httponly=True, samesite="lax", secure=secure)


def refresh_cookie(secret: str, *, secure: bool) -> Cookie:
    return Cookie(key=REFRESH, value=secret, path="/", max_age=_LIFE, httponly=True, samesite="strict", secure=secure)


def gone(*, secure: bool) -> list[Cookie]:
    return [
        Cookie(key=name, value="", path="/", max_age=0, httponly=True, samesite="lax", secure=secure)
        for name in (ACCESS, REFRESH)
    ]
