"""What the loader says of a scheme that cannot be used, in the words of the pages."""

from __future__ import annotations

import re

from kaohe.i18n import _

# A word of the YAML that is neither quoted nor part of a code or place.
_WORD = re.compile(r" ?(?<![「\w.\[-])([a-z][a-z_-]*)(?![\w.\[」-]) ?")
_PATH = re.compile(r"^(?:indicators\[\d+\](?:\.children\[\d+\])*\.?)?((?:[a-z_]+(?:\[\d+\])?\.?)*)：")
_PART = re.compile(r"([a-z_]+)(?:\[(\d+)\])?")
_MEMBERS = {
    "effective": "施行日期", "expires": "有效期至", "issuer": "发文机关", "interpreter": "解释机关", "parameters": "参数",
    "amount": "每次的分值", "min": "最小", "max": "最大", "levels": "档次", "steps": "分档", "formula": "公式", "function": "函数",
    "source": "来源", "id": "代码", "code": "代码", "title": "名称", "version": "版本", "regulation": "办法全称", "kinds": "考核对象",
    "periods": "考核周期", "indicators": "指标", "name": "名称", "flag": "标记", "status": "结果", "when": "条件", "action": "代码",
    "points": "分值", "at": "达到", "cap": "上限", "of": "哪几项", "holds": "条件", "why": "说明", "on": "等次、荣誉或标记",
    "grades": "等次", "attributes": "属性", "by": "由谁办", "who": "一条里写什么", "leaf": "登记为哪一项", "after": "在哪一步之后",
    "ways.steps": "步骤", "adds": "可以补记", "record": "办完后登记为哪一项", "only": "某种周期只有其中几个",
}  # fmt: skip


def fault_words(message: str) -> str:
    """Members and rules by the names that the pages give them; the rest as the loader said it."""
    placed = re.sub(
        r"(?<=缺少)「([a-z_]+)」", lambda found: f"「{_label(found[1], found[1])}」", _PATH.sub(_place, message)
    )
    return _WORD.sub(lambda found: _named(found[0], found[1]), placed)


def _place(path: re.Match[str]) -> str:
    """`indicators[2].children[0].steps[1]：` → 分档第 2 行：; the indicator itself stands beside the message."""
    found = _PART.findall(path[1])
    parts = [(_label(f"{found[0][0]}.{name}", name), index) for name, index in found]
    said = " ".join(
        _("{label}第 {n} 行").format(label=label, n=int(index) + 1) if index else label for label, index in parts
    )
    return f"{said}：" if said else ""


def _label(within: str, name: str) -> str:
    """`within`: the name with the part of the scheme before it, where that makes it another thing."""
    from kaohe.designs.rules import AROUND, RULES
    from kaohe.designs.sections import SECTIONS

    members = [*AROUND, *(member for each in (*RULES, *SECTIONS) for member in each.members)]
    known = {member.name: member.label for member in members}
    return _(_MEMBERS.get(within) or _MEMBERS.get(name) or known.get(name, name))


def _named(said: str, name: str) -> str:
    from kaohe.designs.rules import RULES

    label = _MEMBERS.get(name) or {rule.name: rule.label for rule in RULES}.get(name)
    return f"「{_(label)}」" if label else said
