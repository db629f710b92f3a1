"""Two results of the same subjects side by side: who rises, who falls, whose grade or honour changes."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from kaohe.scoring.sheets import Result, Sheet


class Move(Struct, frozen=True):
    """One subject before and after; None where it has no sheet, rank or grade there."""

    subject: str
    name: str
    kind: str
    group: str
    total_before: Decimal | None
    total_after: Decimal | None
    rank_before: int | None
    rank_after: int | None
    grade_before: str | None
    grade_after: str | None
    honours_gained: tuple[str, ...]
    honours_lost: tuple[str, ...]
    flags_gained: tuple[str, ...]
    flags_lost: tuple[str, ...]

    @property
    def rises(self) -> int:
        """Places gained; negative: lost."""
        return 0 if self.rank_before is None or self.rank_after is None else self.rank_before - self.rank_after

    @property
    def changes(self) -> bool:
        return bool(
            self.total_before != self.total_after
            or self.rank_before != self.rank_after
            or self.grade_before != self.grade_after
            or self.honours_gained
            or self.honours_lost
            or self.flags_gained
            or self.flags_lost
        )


class Tally(Struct, frozen=True):
    rise: int
    fall: int
    totals: int
    grades: int
    honours: int


def rehearse(before: Result, after: Result) -> list[Move]:
    """In the order of the sheets after; then those that are only before."""
    old = {sheet.subject: sheet for sheet in before.sheets}
    new = {sheet.subject: sheet for sheet in after.sheets}
    return [_move(old.get(subject), new.get(subject)) for subject in dict.fromkeys([*new, *old])]


def tally(moves: list[Move]) -> Tally:
    return Tally(
        rise=sum(move.rises > 0 for move in moves),
        fall=sum(move.rises < 0 for move in moves),
        totals=sum(move.total_before != move.total_after for move in moves),
        grades=sum(move.grade_before != move.grade_after for move in moves),
        honours=sum(bool(move.honours_gained or move.honours_lost) for move in moves),
    )


def _move(old: Sheet | None, new: Sheet | None) -> Move:
    known = new or old
    assert known is not None
    return Move(
        subject=known.subject,
        name=known.name,
        kind=known.kind,
        group=known.group,
        total_before=old.total if old else None,
        total_after=new.total if new else None,
        rank_before=old.rank if old else None,
        rank_after=new.rank if new else None,
        grade_before=old.grade if old else None,
        grade_after=new.grade if new else None,
        honours_gained=_gained(old.honours if old else [], new.honours if new else []),
        honours_lost=_gained(new.honours if new else [], old.honours if old else []),
        flags_gained=_gained(old.flags if old else [], new.flags if new else []),
        flags_lost=_gained(new.flags if new else [], old.flags if old else []),
    )


def _gained(before: list[str], after: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(after) - set(before)))
