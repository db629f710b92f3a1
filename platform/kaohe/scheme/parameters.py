"""What a regulation leaves open: typed, bounded values that a tenant sets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from msgspec import Struct

from kaohe.scheme.problems import Problem, shown
from kaohe.scheme.titles import Text

Values = Mapping[str, Any]
ParameterType = Literal["decimal", "integer", "choice", "text", "boolean", "map"]


class Parameter(Struct, frozen=True, forbid_unknown_fields=True):
    """`silent`: the regulation does not say (办法未规定). A `map` takes numbers by name.

    `nullable` decimals may be null, which stands for "no limit". A map with `keys` has just these.
    """

    name: str = ""
    type: ParameterType = "decimal"
    default: Any = None
    min: Decimal | None = None
    max: Decimal | None = None
    choices: dict[str, Text] = {}
    keys: tuple[str, ...] = ()
    nullable: bool = False
    unit: str = ""
    silent: bool = False
    title: str = ""
    article: str = ""

    @property
    def allowed(self) -> str:
        if self.type == "choice":
            return ", ".join(self.choices)
        span = self._span()
        return f"{span} for each of {', '.join(self.keys)}" if self.keys else span

    def _span(self) -> str:
        low, high = self.min, self.max
        if low is None and high is None:
            return self.type
        if low is None or high is None:
            return f"at most {shown(high)}" if low is None else f"at least {shown(low)}"
        return f"{shown(low)} to {shown(high)}"

    def accept(self, value: Any) -> Any:
        """The value as the engine takes it. Raises ValueError where it is not allowed."""
        if value is None and self.nullable:
            return None
        return _ACCEPT[self.type](self, value)


def _decimal(parameter: Parameter, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError(value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(value) from None
    low, high = parameter.min, parameter.max
    if not number.is_finite() or (low is not None and number < low):
        raise ValueError(value)
    if high is not None and number > high:
        raise ValueError(value)
    return number


def _integer(parameter: Parameter, value: Any) -> int:
    number = _decimal(parameter, value)
    if number != number.to_integral_value():
        raise ValueError(value)
    return int(number)


def _choice(parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str) or value not in parameter.choices:
        raise ValueError(value)
    return value


def _text(_parameter: Parameter, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _boolean(_parameter: Parameter, value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _map(parameter: Parameter, value: Any) -> dict[str, Decimal]:
    if not isinstance(value, Mapping) or (parameter.keys and set(map(str, value)) != set(parameter.keys)):
        raise ValueError(value)
    return {str(name): _decimal(parameter, number) for name, number in value.items()}


_ACCEPT: dict[str, Any] = {
    "decimal": _decimal,
    "integer": _integer,
    "choice": _choice,
    "text": _text,
    "boolean": _boolean,
    "map": _map,
}


def resolve(
    scheme: str, declared: Mapping[str, Parameter], overrides: Mapping[str, Any]
) -> tuple[Values, tuple[Problem, ...]]:
    values = {name: parameter.accept(parameter.default) for name, parameter in declared.items()}
    problems = []
    for name, value in overrides.items():
        place, parameter = f"parameters.{name}", declared.get(name)
        if parameter is None:
            allowed = ", ".join(declared) or "none"
            problems.append(Problem(place, "unknown", shown(name), allowed, scheme))
            continue
        try:
            values[name] = parameter.accept(value)
        except ValueError:
            problems.append(Problem(place, "range", shown(value), parameter.allowed, scheme))
    return values, tuple(problems)
