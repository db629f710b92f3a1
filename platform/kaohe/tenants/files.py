"""Reading the folders of jurisdictions. Everything that is wrong is told together: file, line, and the mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _
from kaohe.scheme import yaml_text
from kaohe.scheme.yaml_text import YamlError
from kaohe.tenants.data import LISTS, TenantData

Place = tuple[str | int, ...]


@dataclass(slots=True)
class Source:
    """Where each top-level member of a folder came from, so that a problem names file and line."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    lines: dict[Path, dict[Place, int]] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)

    def refuse(self, place: Place, message: str) -> None:
        path = self.files.get(str(place[0])) if place else None
        self.refuse_line(path or self.folder, self._line(path, place) if path else None, message)

    def refuse_line(self, path: Path, line: int | None, message: str) -> None:
        where = f"{path}:{line}" if line else str(path)
        self.problems.append(FieldProblem(where, f"{where}: {message}"))

    def _line(self, path: Path, place: Place) -> int:
        known = self.lines[path]
        while place and place not in known:
            place = place[:-1]
        return known.get(place, 1)


@dataclass(frozen=True, slots=True)
class Tenant:
    """One jurisdiction with its place in the files; those of `below` stand in the list on their own."""

    data: TenantData
    above: str | None
    source: Source
    place: Place

    def refuse(self, message: str, *place: str | int) -> None:
        self.source.refuse((*self.place, *place), message)


def read_folders(folder: Path) -> list[Tenant]:
    """`folder` is one jurisdiction, or holds a folder for each. Parents stand before those below. Raises Invalid."""
    if not folder.is_dir():
        raise Invalid(_("没有文件夹 {folder}").format(folder=folder))
    singles = [folder] if list(folder.glob("*.yaml")) else sorted(each for each in folder.iterdir() if each.is_dir())
    found: list[Tenant] = []
    problems: list[FieldProblem] = []
    for single in singles:
        source = Source(single)
        found += _read_folder(source)
        problems += source.problems
    if not problems and not found:
        raise Invalid(_("{folder} 里没有 .yaml 文件").format(folder=folder))
    if problems:
        raise Invalid(problems)
    return order(found)


def _read_folder(source: Source) -> list[Tenant]:
    members: dict[str, Any] = {}
    for path in sorted(source.folder.glob("*.yaml")):
        try:
            text = path.read_text(encoding="utf-8")
            content = yaml_text.load(text)
            source.lines[path] = yaml_text.lines(text)
        except UnicodeDecodeError:
            source.refuse_line(path, None, _("不是 UTF-8 文字，请用 UTF-8 编码另存"))
            continue
        except YamlError as error:
            message = _(
                "不是有效的 YAML（{error}）。请看这一行和上一行：冒号后空一格，缩进对齐，引号括号成对，名称不重复"
            )
            source.refuse_line(path, error.line, message.format(error=error))
            continue
        if not isinstance(content, dict):
            source.refuse_line(path, 1, _("应为「名称: 值」的形式"))
            continue
        for name, value in content.items():
            if name in members:
                other = source.files[name]
                source.refuse_line(
                    path, None, _("「{name}」已写在 {other} 中，只留一处").format(name=name, other=other)
                )
            members[name], source.files[name] = value, path
    if source.problems or not members:
        return []
    return list(_tenants(source, members, (), None))


def _tenants(source: Source, members: dict[str, Any], place: Place, above: str | None) -> Iterator[Tenant]:
    """The lists are read item by item, so that one bad item does not hide the others."""
    plain = {name: value for name, value in members.items() if name not in LISTS}
    data = _converted(source, plain, TenantData, place)
    if data is None:
        return
    if above is not None and data.above not in {None, above}:
        source.refuse((*place, "above"), _("写在 below 中的辖区不用再写 above"))
    yield Tenant(data, above or data.above, source, place)
    for name, kind in LISTS.items():
        listed = members.get(name) or []
        if not isinstance(listed, list):
            source.refuse((*place, name), _("「{name}」应为列表（每项以 - 开头）").format(name=name))
            continue
        for index, item in enumerate(listed):
            here = (*place, name, index)
            if name == "below":
                if isinstance(item, dict):
                    yield from _tenants(source, item, here, data.slug)
                else:
                    source.refuse(here, _("应为「名称: 值」的形式"))
                continue
            read = _converted(source, item, kind, here)
            if read is not None:
                getattr(data, name).append(read)


def _converted(source: Source, value: Any, kind: type[Any], place: Place) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        message, inner = _in_chinese(str(error), kind)
        source.refuse((*place, *inner), message)
        return None


_PATH = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_TYPES = {
    "str": "文字（纯数字要加引号）",
    "int": "整数",
    "array": "列表",
    "object": "「名称: 值」",
    "null": "空",
    "date": "日期",
}


def _in_chinese(error: str, kind: type[Any]) -> tuple[str, Place]:
    found = _PATH.search(error)
    place: Place = tuple(name or int(index) for name, index in _STEP.findall(found[1])) if found else ()
    text = _PATH.sub("", error)
    name = (re.findall(r"[`']([^`']*)[`']", text) or [""])[0]
    known = "、".join(field.name for field in msgspec.structs.fields(kind))
    if text.startswith("Object contains unknown field"):
        return _("不认识「{name}」，可用的有：{known}").format(name=name, known=known), (*place, name)
    if text.startswith("Object missing required field"):
        return _("缺少「{name}」").format(name=name), place
    if " of length " in text:
        return _("不能为空，最多 100 字"), place
    if text.startswith("Expected"):
        kinds = "、".join(_(_TYPES.get(each, each)) for each in name.split(" | "))
        return _("应为{kinds}").format(kinds=kinds), place
    if "enum value" in text:
        return _("「{value}」不在可选值中：province、city、county、township、other").format(value=name), place
    return _("格式不对：{error}").format(error=text), place


def order(found: Sequence[Tenant]) -> list[Tenant]:
    """Parents first; what stands below something outside the files counts as first."""
    by_slug: dict[str, Tenant] = {}
    for tenant in found:
        if tenant.data.slug in by_slug:
            other = by_slug[tenant.data.slug].source.folder
            tenant.refuse(_("「{slug}」已写在 {other} 中，只留一处").format(slug=tenant.data.slug, other=other), "slug")
        by_slug[tenant.data.slug] = tenant
    depths = {slug: _depth(tenant, by_slug) for slug, tenant in by_slug.items()}
    if problems := [problem for tenant in found for problem in tenant.source.problems]:
        raise Invalid(list(dict.fromkeys(problems)))
    return sorted(found, key=lambda tenant: depths[tenant.data.slug])


def _depth(tenant: Tenant, by_slug: dict[str, Tenant]) -> int:
    seen = [tenant.data.slug]
    while (above := by_slug[seen[-1]].above) in by_slug:
        if above in seen:
            tenant.refuse(_("上下级成了环：{slugs}").format(slugs=" → ".join([*seen, above])), "above")
            return 0
        seen.append(str(above))
    return len(seen)
