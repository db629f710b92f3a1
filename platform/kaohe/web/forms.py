"""Reading a form: every field is fetched with its type, all problems are reported together.

form = await ctx.form()
name = form.text("name", _("名称"), max_length=60)
start = form.date("valid_from", _("生效日期"))
form.check()   # raises Invalid with everything that is wrong
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from litestar.datastructures import FormMultiDict, UploadFile

from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _

MAX_TEXT = 10_000
YEARS = range(1900, 2200)  # beyond them is a slip of the finger


def whole_number(text: str) -> int | None:
    """None for what is none; of more digits than any number here has, too."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


class Form:
    """Values as the person typed them stay available (`form["name"]`), so that a refused form is shown again."""

    def __init__(self, data: FormMultiDict | Mapping[str, Any]) -> None:
        self._data: dict[str, list[Any]] = {}
        items = data.multi_items() if isinstance(data, FormMultiDict) else data.items()
        for key, value in items:
            # No text of ours holds NUL, and PostgreSQL takes none.
            self._data.setdefault(key, []).append(value.replace("\x00", "") if isinstance(value, str) else value)
        self.problems: list[FieldProblem] = []

    @classmethod
    def empty(cls) -> Form:
        return cls({})

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def __getitem__(self, name: str) -> str:
        value = self._data.get(name, [""])[-1]
        return value if isinstance(value, str) else ""

    def get(self, name: str, default: str = "") -> str:
        return self[name] if name in self._data else default

    def all(self, name: str) -> list[str]:
        """Every value of a field that may come several times (check boxes)."""
        return [value for value in self._data.get(name, []) if isinstance(value, str)]

    def names(self) -> Iterable[str]:
        return self._data.keys()

    def files(self, name: str) -> list[UploadFile]:
        return [value for value in self._data.get(name, []) if isinstance(value, UploadFile) and value.filename]

    def refuse(self, name: str, message: str) -> None:
        self.problems.append(FieldProblem(name, message))

    def check(self) -> None:
        if self.problems:
            raise Invalid(self.problems)

    def text(
        self, name: str, label: str, *, required: bool = True, max_length: int = MAX_TEXT, pattern: str | None = None
    ) -> str:
        value = self[name].strip()
        if required and not value:
            self.refuse(name, _("请填写{label}").format(label=label))
        if len(value) > max_length:
            self.refuse(
                name, _("{label}最多 {most} 字，现有 {now} 字").format(label=label, most=max_length, now=len(value))
            )
        elif value and pattern and not re.fullmatch(pattern, value):
            self.refuse(name, _("{label}「{value}」格式不对").format(label=label, value=value))
        return value

    def choice(self, name: str, label: str, allowed: Iterable[str], *, required: bool = True) -> str:
        value, options = self[name], list(allowed)
        if (value or required) and value not in options:
            self.refuse(name, _("请选择{label}").format(label=label))
        return value

    def boolean(self, name: str) -> bool:
        return self[name] in {"on", "true", "1", "yes"}

    def version(self, name: str = "version") -> int:
        """What the page itself put there; anything else is 0, which fits no row."""
        number = whole_number(self[name])
        return number if number is not None and 0 <= number < 2**31 else 0

    def date(self, name: str, label: str, *, required: bool = True) -> date | None:
        value = self[name].strip()
        if not value:
            if required:
                self.refuse(name, _("请填写{label}").format(label=label))
            return None
        try:
            day = date.fromisoformat(value)
            if day.year in YEARS:
                return day
        except ValueError:
            pass
        self.refuse(name, _("{label}「{value}」应为日期，如 2026-03-31").format(label=label, value=value))
        return None

    def uuid(self, name: str, label: str, *, required: bool = True) -> UUID | None:
        value = self[name].strip()
        if not value and not required:
            return None
        try:
            return UUID(value)
        except ValueError:
            self.refuse(name, _("请选择{label}").format(label=label))
            return None

    def uuids(self, name: str) -> list[UUID]:
        found = []
        for value in self.all(name):
            try:
                found.append(UUID(value))
            except ValueError:
                self.refuse(name, _("选项「{value}」无效").format(value=value))
        return found
