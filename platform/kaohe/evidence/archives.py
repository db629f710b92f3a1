"""Looking into zip and OLE containers by their directories only: nothing is unpacked."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from kaohe.evidence.errors import FileRefused
from kaohe.i18n import _

MOST_ENTRIES = 10_000
MOST_UNPACKED = 2 * 1024**3
MOST_RATIO = 200
# Below this a high ratio is harmless: an empty table packs 500 to 1.
RATIO_COUNTS_FROM = 32 * 1024**2
NESTED = (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".zst", ".cab", ".iso", ".jar")
ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class Archive:
    names: frozenset[str]
    mimetype: str


def read_zip(path: Path) -> Archive:
    """Raises FileRefused for what is broken, locked, or would burst when somebody opens it."""
    try:
        with ZipFile(path) as file:
            entries = file.infolist()
            _refuse_bomb(entries, path.stat().st_size)
            return Archive(frozenset(entry.filename for entry in entries), _mimetype(file, entries))
    except (BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise FileRefused(_("压缩结构已损坏，打不开。请在电脑上确认能打开后重新上传。")) from error


def refuse_unfit_for_viewing(path: Path, archive: Archive) -> None:
    """For plain archives; Office files may well hold embedded ones."""
    nested = sorted(name for name in archive.names if name.lower().endswith(NESTED))
    if nested:
        raise FileRefused(
            _("压缩包里还有压缩包（{name}）。请解开后把里面的文件直接打包或分别上传。").format(name=nested[0][-60:])
        )


def _refuse_bomb(entries: list[ZipInfo], packed: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise FileRefused(
            _("压缩包里有 {count} 个文件，最多 {most} 个。").format(count=len(entries), most=MOST_ENTRIES)
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise FileRefused(
            _("压缩包解开后有 {size} GB，最多 {most} GB，疑似压缩炸弹。").format(
                size=unpacked // 1024**3, most=MOST_UNPACKED // 1024**3)
        )  # fmt: skip
    if unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * max(packed, 1):
        raise FileRefused(_("压缩包的压缩率高得不正常，疑似压缩炸弹，没有接收。"))
    if sum(entry.compress_size for entry in entries) > packed:
        raise FileRefused(_("压缩包的目录与内容不符（内容互相重叠），没有接收。"))
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise FileRefused(_("压缩包加了密码，考核人员无法打开。请去掉密码后重新上传。"))


def _mimetype(file: ZipFile, entries: list[ZipInfo]) -> str:
    """OpenDocument names its type in a first, stored entry of that name."""
    if entries and entries[0].filename == "mimetype" and entries[0].file_size <= 100:
        return file.read(entries[0]).decode("ascii", "replace").strip()
    return ""


_SECTOR_LIMIT = 256


def ole_names(path: Path) -> frozenset[str]:
    """Names of the streams in an OLE file's directory (as far as its first table of sectors tells)."""
    with path.open("rb") as file:
        header = file.read(512)
        size = 1 << struct.unpack_from("<H", header, 0x1E)[0]
        if size not in {512, 4096}:
            raise FileRefused(_("文件结构已损坏，打不开。请在电脑上确认能打开后重新上传。"))
        sector = struct.unpack_from("<I", header, 0x30)[0]
        tables = struct.unpack_from("<109I", header, 0x4C)
        found: set[str] = set()
        for _count in range(_SECTOR_LIMIT):
            found.update(_directory_names(_sector(file, sector, size)))
            following = _next(file, tables, sector, size)
            if following is None:
                break
            sector = following
    return frozenset(found)


def _sector(file: BinaryIO, number: int, size: int) -> bytes:
    file.seek((number + 1) * size)
    return file.read(size)


def _next(file: BinaryIO, tables: tuple[int, ...], sector: int, size: int) -> int | None:
    which, place = divmod(sector, size // 4)
    if which >= len(tables) or tables[which] >= 0xFFFFFFFA:
        return None
    table = _sector(file, tables[which], size)
    if len(table) < place * 4 + 4:
        return None
    following: int = struct.unpack_from("<I", table, place * 4)[0]
    return following if following < 0xFFFFFFFA else None


def _directory_names(data: bytes) -> set[str]:
    names = set()
    for start in range(0, len(data) - 127, 128):
        length = struct.unpack_from("<H", data, start + 64)[0]
        if 2 < length <= 64:
            names.add(data[start : start + length - 2].decode("utf-16-le", "replace"))
    return names
