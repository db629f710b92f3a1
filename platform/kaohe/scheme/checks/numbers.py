"""Numbers as they are written. Here they are exact; other programs read some of them inexactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import yaml

from kaohe.scheme.checks.finding import Finding
from kaohe.scheme.yaml_text import compose

_PLAIN = re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$")
_OTHER = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+\.|[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+|[0-9]+_[0-9_.]+|\.inf|\.nan)$")


def findings(text: str) -> Iterator[Finding]:
    inexact: dict[str, int] = {}
    for value, line in _scalars(compose(text)):
        if _OTHER.match(value):
            message = f"{value} 这样的写法在别处会成为二进制小数"
            mend = "写成普通的小数，如 0.5、100"
            yield Finding(line, "warning", "binary-fraction", value, message, mend)
        elif _PLAIN.match(value) and not _is_binary(value):
            inexact.setdefault(value, line)
    if inexact:
        listed = "、".join(sorted(inexact, key=Fraction))
        message = f"{listed} 在这里按所写的小数精确读取，别的 YAML 程序会读成二进制小数"
        yield Finding(min(inexact.values()), "remark", "binary-fraction", "", message)


def _is_binary(value: str) -> bool:
    """Whether a binary fraction could hold it: the denominator is a power of two."""
    below = Fraction(value).denominator
    return below & (below - 1) == 0


def _scalars(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Values (not keys) that were written without quotes."""
    if isinstance(node, yaml.ScalarNode):
        if not node.style:
            yield node.value, node.start_mark.line + 1
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value)
