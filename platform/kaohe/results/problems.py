"""A problem of the facts, told with what a person can look up."""

from __future__ import annotations

import re

from kaohe.catalogue.entries import label_of
from kaohe.i18n import _
from kaohe.results.facts import Gathered, Source
from kaohe.scheme.problems import Problem
from kaohe.scoring.facts import Subject

_PLACE = re.compile(r"(records|subjects)\[(\d+)\]\.?(.*)")


def explained(problem: Problem, gathered: Gathered) -> list[str]:
    """[where, what is wrong, link]; the link is '' where there is no page for it."""
    found = _PLACE.fullmatch(problem.place)
    if found is None:
        return [_("考核设置：{place}").format(place=problem.place), problem.message, ""]
    kind, number, member = found[1], int(found[2]), found[3]
    if kind == "subjects":
        subject = gathered.facts.subjects[number]
        link = f"/subjects/{gathered.places[subject.id].subject_id}"
        return [
            f"{subject.name}（{subject.id}）",
            f"{_subject_label(gathered, subject, member)}：{problem.message}",
            link,
        ]
    record = gathered.facts.records[number]
    source, leaf = gathered.sources[record.id], gathered.scheme.leaves.get(record.leaf)
    name = gathered.places[record.subject].subject_name
    title = str(leaf.title) if leaf else record.leaf
    link = f"/records/{source.id}" if source.kind == "record" else ""
    label = label_of(leaf, member) if leaf else member
    return [f"{name}，{title}，{source_words(source, record.id)}", f"{label}：{problem.message}", link]


def _subject_label(gathered: Gathered, subject: Subject, member: str) -> str:
    kind = next((kind for kind in gathered.scheme.kinds if kind.id == subject.kind), None)
    declared = kind.attributes.get(member.removeprefix("attributes.")) if kind else None
    known = {"parent": _("所属单位"), "kind": _("类别"), "id": _("编号")}
    return (str(declared.title) if declared else "") or known.get(member, member)


def source_words(source: Source, record_id: str) -> str:
    return {
        "record": _("记录 {id}").format(id=record_id),
        "finding": _("共同认定"),
        "rating": _("{who}的评分").format(who=source.who),
        "claim": _("自评"),
        "release": _("已发布的结果：{what}").format(what=source.who),
    }[source.kind]
