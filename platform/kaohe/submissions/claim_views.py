"""What a claim shows while it is being filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from kaohe.catalogue.entries import EntryForm, EntryRow, EntryValues, Posted, entry_rows
from kaohe.clock import ZONE
from kaohe.errors import FieldProblem
from kaohe.evidence.service import ACCEPT, icon
from kaohe.i18n import _, said
from kaohe.scheme.model import Indicator
from kaohe.submissions.claims import MOST_FILES, target
from kaohe.submissions.errors import Theirs
from kaohe.submissions.words import full_points, grouped, words_of
from kaohe.submissions.work import Work, slot_id, slot_title, slots
from kaohe.web.templating import moment, points, size

Fact = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class SlotView:
    """As the uploader component asks for it; `base` is where its pages are."""

    id: str
    title: str
    required: bool
    endpoint: str
    base: str
    files: list[dict[str, Any]]


def slot_views(work: Work, leaf: Indicator, back: str = "") -> list[SlotView]:
    return [slot_view(work, leaf, number, back) for number in range(len(slots(leaf)))]


def slot_view(work: Work, leaf: Indicator, number: int, back: str = "") -> SlotView:
    slot = slots(leaf)[number]
    base = f"/self-assessments/{work.id}/claims/{quote(leaf.code)}/slots/{number}"
    endpoint = "/api/uploads?" + urlencode({"target": target(work, leaf, slot.name)})
    files = [_file(row, base, back) for row in work.files(leaf, slot.name)]
    return SlotView(slot_id(leaf, slot.name), slot_title(slot), slot.required, endpoint, base, files)


def _file(row: Any, base: str, back: str) -> dict[str, Any]:
    return {
        "name": row.name, "size": size(row.size), "href": f"/evidence/{row.evidence_id}/view", "sha256": row.sha256,
        "uploaded": moment(row.added_at), "icon": icon(row.media_type),
        "remove_href": f"{base}/evidence/{row.evidence_id}/removal{back and '?back=' + back}",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Replaced:
    by: str
    at: datetime
    words: list[str]
    remark: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One leaf being filled in. `conflict`: (mine, theirs) when somebody else saved meanwhile."""

    work: Work
    leaf: Indicator
    form: EntryForm
    rows: list[EntryRow]
    remark: str
    version: int
    saved_at: str
    clause: str
    slots: list[SlotView]
    points: str
    full: str
    number: int
    previous: str
    following: str
    problems: list[FieldProblem]
    replaced: list[Replaced]
    conflict: tuple[tuple[str, list[Fact]], tuple[str, list[Fact]]] | None = None

    @property
    def path(self) -> str:
        return f"/self-assessments/{self.work.id}/claims/{quote(self.leaf.code)}"

    @property
    def takes_remark(self) -> bool:
        """Beside entries that each have their own note; a single entry's note says it all."""
        return self.form.repeats or not self.form.inputs or bool(self.remark)

    @property
    def max_files(self) -> int:
        return MOST_FILES

    @property
    def accept(self) -> str:
        return ACCEPT


def claim_view(
    work: Work, leaf: Indicator, *, posted: Posted | None = None, problems: Sequence[FieldProblem] = (),
    replaced: Sequence[Any] = (), theirs: Theirs | None = None, mine: tuple[list[EntryValues], str] | None = None,
    back: str = "",
) -> ClaimView:  # fmt: skip
    form, claim = work.form(leaf), work.claims.get(leaf.code)
    entries = mine[0] if mine else work.entries(leaf)
    codes = [one.code for one in work.leaves]
    at = codes.index(leaf.code)
    claimed = work.points(leaf)
    version = theirs.version if theirs else claim.version if claim else 0
    rows = entry_rows(form, entries, posted=posted, problems=problems or work.open_problems.get(leaf.code, []))
    if rows and not form.repeats and work.owes(leaf):
        rows = [replace(rows[0], blank=False)]
    return ClaimView(
        work, leaf, form, rows,
        posted["remark"] if posted is not None else claim.remark if claim else "", version,
        claim.updated_at.astimezone(ZONE).strftime("%H:%M") if claim else "", clause_text(work, leaf),
        slot_views(work, leaf, back), "" if claimed is None else points(claimed), full_points(work, leaf), at + 1,
        codes[at - 1] if at else "", codes[at + 1] if at + 1 < len(codes) else "",
        [problem for problem in work.open_problems.get(leaf.code, []) if leaf.code in work.claims],
        [_replaced(work, leaf, row) for row in replaced],
        difference(work, leaf, mine, theirs) if theirs and mine else None,
    )  # fmt: skip


def clause_text(work: Work, leaf: Indicator) -> str:
    return work.scheme.articles.get(leaf.article, "")


def _replaced(work: Work, leaf: Indicator, row: Any) -> Replaced:
    return Replaced(row.updated_name, row.updated_at, words_of(work, leaf, row.entries), row.remark)


def difference(
    work: Work, leaf: Indicator, mine: tuple[list[EntryValues], str], theirs: Theirs
) -> tuple[tuple[str, list[Fact]], tuple[str, list[Fact]]]:
    left, right = words_of(work, leaf, mine[0]), words_of(work, leaf, theirs.entries)
    rows = max(len(left), len(right))
    left, right = left + [""] * (rows - len(left)), right + [""] * (rows - len(right))
    label = _("第 {number} 条")
    names = [label.format(number=number + 1) for number in range(rows)] + [_("补充说明")]
    both = list(zip(names, [*left, mine[1]], [*right, theirs.remark], strict=True))
    heading = _("{name} 保存于 {time}").format(name=theirs.by, time=moment(theirs.at))
    return (
        (_("您的"), [(name, one, one != other) for name, one, other in both]),
        (heading, [(name, other, one != other) for name, one, other in both]),
    )


@dataclass(frozen=True, slots=True)
class AllView:
    work: Work
    groups: list[tuple[str, list[ClaimView]]]


def all_view(work: Work) -> AllView:
    return AllView(work, [
        (said(top.title), [claim_view(work, leaf, back="all") for leaf in leaves]) for top, leaves in grouped(work)
    ])  # fmt: skip
