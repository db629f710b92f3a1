"""The places of the left rail: at most seven per person, by role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaohe.i18n import _
from kaohe.web.permissions import PERMISSIONS

if TYPE_CHECKING:
    from kaohe.web.context import Person

MOST = 7


@dataclass(frozen=True, slots=True)
class Place:
    label: str
    href: str
    icon: str
    current: bool


# (label, href, icon, permission) in order of importance; an inspector's first place is 登记.
_PLACES = (
    ("登记", "/records/new", "records", "records.write"),
    ("工作台", "/", "home", "anyone"),
    ("自评", "/self-assessments", "progress", "self_assessments.read"),
    ("评分", "/grading", "grading", "grading.read"),
    ("考核", "/cycles", "cycles", "cycles.read"),
    ("记录", "/records", "records", "records.read"),
    ("结果", "/results", "results", "results.read"),
    ("对象", "/subjects", "subjects", "subjects.read"),
    ("方案", "/schemes", "schemes", "schemes.read"),
    ("辖区", "/jurisdictions", "jurisdictions", "jurisdictions.read"),
    ("人员", "/people", "people", "people.read"),
    ("日志", "/audit", "audit", "audit.read"),
)

# Pages that are reached from a place and stand under another address.
_UNDER = (
    (re.compile(r"/records/check"), "/records/new"),
    (re.compile(r"/(contributions|registers)\b.*"), "/records"),
    (re.compile(r"/cycles/[^/]+/(results|runs|releases|rehearsals?|awards|tally)\b.*"), "/results"),
    (re.compile(r"/followups\b.*"), "/results"),
    (re.compile(r"/submissions\b.*"), "/cycles"),
    (re.compile(r"/evidence-requests\b.*"), "/self-assessments"),
    (re.compile(r"/designs\b.*"), "/schemes"),
)


def places(person: Person, path: str) -> tuple[Place, ...]:
    held = {role for role, _unit in person.roles}
    open_to = [place for place in _PLACES if held & PERMISSIONS[place[3]]][:MOST]
    path = next((place for address, place in _UNDER if address.fullmatch(path)), path)
    here = _longest(path, [href for _label, href, _icon, _permission in open_to])
    return tuple(Place(_(label), href, icon, href == here) for label, href, icon, _permission in open_to)


def _longest(path: str, hrefs: list[str]) -> str:
    fitting = [href for href in hrefs if path == href or (href != "/" and path.startswith(href + "/"))]
    return max(fitting, key=len, default="")
