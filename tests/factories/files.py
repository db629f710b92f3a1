"""Files of the kinds that offices upload, made by hand so that each test says what is in them."""

from __future__ import annotations

import io
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(20)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(30)
BMP = b"BM" + struct.pack("<IHHI", 70, 0, 0, 54) + struct.pack("<I", 40) + bytes(52)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42" + bytes(64)
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + bytes(64)
AVI = b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(40)
WMV = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(64)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(200)


def pdf(text: str = "考核材料", size: int = 0) -> bytes:
    """A page that a viewer opens; `size` fills up with a comment."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
    )  # fmt: skip
    out, places = bytearray(b"%PDF-1.4\n%" + text.encode() + b"\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    if size > len(out):
        line = b"%" + b"0123456789abcdef" * 4 + b"\n"
        out += line * ((size - len(out)) // len(line) + 1)
    start = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def png(colour: tuple[int, int, int] = (31, 95, 168), side: int = 64) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + bytes(colour) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def zipped(**files: bytes) -> bytes:
    """Names as keywords: `zipped(**{"a/b.txt": b"…"})`."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def ofd() -> bytes:
    return zipped(**{"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<doc/>"})


def office(folder: str, **more: bytes) -> bytes:
    return zipped(**{"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<x/>", **more})


def repeated(content: bytes, times: int) -> bytes:
    """One entry, listed again and again in the directory only: small, and `times` as large when unpacked."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        file.writestr("0.txt", content)
        first = file.infolist()[0]
        for number in range(1, times):
            entry = type(first)(f"{number}.txt")
            for name in ("CRC", "compress_size", "file_size", "header_offset", "compress_type"):
                setattr(entry, name, getattr(first, name))
            file.filelist.append(entry)
    return out.getvalue()


def locked_zip() -> bytes:
    """A zip whose entry is marked as encrypted."""
    made = bytearray(zipped(**{"机密.txt": b"0" * 50}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(signature) + place] |= 1
    return bytes(made)


def ole(*streams: str) -> bytes:
    """An old Office file with these streams in its directory."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 0x18, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 0x2C, 1, 1)
    struct.pack_into("<109I", header, 0x4C, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 2, 0xFFFFFFFE, *[0xFFFFFFFF] * 125)
    names = ["Root Entry", *streams] + [""] * (8 - len(streams) - 1)
    directory = b"".join(_ole_entry(name) for name in names)
    return bytes(header) + table + directory


def _ole_entry(name: str) -> bytes:
    text = name.encode("utf-16-le") + b"\x00\x00" if name else b""
    return text.ljust(64, b"\x00") + struct.pack("<H", len(text)) + bytes(62)
