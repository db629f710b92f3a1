"""What scoring gives. Points are held as whole millionths; at the edges they are Decimal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from kaohe.scoring.cohort import Cohort

LineKind = Literal["points", "bonus", "deduction", "absorbed", "cut", "adjust"]
CENT = 10**4  # units of the second decimal


class Line(Struct, gc=False):
    """`units`: millionths of a point."""

    kind: LineKind
    leaf: str
    article: str
    units: int
    records: tuple[str, ...] = ()
    why: str = ""

    @property
    def amount(self) -> Decimal:
        return Decimal(self.units).scaleb(-6)


class Award(Struct, frozen=True, gc=False):
    name: str
    amount: Decimal
    unit: str


class Sheet(Struct, gc=False):
    """One subject's result. `item_units`, `total_units`… are millionths, always whole cents."""

    subject: str
    kind: str
    name: str
    group: str
    item_units: dict[str, int] = {}
    total_units: int = 0
    bonus_units: int = 0
    deduction_units: int = 0
    grade: str | None = None
    rank: int | None = None
    status: str | None = None
    honours: list[str] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def apart(self) -> Sheet:
        """A copy that may be changed."""
        other = copy(self)
        other.item_units = self.item_units.copy()
        other.honours, other.awards, other.flags = self.honours.copy(), self.awards.copy(), self.flags.copy()
        other.missing, other.remarks, other.lines = self.missing.copy(), self.remarks.copy(), self.lines.copy()
        return other

    @property
    def total(self) -> Decimal:
        return cents(self.total_units)

    @property
    def bonus(self) -> Decimal:
        return cents(self.bonus_units)

    @property
    def deduction(self) -> Decimal:
        return cents(self.deduction_units)

    @property
    def base(self) -> Decimal:
        return cents(self.total_units - self.bonus_units + self.deduction_units)

    @property
    def items(self) -> dict[str, Decimal]:
        return {code: cents(units) for code, units in self.item_units.items()}


class Result(Struct):
    scheme: str
    version: str
    period: str
    digest: str
    sheets: list[Sheet]
    parameters: Mapping[str, Any] = {}
    remarks: list[str] = field(default_factory=list)

    def sheet(self, subject: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.subject == subject)


class Sheets(list[Sheet]):
    """The sheets of a cohort, which grading looks into again."""

    def __init__(self, cohort: Cohort, sheets: Iterable[Sheet]) -> None:
        super().__init__(sheets)
        self.cohort = cohort


def cents(units: int) -> Decimal:
    return Decimal(units // CENT).scaleb(-2)
