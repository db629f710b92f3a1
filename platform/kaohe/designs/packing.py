"""A scheme as a plugin's folder, packed: out for programmers and other places, in from them. Nothing in it is run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from string import Template

from kaohe.designs.document import Document, read_document, write_document
from kaohe.errors import Invalid
from kaohe.i18n import _
from kaohe.plugins.blank import FILES

MOST_BYTES = 2 * 1024**2
MOST_UNPACKED = 4 * 1024**2
MOST_FILES = 200
_PLACE = re.compile(r"(?:[^/]+/)?(?:src/[A-Za-z0-9_]+/)?[A-Za-z0-9_.-]+\.ya?ml")
_SCHEME = "src/kaohe_$module/scheme.yaml"
_CASES = "src/kaohe_$module/cases/example.yaml"


def pack(document: Document, cases: str) -> bytes:
    """The folder that `kaohe scheme new` makes, with this scheme in it."""
    name = str(document["id"])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, content in _files(document, cases, {"name": name, "module": name.replace("-", "_")}):
            packed.writestr(zipfile.ZipInfo(f"{name}/{place}"), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _files(document: Document, cases: str, words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for place, template in FILES.items():
        content = Template(template).substitute(words)
        if place == _SCHEME:
            content = write_document(document)
        elif place == _CASES:
            content = cases
        yield Template(place).substitute(words), content


def unpack(data: bytes) -> tuple[list[Document], list[str]]:
    """The schemes in it, and what else of it was left aside. Raises Invalid.

    Read member by member in memory: no name in the archive ever becomes a path, and no Python is read at all.
    """
    if len(data) > MOST_BYTES:
        raise Invalid(_("文件超过 {most} MB").format(most=MOST_BYTES // 1024**2))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            texts, left = _read(packed)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise Invalid(_("不是可以打开的 zip 文件，或已加密、已损坏")) from None
    if not texts:
        raise Invalid(_("里面没有方案的 YAML（src/…/scheme.yaml）"))
    return [read_document(text) for text in texts], left


def _read(packed: zipfile.ZipFile) -> tuple[list[str], list[str]]:
    members = [each for each in packed.infolist() if not each.is_dir()]
    if len(members) > MOST_FILES or sum(each.file_size for each in members) > MOST_UNPACKED:
        raise Invalid(_("解压后文件过多或过大"))
    texts, left = [], []
    for member in members:
        if ".." in PurePosixPath(member.filename).parts or member.filename.startswith(("/", "\\")):
            raise Invalid(_("压缩包里有指向文件夹之外的路径「{path}」").format(path=member.filename[:80]))
        if _PLACE.fullmatch(member.filename):
            texts.append(_text(packed, member))
        elif member.filename.endswith("rules.py"):
            left.append(_("「{name}」是程序，没有导入").format(name=member.filename))
    return texts, left


def _text(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Never more than was announced: the announcement may lie."""
    with packed.open(member) as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Invalid(_("解压后文件过多或过大"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_("「{name}」不是 UTF-8 编码").format(name=member.filename[:80])) from None
