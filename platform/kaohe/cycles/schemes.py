"""What a cycle asks of a regulation: which phases it needs, its periods and its groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from kaohe.i18n import _
from kaohe.scheme import periods
from kaohe.scheme.formula import exact
from kaohe.scheme.model import Attribute, Kind, Scheme
from kaohe.scheme.periods import Period, PeriodType
from kaohe.scoring.wording import group_words

PHASES = ("self_assessment", "grading", "confirmation")
# An entry that somebody claims and an assessor judges; everything else is recorded as it happens.
CLAIMED = frozenset({"judged", "check", "target"})


def takes_claims(scheme: Scheme) -> bool:
    """False for a scheme that lives on daily records only: nobody fills in a self-assessment or grades one."""
    return scheme.demands.self_check_report or any(leaf.rule in CLAIMED for leaf in scheme.leaves.values())


def phases_of(scheme: Scheme) -> tuple[str, ...]:
    return PHASES if takes_claims(scheme) else PHASES[2:]


def phase_name(phase: str) -> str:
    return {"self_assessment": _("自评"), "grading": _("评分"), "confirmation": _("确认")}[phase]


def notice_days(scheme: Scheme, parameters: Mapping[str, Any]) -> int:
    """Days that must lie between the notice and the first day of the assessment; 0 where nothing is said."""
    asked = scheme.demands.notice_days
    return int(asked({name: exact(value) for name, value in parameters.items()})) if asked else 0


_BACK = {"week": 8, "month": 12, "quarter": 4, "half": 2, "year": 2}


def offered_periods(scheme: Scheme, day: date) -> list[Period]:
    """Those a cycle may be made for on a day: the coming one, the one under way, and some before."""
    around = (period for kind in scheme.periods for period in _around(scheme, kind, day))
    return [period for period in around if scheme.has_period(period)]


def current_period(scheme: Scheme, day: date) -> Period:
    return periods.containing(day, scheme.periods[0], scheme.month_starts)


def _around(scheme: Scheme, kind: PeriodType, day: date) -> list[Period]:
    now = periods.containing(day, kind, scheme.month_starts)
    found = [periods.containing(now.end + timedelta(days=1), kind, scheme.month_starts), now]
    for _again in range(_BACK[kind]):
        found.append(periods.containing(found[-1].start - timedelta(days=1), kind, scheme.month_starts))
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """`id` as scoring names it, `problem` where a subject cannot be put into one."""

    id: str
    title: str
    problem: str = ""


def group_of(scheme: Scheme, kind: Kind, attributes: Mapping[str, Any], parameters: Mapping[str, Any]) -> Group:
    """The ranking group as far as attributes tell it; one that hangs on recorded data is known only at scoring."""
    if kind.group is None:
        return Group(kind.id, str(kind.title))
    env: dict[str, Any] = {name: exact(value) for name, value in parameters.items()}
    declared = kind.attributes
    env |= {name: exact(one.default) for name, one in declared.items() if one.default is not None}
    env |= {name: _typed(declared.get(name), value) for name, value in attributes.items()}
    asked = {name: one for name, one in declared.items() if name in kind.group.names}
    lacking = [str(one.title) or name for name, one in asked.items() if name not in env]
    if lacking:
        return Group("", _("未分组"), _("缺少{attributes}").format(attributes="、".join(lacking)))
    try:
        found = str(kind.group(env))
    except Exception:  # noqa: BLE001 (a scheme's formula over what people typed)
        return Group("", str(kind.title))
    return Group(found, group_words(kind, found, attributes))


def _typed(declared: Attribute | None, value: Any) -> Any:
    """Attributes are stored as text; the scheme says which are numbers."""
    if declared is not None and declared.type in {"decimal", "integer"}:
        try:
            return exact(Decimal(str(value)))
        except InvalidOperation:
            return value
    return value
