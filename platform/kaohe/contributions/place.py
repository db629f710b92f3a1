"""Where a contribution stands on its way, and what somebody may do with it there."""

from __future__ import annotations

from dataclasses import dataclass

from kaohe.contributions.access import ROLES, Reader, holds, is_office
from kaohe.contributions.models import Contribution
from kaohe.errors import NotFound
from kaohe.identity.models import Role
from kaohe.scheme.model import Addition, Scheme, Way, WayStep


def way_of(scheme: Scheme, way_id: str) -> Way:
    """Raises NotFound."""
    found = next((way for way in scheme.ways if way.id == way_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """`steps` are those of the subject's kind. `index` is that of the step that waits."""

    scheme: Scheme
    way: Way
    row: Contribution

    @property
    def is_new(self) -> bool:
        """Not stored yet."""
        return self.row.version == 0

    @property
    def steps(self) -> tuple[WayStep, ...]:
        return self.way.steps_of(self.row.subject_kind)

    @property
    def index(self) -> int:
        """A step that the scheme no longer has stands for the draft."""
        if self.row.state == "done":
            return len(self.steps)
        return next((n for n, step in enumerate(self.steps) if step.id == self.row.step), 0)

    @property
    def step(self) -> WayStep | None:
        return self.steps[self.index] if self.row.waits_for else None

    @property
    def following(self) -> WayStep | None:
        return self.steps[self.index + 1] if self.index + 1 < len(self.steps) else None

    def role(self, step: WayStep) -> Role:
        return ROLES[step.by[self.row.subject_kind]]

    def may_act(self, person: Reader) -> bool:
        step = self.step
        if step is None or not holds(person, self.role(step), self.row.subject_id):
            return False
        return person.id not in self.row.barred

    def may_write(self, person: Reader) -> bool:
        """The draft, and where the step allows it."""
        return self.may_act(person) and (self.index == 0 or bool(self.step and self.step.edits))

    def may_send_back(self, person: Reader) -> bool:
        return self.index > 0 and self.may_act(person)

    def may_withdraw(self, person: Reader) -> bool:
        """Those who may draft it, as long as it is not withdrawn."""
        return self.row.state != "withdrawn" and holds(person, self.role(self.steps[0]), self.row.subject_id)

    def may_add(self, person: Reader) -> tuple[Addition, ...]:
        at = {step.id: n for n, step in enumerate(self.steps)}
        passed = self.index if self.row.state in {"waiting", "done"} else 0
        return tuple(
            one for one in self.way.adds
            if at.get(one.after, 0) < passed and holds(person, ROLES[one.by], self.row.subject_id)
        )  # fmt: skip

    def is_open_to_host(self, step: WayStep) -> bool:
        return is_office(step, self.row.subject_kind)
