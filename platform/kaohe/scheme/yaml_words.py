"""What a YAML reader says of a broken text, in words an author can act on, at the line that has to be mended."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

_FULL_WIDTH = re.compile(r"[：，；｛｝［］（）“”‘’＂＇　]")
_BLOCK = "缩进对不齐：同一级的行从同一列开始，下一级多缩进两格"
Told = tuple[str, int]


def worded(error: yaml.MarkedYAMLError, text: str) -> Told:
    """The message and the line, from 1. Where something was left open, the line is that of its beginning."""
    problem, context = error.problem or "", error.context or ""
    for form, at_beginning, tell in _WORDS:
        found = re.search(form, f"{context}|{problem}")
        if not found:
            continue
        mark = (error.context_mark if at_beginning else None) or error.problem_mark or error.context_mark
        return _suspected(text, tell(*found.groups()), mark.line + 1 if mark else 1)
    mark = error.problem_mark or error.context_mark
    return problem or "写法不对", mark.line + 1 if mark else 1


def _suspected(text: str, message: str, line: int) -> Told:
    """Full-width punctuation in this line or the one before it is the usual cause."""
    lines = text.splitlines()
    for number in (line, line - 1):
        written = lines[number - 1].split(" #")[0] if 0 < number <= len(lines) else ""
        found = _FULL_WIDTH.search(written)
        if found and (number == line or ": " not in written):
            return f"{message}；这一行有全角的「{found[0]}」，结构里的标点要用半角", number
    return message, line


def _character(found: str) -> str:
    return "用了制表符（Tab），改成空格" if found in ("\\t", "\t") else f"「{found}」不能开头，给这个值加上引号"


_WORDS: tuple[tuple[str, bool, Callable[..., str]], ...] = (
    (r"found character '(.+)' that cannot start any token", False, _character),
    (r"could not find expected ':'", True, lambda: "这一行没有「键: 值」的冒号，冒号后要有空格"),
    (r"flow mapping\|expected ',' or '}'", True, lambda: "从这里开始的「{」没有写完：少了「}」、逗号或引号"),
    (r"flow sequence\|expected ',' or ']'", True, lambda: "从这里开始的「[」没有写完：少了「]」、逗号或引号"),
    (r"quoted scalar\|found unexpected end", True, lambda: "从这里开始的引号没有闭合"),
    (r"\|mapping values are not allowed here", False, lambda: "多了一个冒号，或缩进不对；值里有冒号的，给值加上引号"),
    (r"\|sequence entries are not allowed here", False, lambda: "「- 」前面少了换行"),
    (r"\|expected <block end>", False, lambda: _BLOCK),
    (r"\|found undefined alias '?([^']*)", False, lambda name: f"引用了「*{name}」，前面没有「&{name}」"),
    (r"\|but found another document", False, lambda: "一个文件只写一份，删去后面的「---」和那一份"),
    (r"recursive node", False, lambda: "「*」引用绕回了自己"),
    (r"\|expected the node content, but found '(.+)'", False, lambda found: f"多了一个「{found}」"),
    (r"expected chomping", False, lambda: "以「>」或「|」开头的值要加引号"),
    (r"constructor for the tag '?([^']*)", False, lambda tag: f"不能用类型标记「{tag}」，删去"),
)  # fmt: skip
