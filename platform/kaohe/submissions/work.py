"""One self-assessment with what is needed to work on it: scheme, leaves, claims, evidence, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from msgspec.structs import replace as replace_struct
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.catalogue.entries import EntryForm, EntryValues, as_record, check, entry_form
from kaohe.catalogue.service import scheme_of
from kaohe.clock import today
from kaohe.cycles.service import filing_state
from kaohe.errors import FieldProblem, NotFound
from kaohe.evidence.service import Reader
from kaohe.i18n import _, locale, said
from kaohe.identity.models import Role
from kaohe.scheme import periods
from kaohe.scheme.model import Evidence, Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.scheme.periods import Period
from kaohe.scheme.problems import BadFacts
from kaohe.scoring import Facts, Sheet, Subject, score
from kaohe.submissions import work_queries
from kaohe.submissions.errors import AlreadyFiled, SelfAssessmentClosed
from kaohe.submissions.work_queries import HeldClaim, HeldFile

FILLING = (Role.REPORTER, Role.LEAD)
OWED = frozenset({"judged", "check", "target", "steps"})
COMPUTED = frozenset({"formula", "function", "imported"})
SELF = "self"  # the channel that a self-assessment fills; others are not the party's to rate in
_PROOF = "证明材料"  # the slot where the regulation names none
MOST_KNOWN = 128
LeafState = Literal["not_started", "draft", "complete"]


@dataclass(frozen=True)
class Work:
    """`row`: the participation as its party sees it. What is worked out depends on nothing but the members."""

    row: Any
    scheme: Scheme
    claims: Mapping[str, HeldClaim]
    evidence: Sequence[HeldFile]

    @property
    def id(self) -> UUID:
        found: UUID = self.row.id
        return found

    @cached_property
    def values(self) -> Values:
        return self.scheme.resolve_parameters(self.row.notice["parameters"])[0]

    @cached_property
    def subject(self) -> Subject:
        row = self.row
        attributes = typed(self.scheme, row.subject_kind, row.attributes)
        return Subject(id=row.subject_code, kind=row.subject_kind, name=row.subject_name, attributes=attributes)

    @cached_property
    def day(self) -> date:
        """Claims speak of the whole period; they count on its last day."""
        return date.fromisoformat(self.row.notice["period_end"])

    @cached_property
    def leaves(self) -> list[Indicator]:
        """What the party can say something about, in the order of the tree."""
        kind = self.row.subject_kind
        return [leaf for leaf in self.scheme.leaves.values() if kind in leaf.kinds and leaf.rule not in COMPUTED]

    def leaf(self, code: str) -> Indicator:
        """Raises NotFound for what is not this subject's."""
        found = next((leaf for leaf in self.leaves if leaf.code == code), None)
        if found is None:
            raise NotFound
        return found

    def form(self, leaf: Indicator) -> EntryForm:
        form = entry_form(self.scheme, leaf, kind=self.row.subject_kind, parameters=self.values,
                          attributes=self.subject.attributes, period=self.period.type)  # fmt: skip
        return form if self.rates(leaf) else replace(form, inputs=(), repeats=False)

    def rates(self, leaf: Indicator) -> bool:
        """Where only others rate, the party shows evidence and says nothing of points."""
        return not leaf.channels or SELF in leaf.channels

    def channel_of(self, leaf: Indicator) -> str | None:
        return SELF if leaf.channels else None

    def entries(self, leaf: Indicator) -> list[EntryValues]:
        return list(self.claims[leaf.code].entries) if leaf.code in self.claims else []

    def files(self, leaf: Indicator, slot: str | None = None) -> list[HeldFile]:
        return [row for row in self.evidence if row.leaf == leaf.code and slot in {None, row.slot}]

    def owes(self, leaf: Indicator) -> bool:
        """Without an entry it would be missing in the sheet."""
        if leaf.rule not in OWED or leaf.optional or not self.rates(leaf):
            return False
        return not leaf.asks_nothing(self.row.attributes, self.period.type)

    @property
    def period(self) -> Period:
        return periods.parse(self.row.notice["period"], self.scheme.month_starts)

    def problems(self, leaf: Indicator) -> list[FieldProblem]:
        """What stands against filing this leaf as it is."""
        entries = self.entries(leaf)
        found = check(self.scheme, self.values, self.subject, leaf, entries, day=self.day,
                      prefixes=[f"e{number}." for number in range(len(entries))],
                      channel=self.channel_of(leaf))  # fmt: skip
        if not entries and self.owes(leaf):
            found.append(FieldProblem("", _("还没有填写")))
        for slot in slots(leaf):
            if slot.required and entries and not self.files(leaf, slot.name):
                found.append(
                    FieldProblem(slot_id(leaf, slot.name), _("缺少材料「{slot}」").format(slot=slot_title(slot)))
                )
        return found

    @cached_property
    def open_problems(self) -> dict[str, list[FieldProblem]]:
        """Leaf → what is still wrong or missing there."""
        return {leaf.code: found for leaf in self.leaves if (found := self.problems(leaf))}

    def state(self, leaf: Indicator) -> LeafState:
        touched = leaf.code in self.claims or bool(self.files(leaf))
        if leaf.code in self.open_problems:
            return "draft" if touched else "not_started"
        return "complete" if touched else "not_started"

    @cached_property
    def done(self) -> int:
        return sum(self.state(leaf) == "complete" for leaf in self.leaves)

    @cached_property
    def sheet(self) -> Sheet | None:
        """What the claims would give if all were found right, and where several channels rate, by the party's own alone.
        None where they cannot be scored yet, and where only others rate."""
        claimed = [leaf for leaf in self.leaves if self.rates(leaf)]
        if not claimed:
            return None
        records = [
            replace_struct(as_record(leaf, entry, subject=self.subject.id, day=self.day), channel=self.channel_of(leaf))
            for leaf in claimed
            if leaf.code not in self.open_problems
            for entry in self.entries(leaf)
        ]
        notice = self.row.notice
        facts = Facts(scheme=self.scheme.id, period=notice["period"], parameters=notice["parameters"],
                      subjects=[self.subject], records=records)  # fmt: skip
        try:
            return score(self.scheme, facts).sheet(self.subject.id)
        except (BadFacts, StopIteration):
            return None

    def points(self, leaf: Indicator) -> Decimal | None:
        """Claimed under this leaf, before caps of its branch."""
        if not self.entries(leaf) or self.sheet is None:
            return None
        return sum((line.amount for line in self.sheet.lines if line.leaf == leaf.code), Decimal(0))

    @property
    def days_left(self) -> int:
        left: int = (self.row.self_assessment_closes - today()).days
        return left

    @property
    def why_closed(self) -> str:
        """Why nothing can be changed now; '' when it can."""
        row = self.row
        if row.state == "filed":
            return _("自评已经报送，内容不能修改。")
        state = filing_state(row, today())
        if state == "scheduled":
            return _("自评从 {day} 开始填报。").format(day=row.self_assessment_opens)
        if state == "closed":
            return _("自评已于 {day} 截止。").format(day=row.self_assessment_closes)
        return "" if state == "open" else _("这项考核没有自评。")

    def check_open(self) -> None:
        if self.row.state == "filed":
            raise AlreadyFiled
        if self.why_closed:
            raise SelfAssessmentClosed(self.why_closed)


