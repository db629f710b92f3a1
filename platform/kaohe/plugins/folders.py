"""A plugin as an author has it on the disk, installed or not: its schemes with their text, its cases."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from kaohe.plugins.manager import build_registry
from kaohe.plugins.testing import BadCase, Case, read_case_text
from kaohe.scheme.loading import load_scheme
from kaohe.scheme.model import Scheme
from kaohe.scheme.problems import BadScheme
from kaohe.scheme.yaml_text import YamlError, lines


class Written(Struct, frozen=True):
    """A scheme and the file that it was read from."""

    path: Path
    text: str
    scheme: Scheme


def read_written(path: Path) -> list[Written]:
    """Of one YAML file, of a package, or of a plugin's folder. Raises BadScheme with everything wrong."""
    found, wrong = [], []
    for package in packages(path):
        module = _module(package)
        for file in [path] if path.is_file() else sorted(package.glob("*.yaml")):
            try:
                found.append(_read(file, module))
            except BadScheme as bad:
                wrong += [message.replace(file.name, str(file), 1) for message in bad.messages]
    if wrong:
        raise BadScheme(wrong)
    if not found:
        raise BadScheme([f"{path}: 这里没有方案的 YAML"])
    return found


def read_own_cases(path: Path) -> Iterator[tuple[Path, Case]]:
    """The cases beside the schemes, of these schemes only. Raises BadScheme where they cannot be read."""
    wanted = {written.scheme.id for written in read_written(path)}
    for package in packages(path):
        for file in sorted((package / "cases").glob("*.yaml")):
            yield from ((file, case) for case in _cases(file) if case.scheme in wanted)


def _cases(file: Path) -> list[Case]:
    text = ""
    try:
        text = file.read_text("utf-8-sig")
        return list(read_case_text(text, file.name))
    except UnicodeDecodeError:
        raise BadScheme([f"{file}:1: 不是 UTF-8 的文本，请另存为 UTF-8"]) from None
    except YamlError as error:
        raise BadScheme([f"{file}:{error.line}: 不是合法的 YAML：{error}"]) from None
    except BadCase as error:
        raise BadScheme([f"{file}:{lines(text).get(error.at, 1)}: {error}"]) from None


def covered(cases: list[Case], scheme: str) -> set[str]:
    """What a scheme's scored cases touch: leaves recorded or named by an expected line, and items expected."""
    found: set[str] = set()
    for case in cases:
        if case.scheme == scheme and case.expect:
            found |= {str(record.get("leaf")) for record in case.facts.get("records") or ()}
            for sheet in case.expect.values():
                found |= {str(line.get("leaf")) for line in sheet.get("lines") or ()} | {*(sheet.get("items") or ())}
    return found


def packages(path: Path) -> list[Path]:
    """Where the schemes' files lie."""
    if path.is_file():
        return [path.parent]
    inside = sorted(init.parent for init in path.glob("src/*/__init__.py"))
    return inside or [path]


def _read(file: Path, module: ModuleType | None) -> Written:
    scheme = load_scheme(file, _functions(module))
    text = file.read_text("utf-8")
    if module is None:
        return Written(file, text, scheme)
    held = build_registry([(module.__name__, module)])
    if scheme.version not in {each.version for each in held.versions(scheme.id)}:
        mend = "在 __init__.py 里写 @hookimpl 的 kaohe_schemes，返回 load_schemes(__file__)"
        raise BadScheme([f"{file.name}:1: 插件没有交出方案 {scheme.id} 的这一版；{mend}"])
    return Written(file, text, held.scheme(scheme.id, scheme.version))


def _functions(module: ModuleType | None) -> dict[str, Callable[..., Any]]:
    rules = getattr(module, "rules", None)
    return {name: value for name, value in vars(rules or object).items() if callable(value)}


def _module(package: Path) -> ModuleType | None:
    """The plugin itself, from this folder even where another one of that name is installed."""
    file = package / "__init__.py"
    if not file.is_file():
        return None
    for name in [name for name in sys.modules if name.split(".")[0] == package.name]:
        del sys.modules[name]
    spec = importlib.util.spec_from_file_location(package.name, file, submodule_search_locations=[str(package)])
    if spec is None or spec.loader is None:
        return None
    module = sys.modules[package.name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise BadScheme(
            [f"{package / Path(error.filename or file).name}:{error.lineno or 1}: 不是合法的 Python：{error.msg}"]
        ) from None
    except BadScheme:
        raise
    except Exception as error:  # noqa: BLE001 (whatever an author's module does when it is loaded)
        raise BadScheme([f"{file}:1: 装载插件时出错，请改正：{type(error).__name__}: {error}"]) from None
    return module
