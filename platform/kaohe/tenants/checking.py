"""What can be said against the files before the database is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from kaohe.catalogue import service as catalogue
from kaohe.errors import Invalid
from kaohe.i18n import _
from kaohe.identity.invitations import LOGIN
from kaohe.identity.models import Role
from kaohe.jurisdictions.service import SLUG
from kaohe.scheme.model import Scheme
from kaohe.subjects.kinds import SubjectKind, kinds_of, read_attribute
from kaohe.subjects.service import CODE
from kaohe.tenants.data import SubjectData
from kaohe.tenants.files import Tenant


def check(tenants: Sequence[Tenant]) -> None:
    """Raises Invalid with everything that is wrong."""
    slugs = {tenant.data.slug for tenant in tenants}
    for tenant in tenants:
        if not SLUG.fullmatch(tenant.data.slug):
            tenant.refuse(_("「{slug}」应为 2 至 61 位小写字母、数字或 -").format(slug=tenant.data.slug), "slug")
        schemes = _check_schemes(tenant)
        _check_subjects(tenant, schemes, slugs)
        _check_people(tenant)
    problems = dict.fromkeys(problem for tenant in tenants for problem in tenant.source.problems)
    if problems:
        raise Invalid(list(problems))


def _check_schemes(tenant: Tenant) -> list[Scheme]:
    found = []
    for index, wanted in enumerate(tenant.data.schemes):
        scheme = catalogue.installed().get(wanted.id)
        if scheme is None:
            known = "、".join(catalogue.installed())
            tenant.refuse(
                _("没有安装方案「{id}」，已安装：{known}").format(id=wanted.id, known=known), "schemes", index, "id"
            )
            continue
        found.append(scheme)
        try:
            catalogue.checked_overrides(scheme, wanted.parameters)
        except Invalid as error:
            for problem in error.problems:
                tenant.refuse(problem.message, "schemes", index, *problem.place.split("."))
        if wanted.parameters and not (wanted.reason and wanted.valid_from):
            tenant.refuse(_("改了参数就要写 reason（理由）和 valid_from（从哪天起）"), "schemes", index)
    return found


Refuse = Callable[[str, str], None]


def _check_subjects(tenant: Tenant, schemes: Sequence[Scheme], slugs: set[str]) -> None:
    kinds, known = kinds_of(schemes), {subject.code: subject for subject in tenant.data.subjects}
    logins = {person.login for person in tenant.data.people}
    seen: set[str] = set()
    for index, subject in enumerate(tenant.data.subjects):
        refuse = partial(_refuse_subject, tenant, index)
        if subject.code in seen:
            refuse("code", _("编号「{code}」出现了两次").format(code=subject.code))
        seen.add(subject.code)
        _check_subject(subject, slugs, logins, refuse)
        kind = kinds.get(subject.kind)
        if kind is None:
            allowed = "、".join(kinds) or _("（没有启用方案）")
            refuse(
                "kind", _("「{kind}」不是已启用方案的对象类别：{allowed}").format(kind=subject.kind, allowed=allowed)
            )
        else:
            if message := _parent_message(subject, kind, known):
                refuse("parent", message)
            _check_attributes(subject, kind, refuse)


def _refuse_subject(tenant: Tenant, index: int, member: str, message: str) -> None:
    tenant.refuse(message, "subjects", index, *member.split("."))


def _check_subject(subject: SubjectData, slugs: set[str], logins: set[str], refuse: Refuse) -> None:
    if not CODE.fullmatch(subject.code):
        refuse("code", _("编号「{code}」只能用字母、数字和 . _ -，最多 40 位").format(code=subject.code))
    if subject.active_from and subject.active_to and subject.active_to < subject.active_from:
        refuse("active_to", _("结束日期不能早于开始日期"))
    if subject.jurisdiction and subject.jurisdiction not in slugs:
        refuse("jurisdiction", _("文件中没有辖区「{slug}」").format(slug=subject.jurisdiction))
    if subject.person and subject.person not in logins:
        refuse("person", _("people 中没有登录名「{login}」").format(login=subject.person))


def _check_attributes(subject: SubjectData, kind: SubjectKind, refuse: Refuse) -> None:
    for name, value in subject.attributes.items():
        attribute = kind.attributes.get(name)
        if attribute is None:
            allowed = "、".join(kind.attributes) or _("（无）")
            refuse(
                f"attributes.{name}", _("没有属性「{name}」，可用的有：{allowed}").format(name=name, allowed=allowed)
            )
        elif wrong := read_attribute(name, attribute, as_text(value))[1]:
            refuse(f"attributes.{name}", wrong)
    for name, attribute in kind.attributes.items():
        if attribute.required and attribute.default is None and name not in subject.attributes:
            refuse("attributes", _("缺少属性「{name}」").format(name=name))


def _parent_message(subject: SubjectData, kind: SubjectKind, known: dict[str, SubjectData]) -> str:
    wanted = kind.parent
    if subject.parent is None:
        missing = wanted and kind.parent_required
        return _("缺少 parent：这类对象属于一个「{kind}」").format(kind=wanted) if missing else ""
    above = known.get(subject.parent)
    if above is None:
        return _("没有编号为「{code}」的对象").format(code=subject.parent)
    if above.kind != wanted:
        return _("「{code}」是「{kind}」，应为「{wanted}」").format(
            code=above.code, kind=above.kind, wanted=wanted or _("空")
        )
    return ""


def as_text(value: Any) -> str:
    """As somebody would type it, for the one reader of attributes."""
    if isinstance(value, dict):
        return ",".join(f"{name} {as_text(each)}" for name, each in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _check_people(tenant: Tenant) -> None:
    codes = {subject.code for subject in tenant.data.subjects}
    roles = {role.value for role in Role if role is not Role.OPERATOR}
    seen: set[str] = set()
    for index, person in enumerate(tenant.data.people):
        if person.login in seen:
            tenant.refuse(_("登录名「{login}」出现了两次").format(login=person.login), "people", index, "login")
        seen.add(person.login)
        if not LOGIN.fullmatch(person.login):
            message = _("登录名「{login}」应为 3 至 60 位小写字母、数字或 . _ @ -").format(login=person.login)
            tenant.refuse(message, "people", index, "login")
        for role, unit in role_pairs(person.roles):
            if role not in roles:
                message = _("没有角色「{role}」，可用的有：{known}").format(role=role, known="、".join(sorted(roles)))
                tenant.refuse(message, "people", index, "roles")
            if unit is not None and unit not in codes:
                tenant.refuse(_("没有编号为「{code}」的对象").format(code=unit), "people", index, "roles")


def role_pairs(roles: Sequence[str | dict[str, str]]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for role in roles:
        found += [(role, None)] if isinstance(role, str) else list(role.items())
    return found
