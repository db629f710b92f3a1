"""What the pages of a draft show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kaohe.designs import formula_help, rules, tree
from kaohe.designs.checking import Check, Looked, title_of
from kaohe.designs.document import Document, walk
from kaohe.designs.members import Shown, text_of
from kaohe.designs.rules import RuleForm
from kaohe.designs.sections import SECTIONS, Section
from kaohe.designs.service import Draft
from kaohe.i18n import _


@dataclass(frozen=True, slots=True)
class TreeRow:
    at: str
    level: int
    title: str
    code: str
    points: str
    rule: str
    current: bool
    checks: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Around every page of a draft. `tabs`: (text, address, current)."""

    id: UUID
    title: str
    scheme_id: str
    version: str
    published: str
    saves: int
    saved_by: str
    saved_at: datetime
    changed: bool
    tabs: list[tuple[str, str, bool]]
    looked: Looked
    here: str

    @property
    def href(self) -> str:
        return f"/designs/{self.id}"

    @property
    def formulas(self) -> list[tuple[str, str]]:
        """How they are written."""
        return formula_help.examples()

    @property
    def names(self) -> list[tuple[str, str]]:
        """What they may name: parameters and indicators, by code."""
        scheme = self.looked.scheme
        if scheme is None:
            return []
        parameters = [(name, parameter.title or name) for name, parameter in scheme.parameters.items()]
        return [*parameters, *((node.code, node.title.zh) for node in scheme.nodes)]


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule that may be chosen."""

    name: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class NodePage:
    frame: Frame
    at: str
    node: dict[str, Any]
    title: str
    rows: list[TreeRow]
    rule: RuleForm
    rules: list[Choice]
    shown: list[Shown]
    homes: list[tuple[str, str]]

    @property
    def usual(self) -> list[Shown]:
        return [each for each in self.shown if not each.member.rare]

    @property
    def rare(self) -> list[Shown]:
        return [each for each in self.shown if each.member.rare]


@dataclass(frozen=True, slots=True)
class SectionPage:
    frame: Frame
    section: Section
    shown: list[Shown]
    intro: str

    @property
    def usual(self) -> list[Shown]:
        return [each for each in self.shown if not each.member.rare]

    @property
    def rare(self) -> list[Shown]:
        return [each for each in self.shown if each.member.rare]


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """`fields`: everything that was posted, to be posted again over the newer save."""

    frame: Frame
    rows: Sequence[tuple[str, str, str]]
    action: str
    fields: list[tuple[str, str]]
    theirs: str


def frame_of(draft: Draft, looked: Looked, here: str) -> Frame:
    row, href = draft.row, f"/designs/{draft.id}"
    tabs = [(_("指标"), f"{href}/nodes/0", here.startswith("nodes"))]
    tabs += [(_(each.label), f"{href}/sections/{each.name}", here == f"sections/{each.name}") for each in SECTIONS]
    tabs += [(_("试一试"), f"{href}/trial", here == "trial"), (_("文本"), f"{href}/text", here == "text"),
             (_("发布"), f"{href}/publication", here == "publication")]  # fmt: skip
    return Frame(
        draft.id, row.title or _("（没有名称）"), row.scheme_id, row.scheme_version, row.published, row.saves,
        row.saved_by_name, row.saved_at, bool(row.before), tabs, looked, here,
    )  # fmt: skip


def node_page(draft: Draft, looked: Looked, at: tree.Address, rule: RuleForm, shown: list[Shown]) -> NodePage:
    document = draft.document
    node = tree.node_at(document, at)
    written = tree.written(at)
    return NodePage(
        frame_of(draft, looked, f"nodes/{written}"), written, node, title_of(node), tree_rows(document, looked, at),
        rule, [Choice(each.name, _(each.label), _(each.hint)) for each in rules.choices(branch=bool(node.get("children")))],
        shown, _homes(document, at),
    )  # fmt: skip


def tree_rows(document: Document, looked: Looked, current: tree.Address) -> list[TreeRow]:
    wrong: dict[str, int] = {}
    for check in looked.checks:
        if check.degree in ("error", "warning") and check.place.startswith("nodes/"):
            at = check.place.removeprefix("nodes/")
            wrong[at] = wrong.get(at, 0) + 1
    rows = []
    for address, node in walk(document):
        at, form = tree.written(address), rules.form_of(str(node.get("rule", "sum")), branch=bool(node.get("children")))
        points = text_of(node.get("points"))
        rows.append(
            TreeRow(at, len(address) - 1, title_of(node), str(node.get("code", "")), points, _(form.label),
                    address == current, wrong.get(at, 0))
        )  # fmt: skip
    return rows


def _homes(document: Document, at: tree.Address) -> list[tuple[str, str]]:
    """Where a node may be moved: not under itself, nor where it is."""
    homes = [("top", _("最上一级"))] if len(at) > 1 else []
    for address, node in walk(document):
        if address[: len(at)] != at and address != at[:-1]:
            homes.append((tree.written(address), "　" * (len(address) - 1) + title_of(node)))
    return homes


def words_of(shown: Shown) -> str:
    """A member in one line, for a comparison."""
    if shown.rows:
        rows = [" ".join(filter(None, map(words_of, row))) for row in shown.rows]
        return "；".join(filter(None, rows))
    if shown.member.kind in ("yes", "no"):
        return _("是") if shown.value else _("否")
    if shown.member.kind in ("choice", "checks"):
        labels = dict(shown.choices)
        return "、".join(labels.get(each, each) for each in shown.chosen or (shown.value,) if each)
    return " / ".join(filter(None, (shown.value, shown.english)))


def differing(mine: Sequence[Shown], theirs: Sequence[Shown]) -> list[tuple[str, str, str]]:
    pairs = [(a.label, words_of(a), words_of(b)) for a, b in zip(mine, theirs, strict=True)]
    return [row for row in pairs if row[1] != row[2]]


def checks_by_degree(looked: Looked) -> list[tuple[str, list[Check]]]:
    degrees = (
        ("error", _("要改正")),
        ("warning", _("请核对")),
        ("remark", _("供参考")),
        ("acknowledged", _("已说明理由")),
    )
    return [(label, found) for degree, label in degrees if (found := looked.of(degree))]  # type: ignore[arg-type]
