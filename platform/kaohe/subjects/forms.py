"""The form of a subject, made from what its kind asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from kaohe.i18n import _
from kaohe.subjects.kinds import SubjectKind, allowed_words, read_attribute, shown_attribute, title_of

Control = Literal["number", "select", "text", "lines"]
_CONTROLS: dict[str, Control] = {
    "decimal": "number", "integer": "number", "choice": "select", "boolean": "select", "map": "lines",
}  # fmt: skip


class Posted(Protocol):
    def __getitem__(self, name: str, /) -> str: ...

    def refuse(self, name: str, message: str) -> None: ...


@dataclass(frozen=True, slots=True)
class AttributeField:
    name: str
    label: str
    control: Control
    value: str
    hint: str
    options: tuple[tuple[str, str], ...]
    required: bool


def attribute_fields(kind: SubjectKind, attributes: Mapping[str, Any]) -> list[AttributeField]:
    found = []
    for name, attribute in kind.attributes.items():
        options = tuple((code, words or code) for code, words in attribute.choices.items())
        if attribute.type == "boolean":
            options = (("true", _("是")), ("false", _("否")))
        control: Control = "select" if options else _CONTROLS.get(attribute.type, "text")
        required = attribute.required and attribute.default is None
        field = AttributeField(
            f"attributes.{name}", title_of(name, attribute), control, typed(attributes.get(name)),
            allowed_words(attribute), options, required,
        )  # fmt: skip
        found.append(field)
    return found


def typed(value: Any) -> str:
    """As it stands in a control."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "\n".join(f"{name} {number}" for name, number in value.items())
    return str(value)


def read_attributes(form: Posted, kind: SubjectKind) -> dict[str, Any]:
    """What was typed; nothing typed is left out. Problems go to the form."""
    found = {}
    for name, attribute in kind.attributes.items():
        value, wrong = read_attribute(name, attribute, form[f"attributes.{name}"].strip().replace("\x00", ""))
        if wrong:
            form.refuse(
                f"attributes.{name}", _("{label}：{message}").format(label=title_of(name, attribute), message=wrong)
            )
        elif value is not None and value != {}:
            found[name] = value
    return found


def attribute_facts(kind: SubjectKind | None, attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(title, value) of all that is set, also of what no scheme asks for any more."""
    known = kind.attributes if kind else {}
    return [
        (title_of(name, known[name]) if name in known else name, shown_attribute(known.get(name), value))
        for name, value in attributes.items()
    ]
