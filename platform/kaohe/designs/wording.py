"""What the loader says of a scheme that cannot be used, in the words of the pages."""

from __future__ import annotations

import re

from kaohe.i18n import _

# A word of the YAML that is neither quoted nor part of a code or place.
_WORD = re.compile(r" ?(?<![「\w.\[-])([a-z][a-z_-]*)(?![\w.\[」-]) ?")
_MEMBERS = {
    "effective": "施行日期", "expires": "有效期至", "issuer": "发文机关", "interpreter": "解释机关", "parameters": "参数",
    "amount": "每次的分值", "min": "最小", "max": "最大", "levels": "档次", "steps": "分档", "formula": "公式", "function": "函数",
    "source": "来源", "id": "代码", "code": "代码", "title": "名称", "version": "版本", "regulation": "办法全称", "kinds": "考核对象",
    "periods": "考核周期", "indicators": "指标", "name": "名称", "flag": "标记", "status": "结果", "when": "条件", "action": "代码",
    "points": "得分", "at": "达到", "cap": "上限", "of": "哪几项", "holds": "条件", "why": "说明", "on": "等次、荣誉或标记",
}  # fmt: skip


def fault_words(message: str) -> str:
    """Members and rules by the names that the pages give them; the rest as the loader said it."""
    return _WORD.sub(lambda found: _named(found[0], found[1]), message)


def _named(said: str, name: str) -> str:
    from kaohe.designs.rules import RULES

    label = _MEMBERS.get(name) or {rule.name: rule.label for rule in RULES}.get(name)
    return f"「{_(label)}」" if label else said
