"""Changes to the tree of a document. An address is the way down: (0, 2) is the third child of the first node."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from kaohe.designs.document import Document, walk
from kaohe.designs.members import zh_of
from kaohe.designs.naming import code_for
from kaohe.errors import Invalid, NotFound
from kaohe.i18n import _

Address = tuple[int, ...]
Node = dict[str, Any]


def parse(text: str) -> Address:
    """Raises NotFound for anything that is no address."""
    if not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,15}", text, re.ASCII):
        raise NotFound
    return tuple(int(part) for part in text.split("."))


def written(address: Address) -> str:
    return ".".join(map(str, address))


def siblings(document: Document, above: Address) -> list[Node]:
    """The list that holds the children; it is made where there is none."""
    holder: Any = document
    name = "indicators"
    for index in above:
        holder, name = _at(holder.get(name), index), "children"
    held: list[Node] = holder.setdefault(name, [])
    return held


def node_at(document: Document, address: Address) -> Node:
    found: Any = document
    for index in address:
        found = _at(found.get("indicators" if found is document else "children"), index)
    if not address:
        raise NotFound
    node: Node = found
    return node


def _at(nodes: Any, index: int) -> Any:
    if not isinstance(nodes, list) or index >= len(nodes) or not isinstance(nodes[index], dict):
        raise NotFound
    return nodes[index]


def address_of(document: Document, code: str) -> Address | None:
    return next((address for address, node in walk(document) if node.get("code") == code), None)


def codes(document: Document) -> set[str]:
    return {str(node.get("code")) for _address, node in walk(document)}


def add(document: Document, above: Address, title: str) -> Address:
    """A new leaf at the end; a leaf that gets its first child becomes a branch."""
    parent = node_at(document, above) if above else {}
    if parent and not parent.get("children"):
        _become_branch(parent)
    listed = siblings(document, above)
    code = code_for(title, str(parent.get("code", "")), codes(document))
    listed.append({"code": code, "title": title, "rule": "judged", "points": 5})
    return (*above, len(listed) - 1)


def _become_branch(node: Node) -> None:
    """What a leaf's rule asked for goes; points, article and title stay."""
    kept = ("code", "title", "article", "kinds", "points", "points_by_kind", "line", "caps", "periods", "item")
    for name in [name for name in node if name not in kept]:
        del node[name]


def remove(document: Document, address: Address) -> Node:
    listed, node = siblings(document, address[:-1]), node_at(document, address)
    listed.remove(node)
    if not listed and len(address) > 1:
        _become_leaf(node_at(document, address[:-1]))
    return node


def _become_leaf(node: Node) -> None:
    """A branch that lost its last child is rated by people until somebody says otherwise."""
    for name in ("children", "rule", "part_caps", "floor", "effects"):
        node.pop(name, None)
    node["rule"] = "judged"
    node.setdefault("points", 5)


def duplicate(document: Document, address: Address) -> Address:
    """Right behind it, with codes of its own."""
    made = copy.deepcopy(node_at(document, address))
    taken, above = codes(document), node_at(document, address[:-1]) if len(address) > 1 else {}
    made["title"] = _copied(made.get("title"))
    _recode(made, code_for(zh_of(made["title"]), str(above.get("code", "")), taken))
    siblings(document, address[:-1]).insert(address[-1] + 1, made)
    return (*address[:-1], address[-1] + 1)


def _copied(title: Any) -> str:
    return _("{title}（副本）").format(title=zh_of(title))


def _recode(node: Node, code: str) -> None:
    before = str(node.get("code", ""))
    node["code"] = code
    for child in node.get("children") or ():
        below = str(child.get("code", ""))
        _recode(child, code + below[len(before) :] if below.startswith(before + ".") else f"{code}.{below}")


def move(document: Document, address: Address, way: str) -> Address:
    """`up`, `down`, `in` (under the one before), `out` (behind its parent). Raises Invalid where it cannot go."""
    listed, index = siblings(document, address[:-1]), address[-1]
    node = node_at(document, address)
    if way in ("up", "down"):
        to = index + (1 if way == "down" else -1)
        if not 0 <= to < len(listed):
            raise Invalid(_("已经到头了"))
        listed.insert(to, listed.pop(index))
        return (*address[:-1], to)
    if way == "in":
        if not index:
            raise Invalid(_("前面没有同级指标，不能降级"))
        return put(document, node, (*address[:-1], index - 1))
    if len(address) < 2:
        raise Invalid(_("已经是最上一级"))
    return put(document, node, address[:-2], after=address[-2])


def put(document: Document, node: Node, above: Address, after: int | None = None) -> Address:
    """Elsewhere, with all below it. Codes stay: records and formulas know a node by its code."""
    home = node_at(document, above) if above else document
    if any(each is home for each in _below(node)):
        raise Invalid(_("不能移到它自己的下面"))
    if above and not home.get("children"):
        _become_branch(home)
    old = address_of(document, str(node.get("code")))
    listed = home.setdefault("children" if above else "indicators", [])
    anchor = listed[after] if after is not None else None
    assert old is not None
    remove(document, old)
    listed.insert(listed.index(anchor) + 1 if anchor is not None else len(listed), node)
    return next(address for address, each in walk(document) if each is node)


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("children") or ():
        yield from _below(child)


def rename(document: Document, before: str, after: str) -> None:
    """A code, wherever it is named: below it, in formulas, in lists of codes."""
    form = re.compile(rf"(?<![\w.]){re.escape(before)}(?![\w])")
    _replace(document, form, after)


_WORDS = {"title", "article", "articles", "note", "unit", "regulation", "issuer", "interpreter", "why", "reason", "evidence",
          "choices", "stand_in_remark", "only_when_remark", "remark", "id", "version"}  # fmt: skip


def _replace(held: Any, form: re.Pattern[str], after: str) -> None:
    members = held.items() if isinstance(held, dict) else enumerate(held)
    for name, value in list(members):
        if name in _WORDS:
            continue
        if isinstance(value, str):
            held[name] = form.sub(after, value)
        elif isinstance(value, dict | list):
            _replace(value, form, after)
