"""Reading a form: every field is fetched with its type, all problems are reported together.

form = await ctx.form()
name = form.text("name", _("名称"), max_length=60)
amount = form.decimal("amount", _("扣分"), low=Decimal(3), high=Decimal(5))
form.check()   # raises Invalid with everything that is wrong
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from litestar.datastructures import FormMultiDict, UploadFile

from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _

MAX_TEXT = 10_000


class Form:
    """Values as the person typed them stay available (`form["name"]`), so that a refused form is shown again."""

    def __init__(self, data: FormMultiDict | Mapping[str, Any]) -> None:
        self._data: dict[str, list[Any]] = {}
        items = data.multi_items() if isinstance(data, FormMultiDict) else data.items()
        for key, value in items:
            self._data.setdefault(key, []).append(value)
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
        import re

        value = self[name].strip().replace("\x00", "")
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

    def integer(self, name: str, label: str, *, low: int, high: int, required: bool = True) -> int | None:
        value = self[name].strip()
        if not value and not required:
            return None
        if not value.lstrip("-").isdecimal() or not low <= int(value) <= high:
            self.refuse(name, _("{label}「{value}」应为 {low} 到 {high} 的整数").format(
                label=label, value=value, low=low, high=high))  # fmt: skip
            return None
        return int(value)

    def decimal(
        self, name: str, label: str, *, low: Decimal | None = None, high: Decimal | None = None, required: bool = True
    ) -> Decimal | None:
        value = self[name].strip()
        if not value and not required:
            return None
        try:
            number = Decimal(value)
            if number.is_finite() and (low is None or number >= low) and (high is None or number <= high):
                return number
        except InvalidOperation:
            pass
        self.refuse(
            name, _("{label}「{value}」应为{range}的数").format(label=label, value=value, range=_span(low, high))
        )
        return None

    def date(self, name: str, label: str, *, required: bool = True) -> date | None:
        value = self[name].strip()
        if not value and not required:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
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


def _span(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return _(" {low} 到 {high} 之间").format(low=low, high=high)
    if low is not None:
        return _("不小于 {low} ").format(low=low)
    return _("不大于 {high} ").format(high=high) if high is not None else ""
