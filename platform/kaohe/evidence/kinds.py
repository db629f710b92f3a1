"""What a file is, told by its content and never by what its name says; only these kinds are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import puremagic

from kaohe.evidence.archives import Archive, ole_names, read_zip, refuse_unfit_for_viewing
from kaohe.evidence.errors import FileRefused
from kaohe.i18n import _

HEAD = 4096
ALLOWED = "PDF、图片、Word、Excel、PPT、WPS、OFD、视频、zip"
ACCEPT = (
    ".pdf,.ofd,.doc,.docx,.wps,.xls,.xlsx,.et,.ppt,.pptx,.dps,.odt,.ods,.odp,.jpg,.jpeg,.png,.gif,.webp,.heic,.bmp,"
    ".tif,.tiff,.mp4,.m4v,.mov,.3gp,.avi,.wmv,.mkv,.webm,.mpg,.mpeg,.zip"
)
# Shown in the browser itself; everything else is a download.
INLINE = frozenset({
    "application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "video/mp4", "video/webm",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    media_type: str
    title: str
    extensions: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = Kind("application/pdf", "PDF", (".pdf",))
ZIP = Kind("application/zip", "zip 压缩包", (".zip",))
OFD = Kind("application/ofd", "OFD", (".ofd",))
DOCX = Kind(_OOXML + "wordprocessingml.document", "Word 文档", (".docx",))
XLSX = Kind(_OOXML + "spreadsheetml.sheet", "Excel 表格", (".xlsx",))
PPTX = Kind(_OOXML + "presentationml.presentation", "PPT 演示文稿", (".pptx",))
DOC = Kind("application/msword", "Word 文档", (".doc", ".wps"))
XLS = Kind("application/vnd.ms-excel", "Excel 表格", (".xls", ".et"))
PPT = Kind("application/vnd.ms-powerpoint", "PPT 演示文稿", (".ppt", ".dps"))
OPEN_DOCUMENT = {
    f"application/vnd.oasis.opendocument.{name}": Kind(f"application/vnd.oasis.opendocument.{name}", title, (extension,))
    for name, title, extension in (
        ("text", "文字文档", ".odt"), ("spreadsheet", "电子表格", ".ods"), ("presentation", "演示文稿", ".odp"),
    )
}  # fmt: skip
MP4 = Kind("video/mp4", "MP4 视频", (".mp4", ".m4v"))
MOV = Kind("video/quicktime", "MOV 视频", (".mov",))
PHONE = Kind("video/3gpp", "3GP 视频", (".3gp",))
HEIC = Kind("image/heic", "HEIC 图片", (".heic", ".heif"))


def _bmp(head: bytes) -> bool:
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {12, 40, 52, 56, 64, 108, 124}


def _starts(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


_SIGNATURES: tuple[tuple[Callable[[bytes], bool], Kind], ...] = (
    (_starts(b"\xff\xd8\xff"), Kind("image/jpeg", "JPEG 图片", (".jpg", ".jpeg"))),
    (_starts(b"\x89PNG\r\n\x1a\n"), Kind("image/png", "PNG 图片", (".png",))),
    (_starts(b"GIF87a", b"GIF89a"), Kind("image/gif", "GIF 图片", (".gif",))),
    (_riff(b"WEBP"), Kind("image/webp", "WebP 图片", (".webp",))),
    (_bmp, Kind("image/bmp", "BMP 图片", (".bmp",))),
    (_starts(b"II*\x00", b"MM\x00*"), Kind("image/tiff", "TIFF 图片", (".tif", ".tiff"))),
    (_riff(b"AVI "), Kind("video/x-msvideo", "AVI 视频", (".avi",))),
    (_starts(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")), Kind("video/x-ms-wmv", "WMV 视频", (".wmv", ".asf"))),
    (_starts(b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"), Kind("video/mpeg", "MPEG 视频", (".mpg", ".mpeg"))),
    (lambda head: head[:4] == b"\x1aE\xdf\xa3" and b"webm" in head[:64], Kind("video/webm", "WebM 视频", (".webm",))),
    (_starts(b"\x1aE\xdf\xa3"), Kind("video/x-matroska", "MKV 视频", (".mkv",))),
    (lambda head: b"%PDF-" in head[:1024], PDF),
)
_KINDS = (
    PDF, ZIP, OFD, DOCX, XLSX, PPTX, DOC, XLS, PPT, MP4, MOV, PHONE, HEIC,
    *OPEN_DOCUMENT.values(), *(kind for _told, kind in _SIGNATURES),
)  # fmt: skip
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def tell(path: Path, name: str) -> Kind:
    """Raises FileRefused with words for the person; reads the head and directories only."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise FileRefused(_("「{name}」是空文件（0 字节）。请在电脑上确认能打开后重新上传。").format(name=name))
    extension = PurePosixPath(name).suffix.lower()
    try:
        kind = _by_content(path, head, extension)
    except FileRefused as refusal:
        raise FileRefused(_("「{name}」：{why}").format(name=name, why=refusal.message)) from refusal
    if extension not in kind.extensions:
        raise FileRefused(
            _("「{name}」的内容是{title}，文件名却以「{extension}」结尾。请把文件名改为 {right} 结尾后重新上传。").format(
                name=name, title=_(kind.title), extension=extension or _("无扩展名"), right=_(" 或 ").join(kind.extensions))
        )  # fmt: skip
    return kind


