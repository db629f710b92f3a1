"""What was claimed, to be read: before it is filed, and as it was filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kaohe.i18n import said
from kaohe.scheme.model import Indicator, Scheme
from kaohe.scheme.parameters import Values
from kaohe.submissions.views import claimed_note
from kaohe.submissions.words import full_points, grouped, words, words_of
from kaohe.submissions.work import Work, slot_title, slots
from kaohe.web.templating import points, size


@dataclass(frozen=True, slots=True)
class File:
    """`href` is empty where the reader has no copy of their own."""

    name: str
    size: str
    sha256: str
    slot: str
    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    code: str
    title: str
    article: str
    words: list[str]
    remark: str
    points: str
    full: str
    files: list[File]
    problem: str


@dataclass(frozen=True, slots=True)
class Answers:
    title: str
    note: str
    rows: list[Answer]


def answers_of(work: Work) -> list[Answers]:
    """The draft, to be checked before it is filed."""
    return [
        Answers(said(top.title), claimed_note(work, top), [_answer(work, leaf) for leaf in leaves])
        for top, leaves in grouped(work)
    ]


def _answer(work: Work, leaf: Indicator) -> Answer:
    claimed, problems = work.points(leaf), work.open_problems.get(leaf.code, [])
    titles = {slot.name: slot_title(slot) for slot in slots(leaf)}
    files = [
        File(row.name, size(row.size), row.sha256, titles.get(row.slot, row.slot), f"/evidence/{row.evidence_id}/view")
        for row in work.files(leaf)
    ]
    return Answer(
        leaf.code, said(leaf.title), leaf.article, words_of(work, leaf, work.entries(leaf)),
        work.claims[leaf.code].remark if leaf.code in work.claims else "", "" if claimed is None else points(claimed),
        full_points(work, leaf), files, problems[0].message if problems else "",
    )  # fmt: skip


def filed_answers(
    scheme: Scheme, values: Values, content: Mapping[str, Any], copies: Mapping[tuple[str, str, str, str], UUID]
) -> list[Answers]:
    """What was filed, from the filing's own content. `copies`: (leaf, slot, sha256, name) → evidence to open."""
    groups: dict[str, list[Answer]] = {}
    for claim in content["claims"]:
        leaf = scheme.leaves.get(claim["leaf"])
        if leaf is None:
            continue
        top = next(one for one in scheme.indicators if leaf.code == one.code or leaf.code.startswith(one.code + "."))
        groups.setdefault(said(top.title), []).append(_filed_answer(scheme, values, leaf, claim, copies))
    return [Answers(title, "", rows) for title, rows in groups.items()]


def _filed_answer(
    scheme: Scheme, values: Values, leaf: Indicator, claim: Mapping[str, Any],
    copies: Mapping[tuple[str, str, str, str], UUID],
) -> Answer:  # fmt: skip
    titles = {slot.name: slot_title(slot) for slot in slots(leaf)}
    files = []
    for one in claim["evidence"]:
        copy = copies.get((leaf.code, one["slot"], one["sha256"], one["name"]))
        href = f"/evidence/{copy}/view" if copy else ""
        files.append(File(one["name"], size(one["size"]), one["sha256"], titles.get(one["slot"], one["slot"]), href))
    return Answer(leaf.code, said(leaf.title), leaf.article, words(scheme, values, leaf, claim["entries"]),
                  claim["remark"], "", "", files, "")  # fmt: skip
