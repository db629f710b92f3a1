"""Jinja: where templates lie, what they can call, and the frame that every page gets."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kaohe import i18n
from kaohe.errors import FieldProblem
from kaohe.scheme.titles import Text
from kaohe.web.places import Place, places
from kaohe.web.states import state

if TYPE_CHECKING:
    from kaohe.web.context import Context, Person

PACKAGE = Path(__file__).parents[1]
STATIC = PACKAGE / "static"
_TEMPLATES = (PACKAGE.parents[1] / "frontend" / "templates", PACKAGE / "templates")
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Frame:
    """`page` in every template: the frame around the content."""

    places: tuple[Place, ...]
    jurisdiction: str
    tenant_id: str
    jurisdictions: tuple[tuple[Any, str], ...]
    cycle: str
    inbox_unread: int
    person: Person | None
    csrf_token: str
    nonce: str
    locale: str
    flash: tuple[str, ...]
    request_id: str
    path: str

    @classmethod
    def of(cls, ctx: Context, cycle: str) -> Frame:
        flash = ctx.request.cookies.get("kaohe_flash")
        if flash:
            ctx.cookies.append(_gone("kaohe_flash"))
        path = ctx.request.url.path
        return cls(
            places=places(ctx.person, path) if ctx.known else (),
            jurisdiction=ctx.jurisdiction,
            tenant_id=str(ctx.token.tenant_id) if ctx.token else "",
            jurisdictions=ctx.person.jurisdictions if ctx.known else (),
            cycle=cycle,
            inbox_unread=ctx.inbox_unread,
            person=ctx.person if ctx.known else None,
            csrf_token=ctx.csrf_token(),
            nonce=ctx.nonce,
            locale=ctx.locale,
            flash=(unquote(flash),) if flash else (),
            request_id=ctx.request_id,
            path=path,
        )


def _gone(name: str) -> Any:
    from litestar.datastructures import Cookie

    return Cookie(key=name, value="", path="/", max_age=0)


class Templates:
    """`reload`: look at the files' times again at each request, for development."""

    def __init__(self, *, reload: bool = False) -> None:
        folder = next(path for path in _TEMPLATES if path.exists())
        self.environment = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, auto_reload=reload,
            trim_blocks=True, lstrip_blocks=True, finalize=_said, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], cache_size=-1,
        )  # fmt: skip
        self.environment.install_gettext_callables(i18n._, i18n.ngettext, newstyle=False)  # type: ignore[attr-defined]
        # `_` as it is: the extension's own looks it up by name at each call.
        self.environment.globals.update(_=i18n._, asset=_assets(), new_key=new_key, state=state)
        self.environment.filters.update(
            listed=i18n.listed,
            period=i18n.period_words,
            points=points,
            day=day,
            moment=moment,
            size=size,
            field_problem=field_problem,
            short_hash=short_hash,
            flag_words=i18n.flag_words,
        )

    def render(self, template: str, **context: Any) -> str:
        return self.environment.get_template(template).render(context)

    def render_block(self, template: str, block: str, **context: Any) -> str:
        """One block, with what its page imports at the top: the page is begun so that those lines have run, which
        jinja2-fragments does not do."""
        page = self.environment.get_template(template)
        scope = page.new_context(context)
        next(page.root_render_func(scope), None)
        return "".join(page.blocks[block](scope))


def _said(value: Any) -> Any:
    """A scheme's title follows the reader's language wherever it is shown."""
    return i18n.said(value) if isinstance(value, Text) else value


def new_key() -> str:
    """An idempotency key for one form."""
    return secrets.token_urlsafe(16)


def _assets() -> Callable[[str], str]:
    manifest = STATIC / "manifest.json"
    names: dict[str, str] = json.loads(manifest.read_text()) if manifest.exists() else {}
    return lambda name: f"/static/{names.get(name, name)}"


def points(value: Decimal | str | int | None, places: int = 2) -> str:
    """Points as shown: two decimals, half up, a true minus sign; a dash for None."""
    if value is None:
        return "—"
    return str(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)).replace("-", "−")


def day(value: date | datetime | None) -> str:
    if value is None:
        return "—"
    return (value.astimezone(ZONE).date() if isinstance(value, datetime) else value).isoformat()


def moment(value: datetime | None) -> str:
    return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if value else "—"


def size(count: int) -> str:
    for unit, limit in (("B", 1024), ("KB", 1024**2), ("MB", 1024**3)):
        if count < limit:
            return f"{Decimal(count * 1024) / limit:.1f} {unit}" if unit != "B" else f"{count} B"
    return f"{Decimal(count) / 1024**3:.2f} GB"


def field_problem(problems: list[FieldProblem], name: str) -> str:
    """The first problem of a field, '' when there is none."""
    return next((problem.message for problem in problems if problem.place == name), "")


def short_hash(value: str) -> str:
    return value.removeprefix("sha256:")[:12]