_WORKED_OUT: dict[Any, Work] = {}


def typed(scheme: Scheme, kind: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes are stored as text; the scheme says which are numbers."""
    declared = scheme.kind(kind).attributes
    numbers = {name for name, one in declared.items() if one.type in {"decimal", "integer"}}
    return {name: Decimal(value) if name in numbers and isinstance(value, str) else value
            for name, value in attributes.items()}  # fmt: skip


def slots(leaf: Indicator) -> tuple[Evidence, ...]:
    """What the regulation asks to be shown; where it names nothing, one slot for whatever proves the claim."""
    return leaf.evidence or (Evidence(_PROOF),)


def slot_title(slot: Evidence) -> str:
    return said(slot.title) or (_(slot.name) if slot.name == _PROOF else slot.name)


def slot_id(leaf: Indicator, slot: str) -> str:
    """In the page: unique also where all leaves stand under each other."""
    number = next((number for number, one in enumerate(slots(leaf)) if one.name == slot), 0)
    return f"{leaf.code.replace('.', '-')}-slot-{number}"


async def open_work(session: AsyncSession, person: Reader, self_assessment_id: UUID) -> Work:
    """Raises NotFound where it is not this person's: another tenant's, or another unit's."""
    row = await work_queries.work(session, self_assessment_id, person.units(*FILLING))
    if row is None:
        raise NotFound
    scheme = await scheme_of(session, row.notice["scheme_id"], row.notice["scheme_version"])
    return _known(row, scheme.under(row.notice["parameters"]))


def _known(row: Any, scheme: Scheme) -> Work:
    """As it was worked out before, while nothing of it changed: whoever saves one claim leaves the next page's
    reader with one to work out, and all that only read with none."""
    key = (row._replace(notice=None, attributes=None), repr(row.notice), repr(row.attributes), scheme.id, scheme.version,
           scheme.content_hash, locale.get())  # fmt: skip
    made = _WORKED_OUT.pop(key, None)
    if made is None:
        claims = {claim.leaf: claim for claim in work_queries.read_claims(row.claims)}
        made = Work(row, scheme, claims, work_queries.read_files(row.files))
    _WORKED_OUT[key] = made
    if len(_WORKED_OUT) > MOST_KNOWN:
        del _WORKED_OUT[next(iter(_WORKED_OUT))]
    return made
