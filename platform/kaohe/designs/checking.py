"""The live check: what stops a scheme from being used, and what its author should look at, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kaohe.designs import tree
from kaohe.designs.document import Document, checked_size, walk, write_document
from kaohe.designs.wording import fault_words
from kaohe.errors import FieldProblem, Invalid
from kaohe.i18n import _
from kaohe.scheme import yaml_text
from kaohe.scheme.checks import Finding, findings
from kaohe.scheme.loading import read_scheme
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadScheme

Degree = Literal["error", "warning", "remark", "acknowledged"]
_SECTIONS = {
    "articles": "articles", "parameters": "parameters", "demands": "calendar", "consequences": "calendar",
    "ranking": "outcomes", "grading": "outcomes", "honours": "outcomes", "awards": "outcomes", "flags": "outcomes",
    "stages": "outcomes", "total_cap": "outcomes", "total_floor": "outcomes", "words": "outcomes", "ways": "ways",
    "registers": "ways",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """`place`: what follows the draft's address, `nodes/0.1` or `sections/parameters`; `where`: its name."""

    degree: Degree
    message: str
    place: str
    where: str
    check: str = ""
    at: str = ""
    mend: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """`scheme` is None while there are errors."""

    scheme: Scheme | None
    checks: tuple[Check, ...]

    def of(self, degree: Degree) -> list[Check]:
        return [check for check in self.checks if check.degree == degree]

    @property
    def errors(self) -> list[Check]:
        return self.of("error")


def look(document: Document) -> Looked:
    """Blocks for a moment with a large scheme: call it by a thread."""
    text = write_document(document)
    try:
        checked_size(document)
        places = _Places(document, yaml_text.lines(text))
        scheme = read_scheme(text, "scheme")
    except BadScheme as bad:
        return Looked(None, tuple(_fault(places, message) for message in bad.messages))
    except Invalid as error:
        return Looked(None, (Check("error", error.message, "", ""),))
    return Looked(scheme, tuple(_finding(document, places, one) for one in _sorted(findings(scheme, text))))


def with_form(looked: Looked, problems: Iterable[FieldProblem], place: str, where: str) -> Looked:
    """What the form on screen refuses comes first; what the loader says of the same page would only repeat it."""
    refused = tuple(Check("error", problem.message, place, where) for problem in problems)
    if not refused:
        return looked
    rest = tuple(one for one in looked.checks if one.degree != "error" or one.place != place)
    return Looked(None, (*refused, *rest))


def _sorted(found: list[Finding]) -> list[Finding]:
    """Numbers as other programs would read them say nothing to who does not write YAML."""
    order = {"warning": 0, "remark": 1, "acknowledged": 2}
    kept = [one for one in found if one.check != "binary-fraction"]
    return sorted(kept, key=lambda one: (order[one.degree], one.line))


def _fault(places: _Places, message: str) -> Check:
    _name, line, said = message.split(":", 2)
    place, where = places.of(int(line))
    return Check("error", fault_words(said.strip()), place, where)


def _finding(document: Document, places: _Places, one: Finding) -> Check:
    place, where = places.of(one.line)
    if (address := tree.address_of(document, one.at)) is not None:
        place, where = f"nodes/{tree.written(address)}", title_of(tree.node_at(document, address))
    return Check(one.degree, one.message, place, where, one.check, one.at, one.mend, one.reason)


def title_of(node: Mapping[str, Any]) -> str:
    title = node.get("title")
    return str((title.get("zh") if isinstance(title, dict) else title) or node.get("code") or "")


class _Places:
    """From a line of the text to the page where it is mended."""

    def __init__(self, document: Document, lines: Mapping[yaml_text.Path, int]) -> None:
        self.nodes = {tree.written(address): title_of(node) for address, node in walk(document)}
        self.paths = sorted(
            ((line, path) for path, line in lines.items() if path), key=lambda each: (each[0], -len(each[1]))
        )

    def of(self, line: int) -> tuple[str, str]:
        """The last thing that begins on the line or before it."""
        path = next((each for at, each in reversed(self.paths) if at <= line), ("id",))
        if path[0] == "indicators":
            address = self._address(path)
            return (f"nodes/{address}", self.nodes.get(address, "")) if address else ("", "")
        section = _SECTIONS.get(str(path[0]), "identity")
        return f"sections/{section}", _section_label(section)

    def _address(self, path: yaml_text.Path) -> str:
        found: list[str] = []
        for name, index in _pairs(path):
            if name not in ("indicators", "children") or not isinstance(index, int):
                break
            found.append(str(index))
        return ".".join(found)


def _pairs(path: yaml_text.Path) -> Iterator[tuple[object, object]]:
    yield from zip(path[::2], path[1::2], strict=False)


def _section_label(name: str) -> str:
    from kaohe.designs.sections import section_of

    section = section_of(name)
    return _(section.label) if section else ""
