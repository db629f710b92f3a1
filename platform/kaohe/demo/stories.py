"""Finished cycles as data: `tenants/<slug>/played/*.yaml` says who did what, `playing.py` does it through the services."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from kaohe.clock import today
from kaohe.cycles.agenda import Dates
from kaohe.scheme import periods, yaml_text
from kaohe.scheme.model import Scheme
from kaohe.scheme.periods import Period, PeriodType

Entry = dict[str, Any]
Days = tuple[int, int]


class Rater(Struct, forbid_unknown_fields=True):
    """`bias`: how much kinder than others, in hundredths of the full points. Without `channel`: the only one there is."""

    login: str
    channel: str = ""
    bias: int = 0


class Told(Struct, forbid_unknown_fields=True):
    """One subject. `level` 0-100: how well it does; `claims` and `found` by leaf, where they differ from `usual`."""

    level: int = 90
    claims: dict[str, Entry | list[Entry]] = {}
    found: dict[str, Entry | list[Entry]] = {}
    reasons: dict[str, str] = {}


class Decided(Struct, forbid_unknown_fields=True):
    subject: str
    reason: str
    grade: str | None = None
    honours: list[str] | None = None


class Followed(Struct, forbid_unknown_fields=True):
    """What was done about what followed from `on`, for these subjects or for all of them. `when`: days after the release,
    or where negative before today; `due` in days from today. `by`: who decided that nothing is done. In a document's number
    〔年〕 is the year."""

    on: str
    when: int
    act: Literal["done", "waived", "due", "report", "return"] = "done"
    words: str = ""
    document: str = ""
    by: str = ""
    action: str = ""
    subjects: list[str] = []
    due: int = 0


class Seen(Struct, array_like=True):
    """A daily record: subject, month and day (`03-12`) or day of the period (`5`), leaf, what was entered."""

    subject: str
    day: str | int
    leaf: str
    entry: Entry = {}


class Often(Struct, array_like=True):
    """Happens so many times in each period, to subjects that chance chooses."""

    leaf: str
    times: int
    entry: Entry = {}


class Played(Struct, forbid_unknown_fields=True):
    """One cycle. Days are counted from the last day of the period (0); the notice goes out on the first day unless said.

    `period`: `year-1` is the last finished one, `month-2` the one before the last. `usual`: what is claimed and found
    under a leaf for every subject that `subjects` does not speak of.
    """

    period: str
    title: str
    kinds: dict[str, Any] = {}
    scope: str = ""
    notice: int | None = None
    phases: dict[str, Days] = field(default_factory=lambda: {"confirmation": (1, 7)})
    raters: list[Rater] = []
    files: bool = True
    usual: dict[str, Entry | list[Entry]] = {}
    subjects: dict[str, Told] = {}
    records: list[Seen] = []
    often: list[Often] = []
    decisions: list[Decided] = []
    followups: list[Followed] = []
    note: str = ""


class Story(Struct, forbid_unknown_fields=True):
    """`people`: organiser, approver, and as needed inspector, reporter, lead. `registers`: register → subject → who."""

    scheme: str
    people: dict[str, str]
    cycles: list[Played]
    items: dict[str, Any] = {}
    registers: dict[str, dict[str, str]] = {}


def read(path: Path) -> Story:
    return msgspec.convert(yaml_text.load(path.read_text(encoding="utf-8")), Story)


def period_of(scheme: Scheme, words: str) -> Period:
    """The last finished one of the scheme's, or one before it."""
    kind, _dash, back = words.partition("-")
    found = _before(scheme, kind, today())
    for _again in range(int(back) - 1):
        found = _before(scheme, kind, found.start)
    return found


def _before(scheme: Scheme, kind: Any, day: date) -> Period:
    wanted: PeriodType = kind
    found = periods.containing(day, wanted, scheme.month_starts)
    while found.end >= day or not scheme.has_period(found):
        found = periods.containing(found.start - timedelta(days=1), wanted, scheme.month_starts)
    return found


def dates(told: Played, period: Period) -> list[Dates]:
    return [
        Dates(phase, period.end + timedelta(days=first), period.end + timedelta(days=last))
        for phase, (first, last) in told.phases.items()
    ]


def day_in(period: Period, day: str | int) -> date:
    if isinstance(day, int):
        return period.start + timedelta(days=day - 1)
    month, _dash, number = day.partition("-")
    return date(period.start.year, int(month), int(number))


def typed(value: Any) -> Any:
    """As a form gives it: numbers as the text that was typed."""
    if isinstance(value, dict):
        return {name: typed(each) for name, each in value.items()}
    return value if isinstance(value, bool) or value is None else str(value)


def entries(told: Entry | list[Entry]) -> list[Entry]:
    return [typed(each) for each in (told if isinstance(told, list) else [told]) if each]
