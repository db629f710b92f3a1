"""From an exception to an answer: an error page for people, problem details (RFC 9457) for programs and scripts."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect

from kaohe.errors import Invalid, KaoheError, NotFound, TooLarge, TooManyRequests, Unauthenticated
from kaohe.i18n import _
from kaohe.web.access_log import shown_path
from kaohe.web.context import Context
from kaohe.web.edge import PasswordOwed, context_of, login_path

log = structlog.get_logger(__name__)

_BY_STATUS: dict[int, type[KaoheError]] = {413: TooLarge}


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    if "ctx" not in request.scope["state"]:
        context_of(request.scope, request)  # an address that no route has never came to the edge
    known = as_known(error)
    if known.status >= 500:
        log.error("request failed", method=request.method, path=shown_path(request.url.path), exc_info=error)
    if wants_problem(request):
        return problem_details(request, known)
    if isinstance(known, Unauthenticated) and request.method in {"GET", "HEAD"}:
        return Redirect(login_path(request), status_code=303)
    if isinstance(known, PasswordOwed):
        return Redirect("/account/password", status_code=303)
    return error_page(request, known)


def as_known(error: Exception) -> KaoheError:
    if isinstance(error, KaoheError):
        return error
    if isinstance(error, ValidationException):
        return NotFound() if "path" in str(error.extra) else Invalid(_("请求的内容格式不对"))
    if isinstance(error, HTTPException):
        if error.status_code in {404, 405}:
            return NotFound(_("没有这个网址"), next_step=_("请检查网址，或回到首页。"))
        made = _BY_STATUS.get(error.status_code, KaoheError)
        if made is KaoheError and error.status_code < 500:
            return Invalid(_("请求的内容格式不对"))
        return made()
    return KaoheError()


def wants_problem(request: Request[Any, Any, Any]) -> bool:
    accepted = request.headers.get("accept", "")
    scripted = request.headers.get("hx-request") == "true" or "tus-resumable" in request.headers
    return scripted or "json" in accepted or request.url.path.startswith("/api/")


def problem_details(request: Request[Any, Any, Any], error: KaoheError) -> Response[dict[str, Any]]:
    body = {
        "type": f"urn:kaohe:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "next_step": error.next_step,
        "request_id": _request_id(request),
        "errors": [{"place": problem.place, "message": problem.message} for problem in error.problems],
    }
    return Response(body, status_code=error.status, media_type="application/problem+json", headers=_headers(error))


def error_page(request: Request[Any, Any, Any], error: KaoheError) -> Response[Any]:
    ctx: Context = request.scope["state"]["ctx"]
    if isinstance(error, Unauthenticated):
        error.way_in = login_path(request)
    answer = ctx.page("errors/error.html", error, status=error.status)
    answer.headers.update(_headers(error))
    return answer


def _headers(error: KaoheError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else {}


def _request_id(request: Request[Any, Any, Any]) -> str:
    return str(request.scope["state"].get("request_id", ""))
