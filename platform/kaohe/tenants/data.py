"""A jurisdiction as data: what the YAML files of `tenants/<slug>/` may say."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=100)]


class SchemeData(Struct, forbid_unknown_fields=True):
    """`parameters` make a new version, from `valid_from` on, whenever they differ from the latest one."""

    id: str
    parameters: dict[str, Any] = {}
    valid_from: date | None = None
    reason: str = ""


class PersonData(Struct, forbid_unknown_fields=True):
    """A role is its name, or `{name: code of the unit}` where it holds for one unit only."""

    login: str
    name: Name
    phone: str = ""
    roles: list[str | dict[str, str]] = []


class SubjectData(Struct, forbid_unknown_fields=True):
    """`parent` is a code, `jurisdiction` a slug, `person` a login."""

    code: str
    kind: str
    name: Name
    parent: str | None = None
    jurisdiction: str | None = None
    person: str | None = None
    attributes: dict[str, Any] = {}
    active_from: date | None = None
    active_to: date | None = None


class TenantData(Struct, forbid_unknown_fields=True):
    """`above`: the slug of the jurisdiction it stands below (of one in `below`, the one that lists it)."""

    slug: str
    name: Name
    tier: Literal["province", "city", "county", "township", "other"]
    code: str = ""
    above: str | None = None
    valid_from: date | None = None
    schemes: list[SchemeData] = []
    people: list[PersonData] = []
    subjects: list[SubjectData] = []
    below: list[TenantData] = []


LISTS: dict[str, type[Struct]] = {
    "schemes": SchemeData,
    "people": PersonData,
    "subjects": SubjectData,
    "below": TenantData,
}
