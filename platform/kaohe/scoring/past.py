"""What was scored before under other parameters, and how much of it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kaohe.scheme.periods import Period
from kaohe.scoring.facts import Subject
from kaohe.scoring.reach import Reach
from kaohe.scoring.sheets import Sheet

if TYPE_CHECKING:
    from kaohe.scoring.cohort import Cohort
    from kaohe.scoring.plan import Plan


class Past(Struct, frozen=True):
    """`cohort` was scored with `keeps`; its sheets are as they were before anybody graded them."""

    cohort: Cohort
    reach: Reach

    def within(self, period: Period) -> Past | None:
        part = self.cohort.kept.get(period.start)
        return None if part is None else Past(part, self.reach)

    def holds(self, kind: str) -> bool:
        """Whether all sheets of the kind may be taken over."""
        return not self.reach.of(kind)

    def helps(self, plan: Plan) -> bool:
        """Whether those of single subjects may: what was alike then is alike now."""
        old, mine = self.cohort.plans[plan.kind].memory, plan.memory
        if plan.kind in self.reach.joined or plan.passes > 1 or plan.recalling or (old is None) != (mine is None):
            return False
        if old is None or mine is None:
            return True
        asks = self.reach.names(mine.kin_formulas) or any(item in self.reach.items for item, *_ in mine.means)
        return old.steady == mine.steady and not asks

    def sheets(self, plan: Plan, members: Sequence[Subject]) -> list[Sheet]:
        """Each as it was, unless the subject has records under a reached item; alike ones are made once."""
        reached, old = self.reach.of(plan.kind), self.cohort.plans[plan.kind]
        watched = plan.watched_by(reached)
        still: dict[Any, bool] = {None: False}
        again: dict[int, Sheet] = {}
        found = []
        for subject in members:
            before = self.cohort.sheets[subject.id]
            sheet = again.get(id(before))
            if sheet is None:
                kin = None if plan.sees(subject, watched) else old.kin_of(subject, reached)
                if kin not in still:
                    still[kin] = old.outcome(subject, reached) == plan.outcome(subject, reached)
                sheet = before if still[kin] else plan.sheet(subject)
                again[id(before)] = sheet = before if sheet == before else sheet
            found.append(sheet)
        return found

    def sheet(self, subject: Subject, months: Sequence[tuple[Period, Sheet]]) -> Sheet | None:
        """Of the longer period, where each of the months is what it was."""
        kept = self.cohort.kept
        same = all(kept[period.start].sheets[subject.id] is sheet for period, sheet in months)
        return self.cohort.sheets[subject.id].apart() if same else None
