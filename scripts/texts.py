"""Brings the English catalogue up to the texts of code and templates: python scripts/texts.py

New texts come in untranslated, texts that are gone go out; nothing is guessed. No places are written, so that moving
code changes nothing here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
KAOHE = ROOT / "platform" / "kaohe"
TEMPLATES = ROOT / "frontend" / "templates"
ENGLISH = KAOHE / "locale" / "en" / "kaohe.po"
HEADER = """\
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
JINJA = {"encoding": "utf-8", "extensions": "jinja2.ext.do", "trim_blocks": "true", "silent": "false"}
# Of what speaks Chinese only (the command line, made-up data, a regulation's own words, documents, what people write in cells),
# the constants are no texts to be shown.
CHINESE_ONLY = re.compile(
    r"(cli|db|demo|plugins|scheme(?!/(flags|comparing_words))|scoring|spreadsheets)/|settings\.py$|national_calendar\.py$|/import_columns\.py$|designs/(proposing|sampling)\.py$|results/bulletin\.py$"
)


def texts() -> set[str]:
    found = set(_of_templates())
    for path in KAOHE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(_said(tree))
        if not CHINESE_ONLY.search(path.relative_to(KAOHE).as_posix()):
            found.update(_constants(tree))
    return found


def _of_templates() -> Iterator[str]:
    for path in TEMPLATES.rglob("*.html"):
        for _line, text, _comments, _context in extract_from_file(
            "jinja2.ext:babel_extract", path, keywords={"_": None}, options=JINJA
        ):
            assert isinstance(text, str)
            yield text


def _said(tree: ast.Module) -> Iterator[str]:
    """`_("…")`, and both of `_("…" if … else "…")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            first = node.args[0]
            for each in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
                if isinstance(each, ast.Constant):
                    yield str(each.value)


def _constants(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Chinese in the body of a module or class: a label or an error's title, translated where it is shown."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            yield from _constants(statement)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_chinese(node.value):
                    yield node.value


def is_chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def catalogue() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(locale="en")
    with ENGLISH.open("rb") as source:
        return read_po(source, locale="en")


def main() -> None:
    old, new = catalogue(), Catalog(locale="en")
    for text in sorted(texts()):
        kept = old.get(text)
        new.add(text, kept.string if kept else "")
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as target:
        target.write(HEADER.encode())
        write_po(target, new, width=0, no_location=True, omit_header=True)
    missing = sorted(str(message.id) for message in new if message.id and not message.string)
    print(f"{len(new)} texts, {len(missing)} without English", *missing, sep="\n")


if __name__ == "__main__":
    main()
