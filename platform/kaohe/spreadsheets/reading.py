"""From the bytes of a file to lines of cell texts."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

import msgspec

from kaohe.i18n import _
from kaohe.spreadsheets import workbook
from kaohe.spreadsheets.table import Column, Table, clean, make_table

MOST_BYTES = 50 * 1024**2
MOST_UNPACKED = 400 * 1024**2
MOST_ROWS = 200_000
MOST_CELL = 10_000  # characters
SECONDS = 60

Lines = Iterator[tuple[int, Sequence[str]]]


class Unreadable(Exception):
    """The file as a whole cannot be used; the text says why and what to do."""


def read_table(
    data: bytes, filename: str, columns: Sequence[Column], *, merged: bool = True, strict: bool = True
) -> Table:
    """Never raises for a bad file: see `problems`. Blocks (a workbook is read by another process).

    `merged`: a cell merged over several rows counts in each of them, and not in the first alone.
    Unless `strict`, columns with other heads are left out (`Table.ignored`)."""
    sheet = PurePath(filename).stem or "表"
    try:
        sheet, lines = _lines(data, filename, sheet, merged)
        return make_table(sheet, _checked(lines), columns, strict=strict)
    except Unreadable as problem:
        table = Table(sheet)
        table.refuse_file(str(problem))
        return table


def _lines(data: bytes, filename: str, sheet: str, merged: bool) -> tuple[str, Lines]:
    if not data:
        raise Unreadable(_("文件是空的"))
    if len(data) > MOST_BYTES:
        raise Unreadable(_("文件超过 {most} MB，请拆分后再导入").format(most=MOST_BYTES // 1024**2))
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data, merged)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx 再导入"))
    if filename.lower().endswith(".xlsx"):
        raise Unreadable(_("内容不是 .xlsx 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"))
    if not filename.lower().endswith((".csv", ".txt")):
        raise Unreadable(_("只能导入 .xlsx 和 .csv 文件"))
    return sheet, _csv(data)


def _checked(lines: Lines) -> Lines:
    """Without blank lines; too much of anything is refused."""
    for count, (number, cells) in enumerate(lines):
        if count > MOST_ROWS:
            raise Unreadable(_("超过 {most} 行，请拆分后再导入").format(most=MOST_ROWS))
        cleaned = [clean(cell) for cell in cells]
        if any(cleaned):
            if max(map(len, cleaned)) > MOST_CELL:
                raise Unreadable(_("第 {row} 行有超过 {most} 字的单元格").format(row=number, most=MOST_CELL))
            yield number, cleaned


def _csv(data: bytes) -> Lines:
    text = _decode(data)
    if "\x00" in text:
        raise Unreadable(_("文件里有无法识别的字符，请另存为 .xlsx 或 .csv 再导入"))
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",\t;，", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        place = reader.line_num
        raise Unreadable(_("第 {line} 行引号不成对或内容过长（{error}）").format(line=place, error=error)) from None


def _decode(data: bytes) -> str:
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("无法识别文件的编码，请另存为 UTF-8 或 GB18030 的 .csv"))


class _Sheet(msgspec.Struct):
    sheet: str
    rows: list[tuple[int, list[str]]]


def _workbook(data: bytes, merged: bool) -> tuple[str, Lines]:
    """In a process of its own with bounded memory and time: a small file can unpack to anything."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except zipfile.BadZipFile:
        raise Unreadable(_("文件已损坏，请重新保存后再导入")) from None
    if unpacked > MOST_UNPACKED:
        raise Unreadable(_("文件解压后过大，请拆分后再导入"))
    command = [sys.executable, "-I", str(Path(workbook.__file__)), str(MOST_ROWS + 2), *(["merged"] if merged else [])]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(_("文件读取时间过长，请拆分后再导入")) from None
    if done.returncode == workbook.REFUSED:
        raise Unreadable(_("文件打不开：可能已损坏、已加密，或不是 .xlsx"))
    if done.returncode:
        raise Unreadable(_("文件解压后过大或已损坏，请拆分或重新保存后再导入"))
    read = msgspec.msgpack.decode(done.stdout, type=_Sheet)
    return read.sheet, iter(read.rows)
