"""From the rows of a spreadsheet to a tree, with codes and articles of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from kaohe.designs.document import Document
from kaohe.designs.importing import Line, shares, worth
from kaohe.designs.naming import code_for
from kaohe.designs.proposing import Number
from kaohe.designs.tree import codes
from kaohe.i18n import _

Node = dict[str, Any]


class Builder:
    """Puts the nodes together, with codes and articles of their own."""

    def __init__(self, document: Document, window: str) -> None:
        self.taken, self.window = codes(document), window
        self.articles: dict[str, str] = {}
        self.known = set(document.get("articles") or {})

    def build(self, lines: Iterable[Line]) -> list[Node]:
        return [self._project(name, list(group)) for name, group in groupby(lines, key=lambda line: line.project)]

    def _project(self, name: str, lines: list[Line]) -> Node:
        if len(lines) == 1 and not lines[0].item:
            return self._leaf(name, "", lines[0], worth(lines))
        shared = worth(lines) if shares(lines) else None
        code = self._code(name, "")
        children = []
        for item, group in groupby(lines, key=lambda line: line.item):
            mine = list(group)
            if len(mine) == 1 or not item:
                children += [
                    self._leaf(each.item or _clipped(each.standard), code, each, self._own(each, shared))
                    for each in mine
                ]
            else:
                below = self._code(item, code)
                leaves = [self._leaf(_clipped(each.standard), below, each, self._own(each, shared)) for each in mine]
                children.append(self._branch(item, below, leaves, None, mine[0].article))
        return self._branch(name, code, children, shared, lines[0].article)

    def _own(self, line: Line, shared: Number | None) -> Number | None:
        return None if shared is not None else line.points

    def _branch(self, title: str, code: str, children: list[Node], points: Number | None, article: str) -> Node:
        given = [child["points"] for child in children if "points" in child]
        node: Node = {"code": code, "title": title, "article": article or self._article(title, "")}
        rules = {str(child["rule"])[:5] for child in children}
        if points is not None and rules <= {"deduc", "bonus"} and "deduc" in rules:
            for rewarding in [child for child in children if str(child["rule"]).startswith("bonus")]:
                rewarding["after_floor"] = True
            node |= {"rule": "deduct-from-full", "points": points}
        elif rules == {"bonus"}:
            node |= {"line": "bonus"} | ({"caps": {self.window: points}} if points is not None else {})
        else:
            total = points if points is not None else sum(given)
            node |= {"points": total} if total else {}
        return node | {"children": children}

    def _leaf(self, title: str, parent: str, line: Line, points: Number | None) -> Node:
        code = self._code(title, parent)
        article = line.article or self._article(title, line.standard)
        if line.standard and article not in self.known:
            self.articles[article] = "；".join(filter(None, (self.articles.get(article), line.standard)))
        node: Node = {"code": code, "title": title, "article": article, "rule": line.proposal.rule}
        node |= {name: value for name, value in line.proposal.members.items() if value is not None}
        if node.pop("highest_only", False):
            node["highest_only"] = code
        caps = {window or self.window: most for window, most in line.proposal.caps.items()}
        node |= ({"caps": caps} if caps else {}) | ({"evidence": list(line.evidence)} if line.evidence else {})
        return self._from_full(node, points) if points is not None else node

    def _from_full(self, node: Node, points: Number) -> Node:
        """A row that is worth points and takes some away starts from them; one that adds stops at them."""
        rule = str(node["rule"])
        if rule.startswith("bonus"):
            node.setdefault("caps", {self.window: points})
        if not rule.startswith("deduct"):
            return node
        below = {
            **node,
            "code": self._code(_("扣分"), node["code"]),
            "title": _("{title}扣分").format(title=node["title"]),
        }
        return {"code": node["code"], "title": node["title"], "article": node["article"], "rule": "deduct-from-full",
                "points": points, "children": [below]}  # fmt: skip

    def _code(self, title: str, parent: str) -> str:
        code = code_for(title, parent, self.taken)
        self.taken.add(code)
        return code

    def _article(self, title: str, standard: str) -> str:
        """The regulation names none: the standard stands under the item's own name."""
        return _("评分标准·{title}").format(title=title[:40])


def _clipped(text: str) -> str:
    first = re.split(r"[，,。；;：:\n]", text)[0]
    return first[:24] or text[:24]


def put_into(document: Document, lines: Sequence[Line], *, replacing: bool, window: str) -> None:
    """The tree grows by them, or begins anew with them."""
    if replacing:
        document["indicators"] = []
    builder = Builder(document, window)
    made = builder.build(lines)
    document["indicators"] = [*document.get("indicators", []), *made]
    if builder.articles or document.get("articles"):
        document["articles"] = {
            **(document.get("articles") or {}),
            **builder.articles,
            **_headings(made, builder.articles),
        }


def _headings(nodes: Iterable[Node], articles: Mapping[str, str]) -> dict[str, str]:
    """A branch's article has no text of its own: the titles below stand for it."""
    found: dict[str, str] = {}
    for node in nodes:
        children = node.get("children") or []
        if children and node["article"] not in articles:
            found[node["article"]] = "；".join(str(child["title"]) for child in children)
        found |= _headings(children, articles)
    return found