def _by_content(path: Path, head: bytes, extension: str) -> Kind:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(path, extension)
    if head.startswith(_OLE):
        return _old_office(path)
    if head[4:8] == b"ftyp":
        return _media(head[8:12])
    for fits, kind in _SIGNATURES:
        if fits(head):
            return kind
    if head.startswith(_PROGRAMS):
        raise FileRefused(_("内容是可执行程序，不接收。"))
    raise FileRefused(
        _("内容{guess}不在可接收的种类中。可接收：{allowed}。").format(guess=_guess(head), allowed=_(ALLOWED))
    )


def _zipped(path: Path, extension: str) -> Kind:
    archive = read_zip(path)
    if "OFD.xml" in archive.names:
        return OFD
    if archive.mimetype in OPEN_DOCUMENT:
        return OPEN_DOCUMENT[archive.mimetype]
    if "[Content_Types].xml" in archive.names:
        return _new_office(archive)
    if extension in {".jar", ".apk", ".xpi"} or "META-INF/MANIFEST.MF" in archive.names:
        raise FileRefused(_("内容是可执行程序，不接收。"))
    refuse_unfit_for_viewing(path, archive)
    return ZIP


def _new_office(archive: Archive) -> Kind:
    if any(name.endswith("vbaProject.bin") for name in archive.names):
        raise FileRefused(_("含有宏程序。请另存为不含宏的文件后重新上传。"))
    for folder, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
        if any(name.startswith(folder) for name in archive.names):
            return kind
    raise FileRefused(_("不是 Word、Excel 或 PPT 文件。可接收：{allowed}。").format(allowed=_(ALLOWED)))


def _old_office(path: Path) -> Kind:
    names = ole_names(path)
    if "EncryptedPackage" in names:
        raise FileRefused(_("文件加了密码，考核人员无法打开。请去掉密码后重新上传。"))
    for marks, kind in (({"WordDocument"}, DOC), ({"Workbook", "Book"}, XLS), ({"PowerPoint Document"}, PPT)):
        if names & marks:
            return kind
    raise FileRefused(_("不是 Word、Excel、PPT 或 WPS 文件。可接收：{allowed}。").format(allowed=_(ALLOWED)))


def _media(brand: bytes) -> Kind:
    if brand in {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"}:
        return HEIC
    if brand == b"qt  ":
        return MOV
    if brand.startswith(b"3g"):
        return PHONE
    if brand.startswith((b"mp4", b"isom", b"iso", b"avc1", b"M4V", b"MSNV", b"dash", b"f4v")):
        return MP4
    raise FileRefused(_("不是可接收的视频或图片格式。可接收：{allowed}。").format(allowed=_(ALLOWED)))


def _guess(head: bytes) -> str:
    """What it looks like, to help the person find the mistake."""
    try:
        return _("（看起来是 {extension} 文件）").format(extension=puremagic.from_string(head))
    except (puremagic.PureError, ValueError):
        return ""


def title(media_type: str) -> str:
    """What people call this kind of file."""
    return next((_(kind.title) for kind in _KINDS if kind.media_type == media_type), media_type)


def icon(media_type: str) -> str:
    return "image" if media_type.startswith("image/") else "file"
