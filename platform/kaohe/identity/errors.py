"""What can go wrong when somebody shows who they are."""

from __future__ import annotations

from kaohe.errors import KaoheError, Unauthenticated


class WrongLogin(KaoheError):
    """The same answer for an unknown account and a wrong password."""

    code, status, title = "wrong-login", 401, "登录名或密码不正确"
    next_step = "请核对后重试；忘记密码请联系本单位管理员重新发送邀请链接。"


class SessionEnded(Unauthenticated):
    code, title = "session-ended", "登录已失效"


class TokenReused(SessionEnded):
    """A refresh token came back after it had been exchanged: somebody has a copy, the whole session ends."""

    code, title = "token-reused", "检测到登录凭据被重复使用，已退出登录"
