"""The small exact language of a scheme's YAML: `5 * satisfied / 100`, `total >= 90 and rank <= 3`.

Numbers are read from their text, `/` gives an exact fraction, and there is no other way to reach
anything than the names and functions that the place of use offers. An indicator's code may be
written bare inside a call: `count(staff.complaints.verified, 'year')`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kaohe.scheme.numbers import exact as exact
from kaohe.scheme.numbers import plain as plain
from kaohe.scheme.numbers import round_half_up as round_half_up
from kaohe.scheme.operations import BINARY, COMPARE, CONSTANTS, FUNCTIONS
from kaohe.scheme.operations import FormulaError as FormulaError
from kaohe.scheme.operations import NoData as NoData

MOST_DIGITS = 30
_NUMBER = re.compile(rf"(?=.{{1,{MOST_DIGITS}}}$)[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{{1,2}})?")
Evaluator = Callable[[Mapping[str, Any]], Any]


def plain_text(value: object) -> str:
    """Of whatever stands where a number was expected."""
    return f"「{value}」" if isinstance(value, str) else str(value)[:60]


_TYPED = re.compile(r"[+]?[\d,，_.]*\d[%％]?")
_PLAINLY = "数写成 60、0.5 这样：半角，没有正号、百分号、千分位和多余的 0"
_FULL_WIDTH = re.compile(r"[‘’“”，、。；：（）％！-～　]")
_MISTAKES = (
    (_TYPED, _PLAINLY),
    (re.compile(r".*=>.*"), "大于等于写 >="),
    (re.compile(r".*=<.*"), "小于等于写 <="),
    (re.compile(r".*[^=<>!]=[^=].*"), "相等写 =="),
    (re.compile(r".*(&&|\|\||!(?!=)).*"), "并且、或者、不成立写 and、or、not"),
)


def _syntax(error: SyntaxError, text: str) -> str:
    for form, mend in _MISTAKES:
        if form.fullmatch(text):
            return mend
    if found := _FULL_WIDTH.search(text):
        return f"有全角的「{found[0]}」，改成半角"
    return f"第 {error.offset} 个字符附近不对" if error.offset else "没有写完整"


class Formula:
    """A number, or an expression; the same text gives the same result wherever it stands."""

    __slots__ = ("_run", "calls", "constant", "names", "text")

    def __init__(self, source: object) -> None:
        self.constant: Fraction | bool | None = None
        self.names: frozenset[str] = frozenset()
        self.calls: tuple[tuple[str, tuple[object, ...]], ...] = ()
        if isinstance(source, bool):
            self.text, self.constant = str(source).lower(), source
        elif isinstance(source, int | Decimal | Fraction):
            self.text, self.constant = plain(source), Fraction(source)
            if abs(source) >= 10**MOST_DIGITS:
                raise FormulaError(f"「{self.text[:40]}」太大，整数部分至多 {MOST_DIGITS} 位")
        elif isinstance(source, str):
            self.text = source.strip()
            self._compile()
            return
        else:
            raise FormulaError(f"{plain_text(source)} 既不是数也不是公式")
        self._run: Evaluator = lambda _env, value=self.constant: value  # type: ignore[misc]

    def __call__(self, env: Mapping[str, Any]) -> Any:
        try:
            return self._run(env)
        except FormulaError as error:
            raise (error if self.text in str(error) else FormulaError(f"「{self.text}」：{error}")) from None
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
            raise FormulaError(f"「{self.text}」算不出来：{error}") from None

    def number(self, env: Mapping[str, Any]) -> Fraction:
        """Raises NoData where there is none, FormulaError where it is something else."""
        value = self(env)
        if type(value) is Fraction:
            return value
        if isinstance(value, int | Decimal):
            return Fraction(value)
        if value is None:
            raise NoData(self.text)
        raise FormulaError(f"「{self.text}」的结果{plain_text(value)}不是数")

    def holds(self, env: Mapping[str, Any]) -> bool:
        """As a condition: without data it does not hold."""
        try:
            return bool(self(env))
        except NoData:
            return False

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def _compile(self) -> None:
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise FormulaError(f"「{self.text}」不是公式：{_syntax(error, self.text)}") from None
        except (RecursionError, MemoryError, ValueError):
            raise FormulaError("公式太长、层次太深") from None
        compiler = _Compiler(self.text)
        try:
            self._run = compiler.node(tree)
        except FormulaError:
            if _TYPED.fullmatch(self.text):
                raise FormulaError(f"「{self.text}」：{_PLAINLY}") from None
            raise
        except RecursionError:
            raise FormulaError("公式太长、层次太深") from None
        self.names, self.calls = frozenset(compiler.names), tuple(compiler.calls)
        if isinstance(tree, ast.Constant):
            self.constant = self._run({})


class _Compiler:
    """Turns the tree into closures once, so that a formula costs little for each of many subjects."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.calls: list[tuple[str, tuple[object, ...]]] = []

    def node(self, tree: ast.expr) -> Evaluator:
        method = getattr(self, "_" + type(tree).__name__.lower(), None)
        if method is None:
            raise FormulaError(f"「{ast.unparse(tree)}」不能写在公式里")
        run: Evaluator = method(tree)
        return run

    def _constant(self, tree: ast.Constant) -> Evaluator:
        value = tree.value
        if isinstance(value, bool | str) or value is None:
            return lambda _env: value
        text = ast.get_source_segment(self.text, tree) or ""
        if not _NUMBER.fullmatch(text):
            raise FormulaError(f"「{text[:40]}」不是普通的数，写成 5、0.5 这样，至多 {MOST_DIGITS} 位")
        number = Fraction(text)
        exact = number.numerator if number.denominator == 1 else number
        return lambda _env: exact

    def _name(self, tree: ast.Name) -> Evaluator:
        name = tree.id
        if name in CONSTANTS:
            constant = CONSTANTS[name]
            return lambda _env: constant
        self.names.add(name)

        def run(env: Mapping[str, Any]) -> Any:
            try:
                return env[name]
            except KeyError:
                raise FormulaError(f"这里没有「{name}」") from None

        return run

    def _binop(self, tree: ast.BinOp) -> Evaluator:
        function = self._operation(BINARY, tree.op)
        left, right = self.node(tree.left), self.node(tree.right)
        return lambda env: function(left(env), right(env))

    def _operation(self, table: Mapping[Any, Any], op: ast.AST) -> Callable[[Any, Any], Any]:
        try:
            function: Callable[[Any, Any], Any] = table[type(op)]
        except KeyError:
            raise FormulaError(f"「{self.text}」用了公式里没有的运算") from None
        return function

    def _unaryop(self, tree: ast.UnaryOp) -> Evaluator:
        operand = self.node(tree.operand)
        if isinstance(tree.op, ast.Not):
            return lambda env: not operand(env)
        if isinstance(tree.op, ast.USub):
            return lambda env: -operand(env)
        raise FormulaError(f"「{self.text}」用了公式里没有的运算")

    def _boolop(self, tree: ast.BoolOp) -> Evaluator:
        parts = [self.node(value) for value in tree.values]
        test = all if isinstance(tree.op, ast.And) else any
        return lambda env: test(part(env) for part in parts)

    def _compare(self, tree: ast.Compare) -> Evaluator:
        operands = [self.node(part) for part in (tree.left, *tree.comparators)]
        tests = [self._operation(COMPARE, op) for op in tree.ops]

        def run(env: Mapping[str, Any]) -> bool:
            values = [part(env) for part in operands]
            return all(test(a, b) for test, a, b in zip(tests, values, values[1:], strict=False))

        return run

    def _ifexp(self, tree: ast.IfExp) -> Evaluator:
        test, yes, no = self.node(tree.test), self.node(tree.body), self.node(tree.orelse)
        return lambda env: yes(env) if test(env) else no(env)

    def _list(self, tree: ast.List | ast.Tuple) -> Evaluator:
        parts = [self.node(part) for part in tree.elts]
        return lambda env: [part(env) for part in parts]

    _tuple = _list

    def _subscript(self, tree: ast.Subscript) -> Evaluator:
        value, key = self.node(tree.value), self.node(tree.slice)

        def run(env: Mapping[str, Any]) -> Any:
            held, wanted = value(env), key(env)
            if isinstance(held, Mapping) and wanted in held:
                return exact(held[wanted])
            raise FormulaError(f"「{ast.unparse(tree.value)}」里没有「{wanted}」")

        return run

    def _attribute(self, tree: ast.Attribute) -> Evaluator:
        code = ast.unparse(tree)
        return lambda _env: code

    def _argument(self, tree: ast.expr) -> Evaluator:
        """A name that stands for nothing else is an indicator's code without a dot."""
        value = self.node(tree)
        if not isinstance(tree, ast.Name):
            return value
        code = tree.id
        return lambda env: value(env) if code in CONSTANTS or _known(code, env) else code

    def _call(self, tree: ast.Call) -> Evaluator:
        if not isinstance(tree.func, ast.Name) or tree.keywords:
            raise FormulaError(f"「{ast.unparse(tree)}」不能写在公式里")
        name, arguments = tree.func.id, [self._argument(part) for part in tree.args]
        self.calls.append((name, tuple(_literal(part) for part in tree.args)))
        if builtin := FUNCTIONS.get(name):
            return lambda env: builtin(*(part(env) for part in arguments))
        self.names.add(name)
        fixed = [argument({}) for argument in arguments] if all(map(_is_fixed, tree.args)) else None

        def run(env: Mapping[str, Any]) -> Any:
            function = env.get(name)
            if not callable(function):
                raise FormulaError(f"这里没有函数「{name}」")
            return function(*([part(env) for part in arguments] if fixed is None else fixed))

        return run


def _known(name: str, env: Mapping[str, Any]) -> bool:
    try:
        env[name]
    except KeyError:
        return False
    except NoData:
        return True
    return True


def _is_fixed(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Attribute | ast.Constant)


def _literal(tree: ast.expr) -> object:
    if isinstance(tree, ast.Attribute | ast.Name):
        return ast.unparse(tree)
    return tree.value if isinstance(tree, ast.Constant) else None
