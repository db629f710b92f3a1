"""What differs between two versions of a scheme, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import CodeType
from typing import Any

import msgspec

from kaohe.scheme.formula import Formula, plain
from kaohe.scheme.model import Indicator, Scheme

_HEAD = {
    "id": "编号", "version": "版本", "title": "名称", "regulation": "办法", "issuer": "发文机关", "interpreter": "解释机关",
    "effective": "施行日期", "expires": "失效日期", "dates_assumed": "日期为推定",
    "periods": "周期", "rollup": "汇总方式", "month_starts": "月度起始日",
    "normalise": "折算满分", "item_places": "小数位数", "leaf_points": "分值参数", "total_floor": "总分下限",
    "total_cap": "总分上限", "ranking": "排名", "only": "只有的周期", "uses_calendar": "用到工作日", "acknowledged": "承认的矛盾",
}  # fmt: skip
_MEMBERS = {
    "title": "名称", "article": "条款", "rule": "规则", "kinds": "对象", "points": "分值", "points_by_kind": "各类对象分值",
    "amount": "每次分值", "min": "最低", "max": "最高", "levels": "档次", "steps": "分档", "target": "目标", "caps": "上限",
    "floor": "下限", "weight": "权重", "channels": "渠道", "flags": "标记", "evidence": "佐证", "formula": "公式",
    "value": "数值", "effects": "归零减半", "once": "只计一次", "highest_only": "就高不就低", "part_caps": "部分上限",
    "at_most": "以另一项为限", "only_when": "成立才计", "note": "说明", "approval": "审定", "matter": "事项", "done": "完成情况",
    "partial": "部分完成", "fields": "登记项", "stand_in": "缺数时代以", "parent": "上级", "unit": "单位", "type": "类型",
    "default": "默认", "silent": "办法未规定", "choices": "可选", "nullable": "可为空", "count": "名额", "ratio": "比例",
    "when": "条件", "by": "依据", "grades": "等次", "otherwise": "其余", "bars": "挡住荣誉的标记", "attributes": "属性",
    "adds": "可补记", "required": "必填", "required_in": "哪些周期必填", "required_if": "何时必填", "group": "排名分组",
    "record": "登记", "another": "换人", "edits": "可修改",
    "accumulates": "数值累计", "proportional": "按比例", "qualifies": "合格条件", "must": "各项要求", "unique": "不得重复",
    "counts": "可填次数", "optional": "可缺", "coefficient": "系数", "not_applicable": "不适用的处理", "item": "得分项目",
    "after_floor": "扣完后再加", "also": "同时记在", "to_parent": "同时记到上级", "shared": "共有平分或并列共享", "periods": "周期",
    "interpolate": "分段直线", "lower_is_better": "越小越好", "value_channel": "数值渠道", "places": "先舍入到几位",
    "stand_in_remark": "代替的说明", "target_from": "目标表", "function": "函数", "line": "行种类", "default_level": "默认档次",
    "source": "来源方案", "only_when_remark": "不成立的说明", "keep": "留下", "why": "理由", "rollup": "整期", "holds": "条件",
    "of": "其中", "cap": "上限", "at": "达到", "after": "排在其后",
    "parent_required": "上级必填", "above": "大于", "keys": "名称", "self_rating": "可评自己",
    "parameter": "等次参数", "confirmed": "须确认", "base": "基数", "decision": "会议决定", "flag": "标记",
    "status": "结果", "total": "定分", "remark": "说明", "on": "对象", "action": "后果", "minimum": "最少样本", "name": "名称",
    "check": "检查", "reason": "理由", "month": "月份", "notice_days": "通知天数", "rounds": "环节",
    "self_check_report": "自查报告", "self_check_before": "自查期限",
    "bulletin": "通报", "days": "期限（天）", "workdays": "按工作日算",
    "copies": "抄送", "id": "编号", "who": "写什么", "least": "至少",
    "missing": "不足时登记", "leaf": "指标", "quarter": "季", "half": "半年", "year": "年", "week": "周", "scheme": "方案",
    "version": "版本", "zh": "中文", "en": "英文", "kind": "对象",
}  # fmt: skip
_LISTS = (
    ("kinds", "考核对象", "id"),
    ("channels", "渠道", "id"),
    ("honours", "荣誉", "name"),
    ("awards", "奖励", "name"),
    ("flags", "标记", "flag"),
    ("stages", "提前结束", "status"),
    ("consequences", "后果", "on"),
    ("ways", "流程", "id"),
    ("registers", "登记册", "id"),
)


def compare(before: Scheme, after: Scheme) -> list[str]:
    """Empty where they are the same, down to the last title."""
    return [
        *_members(before, after, _HEAD, ""),
        *_keyed("参数", dict(before.parameters), dict(after.parameters)),
        *_keyed("指标", _nodes(before), _nodes(after)),
        *(line for name, said, key in _LISTS for line in _keyed(said, *_held(before, after, name, key))),
        *_keyed("等次", _numbered(before.grading), _numbered(after.grading)),
        *_members(before, after, {"demands": "日历要求", "articles": "条款表", "words": "标记和说明的含义"}, ""),
        *_orders(before, after),
        *_functions(before, after),
    ]


def _nodes(scheme: Scheme) -> dict[str, Indicator]:
    return {node.code: node for node in scheme.nodes}


def _held(before: Scheme, after: Scheme, name: str, key: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return _called_by(getattr(before, name), key), _called_by(getattr(after, name), key)


def _called_by(entries: tuple[Any, ...], key: str) -> dict[str, Any]:
    """Two of one name (an honour of the quarter and of the year) are told apart by their number."""
    found: dict[str, Any] = {}
    for entry in entries:
        name = str(getattr(entry, key))
        number = 1 + sum(held == name or held.startswith(f"{name}（第 ") for held in found)
        found[name if number == 1 else f"{name}（第 {number} 条）"] = entry
    return found


def _orders(before: Scheme, after: Scheme) -> Iterator[str]:
    """The order of kinds and indicators is the order of the results; what only one of them has is told elsewhere."""
    for said, old, new in (
        ("考核对象", [kind.id for kind in before.kinds], [kind.id for kind in after.kinds]),
        ("指标", list(_nodes(before)), list(_nodes(after))),
    ):
        was, now = [one for one in old if one in new], [one for one in new if one in old]
        if was != now:
            moved = next(one for one, other in zip(now, was, strict=True) if one != other)
            yield f"{said}的次序变了，从 {moved} 起"


def _functions(before: Scheme, after: Scheme) -> Iterator[str]:
    for name in sorted(before.functions.keys() & after.functions.keys()):
        if _body(before.functions[name].__code__) != _body(after.functions[name].__code__):
            yield f"函数 {name} 的程序变了"


def _body(code: CodeType) -> tuple[Any, ...]:
    """Wherever it stands in its file."""
    constants = [_body(one) if isinstance(one, CodeType) else (type(one), one) for one in code.co_consts]
    return code.co_code, code.co_names, tuple(constants)


def _numbered(entries: tuple[Any, ...]) -> dict[str, Any]:
    return {f"第 {number} 组": entry for number, entry in enumerate(entries, 1)}


def _keyed(said: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name, old in before.items():
        if name not in after:
            yield f"删去{said} {_called(name, old)}"
    for name, new in after.items():
        if name not in before:
            yield f"新增{said} {_called(name, new)}"
        else:
            yield from _members(before[name], new, _MEMBERS, f"{said} {_called(name, new)}：")


def _called(name: str, entry: Any) -> str:
    title = str(getattr(entry, "title", "") or "")
    points = getattr(entry, "points", None)
    worth = f" {points.text} 分" if isinstance(points, Formula) else ""
    return f"{name}{f'「{title}」' if title else ''}{worth}"


def _members(before: Any, after: Any, words: Mapping[str, str], where: str) -> Iterator[str]:
    """`children` are nodes of their own; `name` and `code` are what the entry is known by."""
    for name in after.__struct_fields__:
        if where == "" and name not in words:
            continue
        old, new = getattr(before, name), getattr(after, name)
        if name in ("children", "name", "code") or _plain(old) == _plain(new):
            continue
        if _entries(old) and _entries(new):
            yield from (f"{where}{line}" for line in _keyed(words.get(name, name), old, new))
            continue
        yield f"{where}{words.get(name, name)}由 {_shown(old)} 改为 {_shown(new)}"


def _entries(value: Any) -> bool:
    """A table of named entries: told one by one."""
    return isinstance(value, Mapping) and all(isinstance(each, msgspec.Struct) for each in value.values())


def _plain(value: Any) -> Any:
    """Two spellings of one number are the same."""
    return msgspec.to_builtins(value, enc_hook=_hooked, builtin_types=(Decimal, date))


def _hooked(value: Any) -> Any:
    return value.text if isinstance(value, Formula) else str(value)


def _shown(value: Any) -> str:
    if value in (None, "", (), {}):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | Decimal):
        return plain(value)
    return _listed(_plain(value))


def _listed(value: Any) -> str:
    """Nested members in one line, without those that say nothing."""
    if isinstance(value, dict):
        told = {
            name: member for name, member in value.items() if name != "name" and member not in (None, "", [], (), {})
        }
        if set(told) <= {"zh", "en"} and "zh" in told:
            return f"「{told['zh']}」"
        return "，".join(f"{_MEMBERS.get(name, name)} {_listed(member)}" for name, member in told.items())
    if isinstance(value, list | tuple):
        return "、".join(_listed(each) for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return plain(value) if isinstance(value, int | Decimal) else str(value)
