"""Who names whom: articles, parameters, flags, cases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import CodeType

from kaohe.scheme.checks.finding import Finding, Looked
from kaohe.scheme.checks.outcomes import flags_of
from kaohe.scheme.model import Indicator
from kaohe.scheme.references import formulas_below

_BY_CONVENTION = {"aggregate", "tie_break"}
_NUMBERS = ("decimal", "integer", "map")


def findings(looked: Looked) -> Iterator[Finding]:
    yield from _articles(looked)
    yield from _parameters(looked)
    yield from _words(looked)


def _articles(looked: Looked) -> Iterator[Finding]:
    scheme = looked.scheme
    for path, node in looked.nodes:
        if not node.article:
            message = f"「{node.code}」没有写依据的条款"
            yield Finding(looked.line(path), "warning", "article-missing", node.code, message, "写上 article")
        elif scheme.articles and not any(node.article.startswith(article) for article in scheme.articles):
            message = f"「{node.code}」依据 {node.article}，条款表里没有"
            line = looked.line((*path, "article"))
            yield Finding(line, "warning", "article-unknown", node.code, message, "改条款，或在 articles 里补上")
    cited = [
        *(node.article for _, node in looked.nodes),
        *(parameter.article for parameter in scheme.parameters.values()),
        *(consequence.article for consequence in scheme.consequences),
        *(entry.article for entry in scheme.demands.rounds),
        *(way.article for way in scheme.ways),
        *(register.article for register in scheme.registers),
        scheme.demands.article,
    ]
    for article in scheme.articles:
        if not any(each.startswith(article) for each in cited):
            line, message = looked.line(("articles", article)), f"{article} 没有指标、参数或后果引用"
            mend = "补上它规定的内容，或承认它不计分"
            yield Finding(line, "warning", "article-unused", article, message, mend)


def _words(looked: Looked) -> Iterator[Finding]:
    """People read a flag on the sheet: one in Chinese tells itself."""
    for flag in sorted({flag for flag in flags_of(looked) if flag.isascii() and looked.scheme.word(flag).zh == flag}):
        message = f"标记「{flag}」没有写明含义，得分表上会照写代码"
        mend = f"写 words: {{{flag}: 中文说法}}，或直接用中文作标记"
        yield Finding(looked.line(("words",)), "warning", "flag-untold", flag, message, mend)


def _parameters(looked: Looked) -> Iterator[Finding]:
    used = _used(looked)
    for name, parameter in looked.scheme.parameters.items():
        line = looked.line(("parameters", name))
        if name not in used:
            yield Finding(line, "warning", "parameter-unused", name, f"参数 {name} 没有用到", "在公式里用它，或删去")
        if parameter.type in _NUMBERS and (parameter.min is None or parameter.max is None):
            message = f"参数 {name} 没有写全范围，填什么都会接受"
            yield Finding(line, "warning", "parameter-unbounded", name, message, "写上 min 和 max")


def _used(looked: Looked) -> set[str]:
    scheme = looked.scheme
    named = {grading.parameter for grading in scheme.grading} | {scheme.leaf_points}
    channels = {f"channel_{channel.id}" for channel in scheme.channels}
    found = {name for name in named if name} | channels | _BY_CONVENTION
    for formula in formulas_below(scheme):
        found |= formula.names
    for function in scheme.functions.values():
        found |= _constants(function.__code__)
    return found


def _constants(code: CodeType) -> set[str]:
    """Texts in a plugin's function: `view.name('x')` and `view.parameters['x']` name a parameter so."""
    found: set[str] = set()
    for constant in code.co_consts:
        if isinstance(constant, str):
            found.add(constant)
        elif isinstance(constant, CodeType):
            found |= _constants(constant)
    return found


def without_case(looked: Looked, covered: Collection[str]) -> Iterator[Finding]:
    for path, node in looked.nodes:
        if node.is_leaf and node.code not in covered and not _derived_from(node, covered):
            message = f"「{node.code}」没有算例"
            mend = "在 cases/ 里为它写一个算例"
            yield Finding(looked.line(path), "warning", "leaf-without-case", node.code, message, mend)


def _derived_from(node: Indicator, covered: Collection[str]) -> bool:
    """What nobody records is tried where one of the leaves it reads is, or where its item is expected."""
    if node.formula is None:
        return False
    if node.rule == "formula" and any(node.code.startswith(f"{code}.") for code in covered):
        return True
    return any(code in covered for _, codes in node.formula.calls for code in codes)
