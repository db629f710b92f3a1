"""From a file to the rows of a `Staging`: a plain .csv goes to the database as it is, anything else by way of the reader."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import PurePath

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from kaohe.records.import_columns import columns
from kaohe.records.import_queries import Staging
from kaohe.scheme.model import Scheme
from kaohe.spreadsheets import Column, Table, read_table

DELIMITERS = ",\t;"


async def stage(session: AsyncSession, scheme: Scheme, data: bytes, filename: str) -> tuple[Staging | None, Table]:
    """The table holds the heads and what is wrong with the file; without rows in it when these went straight."""
    asked = columns(scheme)
    if plain := _plain(data, filename, asked):
        head, names, encoding, delimiter, skip = plain
        staging = await Staging.open(session, head.heads, [name for name in names if name.startswith("spare")])
        try:
            async with session.begin_nested():
                await staging.copy_csv(memoryview(data)[skip:], names, encoding, delimiter)
        except psycopg.DataError:
            pass  # uneven rows, stray quotes: the reader says which
        else:
            await staging.drop_blank()
            return staging, head
    table = await asyncio.to_thread(read_table, data, filename, asked)
    if not table.heads:
        return None, table
    staging = await Staging.open(session, table.heads)
    heads = list(table.heads)
    names = _names(heads, staging.measures)
    await staging.copy_rows(names, ((row.number, [row[head] for head in heads]) for row in table.rows))
    return staging, table


def _measures(table: Table) -> list[str]:
    return [name.removeprefix("fields.") for name in table.heads if name.startswith("fields.")]


def _names(heads: Sequence[str], measures: Sequence[str]) -> list[str]:
    """Names of the staging table's columns."""
    return [f"f{measures.index(head[7:])}" if head.startswith("fields.") else head for head in heads]


def _plain(data: bytes, filename: str, asked: Sequence[Column]) -> tuple[Table, list[str], str, str, int] | None:
    """Heads in the first line of a .csv in one of the two encodings: (heads, columns, encoding, delimiter, skipped)."""
    if not filename.lower().endswith((".csv", ".txt")) or data.startswith((b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff")):
        return None
    skip = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    encoding = _encoding(data)
    if encoding is None or b"\x00" in data:
        return None
    first = data[skip : data.find(b"\n") + 1]
    text = first.decode("utf-8" if encoding == "UTF8" else "gb18030").strip("\r\n")
    delimiter = max(DELIMITERS, key=text.count)
    if '"' in text or not text:
        return None
    head = read_table(first, PurePath(filename).stem + ".csv", asked)
    if head.problems or any(head.rows):
        return None
    places = {letter: name for name, (letter, _label) in head.heads.items()}
    measures = _measures(head)
    names = []
    for number in range(text.count(delimiter) + 1):
        name = places.get(_letter(number))
        names.append(_names([name], measures)[0] if name else f"spare{number}")
    return head, names, encoding, delimiter, skip


def _encoding(data: bytes) -> str | None:
    for name, codec in (("UTF8", "utf-8"), ("GB18030", "gb18030")):
        try:
            data.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return None


def _letter(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
