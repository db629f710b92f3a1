"""Where a draft begins: from nothing, or from a scheme that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kaohe.designs.document import Document, document_of, walk
from kaohe.designs.members import zh_of
from kaohe.i18n import _
from kaohe.plugins import registry
from kaohe.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Begun:
    """`left`: what could not be taken, in words."""

    document: Document
    left: tuple[str, ...] = ()


def blank(scheme_id: str, title: str, periods: Sequence[str], kinds: Sequence[tuple[str, str]]) -> Document:
    """One judged indicator, so that there is something to see; `kinds`: id and title."""
    return {
        "id": scheme_id, "version": "1", "title": title, "regulation": title,
        "kinds": [{"id": kind, "title": name} for kind, name in kinds], "periods": list(periods),
        "parameters": {"tie_break": {"type": "text", "default": "deduction,bonus", "silent": True, "title": "同分时的先后"}},
        "indicators": [{"code": "x1", "title": _("第一项"), "article": "第一条", "rule": "judged", "points": 100}],
    }  # fmt: skip


def copy_of(scheme: Scheme, scheme_id: str, version: str, title: str) -> Begun:
    """What a program computes cannot be drawn up in a form: those indicators are rated by people instead."""
    document = document_of(scheme)
    document |= {"id": scheme_id, "version": version} | ({"title": title} if title else {})
    left = (
        [_("方案「{title}」有自己的计分程序，复制后按通用规则计分，请用算例核对").format(title=scheme.title)]
        if _programmed(scheme)
        else []
    )
    for _address, node in walk(document):
        if node.get("rule") == "function":
            left.append(_("「{title}」由程序计算，改为由人评分").format(title=zh_of(node.get("title"))))
            _by_people(node)
    return Begun(document, tuple(left))


def _by_people(node: dict[str, Any]) -> None:
    for name in ("function", "levels", "fields", "default_level", "unique"):
        node.pop(name, None)
    node |= {"rule": "judged", "optional": True} | ({} if "points" in node else {"points": node.pop("max", 10)})


def _programmed(scheme: Scheme) -> bool:
    """Whether its plugin answers more than which schemes it brings."""
    manager = registry().manager
    for plugin in manager.get_plugins():
        brings = getattr(plugin, "kaohe_schemes", None)
        names = {each for each in ("kaohe_score", "kaohe_grade", "kaohe_indicators") if hasattr(plugin, each)}
        if brings and names and any(each.id == scheme.id for each in brings()):
            return True
    return False
