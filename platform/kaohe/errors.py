"""The one tree of errors. An error page and an API error are made from the same object (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kaohe.i18n import _


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one input: `place` is the form field's name, or 「工作表!B7」, or `records[3].amount`."""

    place: str
    message: str


class KaoheError(Exception):
    """`message` says what happened, `next_step` what the person can do now; both are shown as they are."""

    code = "error"
    status = 500
    title = "出错了"
    next_step = "请稍后再试；仍然不行时，把页面下方的请求编号告诉管理员。"

    def __init__(self, message: str = "", *, next_step: str | None = None) -> None:
        self.title = _(type(self).title)
        self.message = message or self.title
        self.next_step = _(type(self).next_step) if next_step is None else next_step
        super().__init__(self.message)

    @property
    def problems(self) -> Sequence[FieldProblem]:
        return ()


class NotFound(KaoheError):
    """Absent, or another tenant's: the two must be indistinguishable."""

    code, status, title = "not-found", 404, "没有找到"
    next_step = "可能已被删除，或不属于当前辖区。请核对地址，或回到首页重新进入。"


class Unauthenticated(KaoheError):
    code, status, title = "unauthenticated", 401, "请先登录"
    next_step = "登录后会回到这一页。"
    way_in = "/login"


class Forbidden(KaoheError):
    code, status, title = "forbidden", 403, "没有权限"
    next_step = "如果这是您的工作，请联系本单位的管理员授予相应角色。"


class StalePage(KaoheError):
    code, status, title = "stale-page", 403, "页面已过期"
    next_step = "请返回上一页，刷新后重新提交；已填写的内容仍在浏览器中。"


class Conflict(KaoheError):
    """Somebody else changed it first (version check), or its state does not allow this any more."""

    code, status, title = "conflict", 409, "内容已变化"
    next_step = "请查看最新内容，再决定如何修改。"


class TooLarge(KaoheError):
    code, status, title = "too-large", 413, "内容过大"
    next_step = "请压缩或拆分后再上传。"


class TooManyRequests(KaoheError):
    code, status, title = "too-many-requests", 429, "尝试次数过多"
    next_step = "请稍后再试。"

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(KaoheError):
    code, status, title = "unavailable", 503, "系统暂时不可用"
    next_step = "已保存的内容不会丢失，请稍后重试。"


class Invalid(KaoheError):
    """Input that cannot be accepted; every problem is reported together and nothing is stored."""

    code, status, title = "invalid", 422, "填写有误"
    next_step = "请按提示修改后重新提交。"

    def __init__(self, problems: Sequence[FieldProblem] | str, message: str = "") -> None:
        listed = [FieldProblem("", problems)] if isinstance(problems, str) else list(problems)
        super().__init__(message or "；".join(p.message for p in listed))
        self._problems = tuple(listed)

    @property
    def problems(self) -> Sequence[FieldProblem]:
        return self._problems
