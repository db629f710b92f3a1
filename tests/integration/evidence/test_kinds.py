"""What is taken and what is refused, by content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kaohe.evidence.errors import FileRefused
from kaohe.evidence.kinds import tell
from tests.factories import files

TAKEN = {
    "报告.pdf": (files.pdf(), "application/pdf"),
    "照片.jpg": (files.JPEG, "image/jpeg"),
    "照片.JPEG": (files.JPEG, "image/jpeg"),
    "截图.png": (files.png(), "image/png"),
    "动图.gif": (files.GIF, "image/gif"),
    "图.webp": (files.WEBP, "image/webp"),
    "图.bmp": (files.BMP, "image/bmp"),
    "手机.heic": (files.HEIC, "image/heic"),
    "视频.mp4": (files.MP4, "video/mp4"),
    "视频.mov": (files.MOV, "video/quicktime"),
    "视频.avi": (files.AVI, "video/x-msvideo"),
    "视频.wmv": (files.WMV, "video/x-ms-wmv"),
    "公文.ofd": (files.ofd(), "application/ofd"),
    "报告.docx": (files.office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "台账.xlsx": (files.office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "汇报.pptx": (files.office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "旧报告.doc": (files.ole("WordDocument", "1Table"), "application/msword"),
    "旧报告.wps": (files.ole("WordDocument"), "application/msword"),
    "旧台账.xls": (files.ole("a", "b", "c", "Workbook"), "application/vnd.ms-excel"),
    "旧汇报.ppt": (files.ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    "打包.zip": (files.zipped(**{"一.txt": b"1", "夹/二.pdf": files.pdf()}), "application/zip"),
}
REFUSED = {
    "空.pdf": (b"", "是空文件（0 字节）"),
    "年度总结.pdf": (files.EXE, "内容是可执行程序，不接收。"),
    "总结.docx": (files.pdf(), "内容是PDF，文件名却以「.docx」结尾。请把文件名改为 .pdf 结尾"),
    "没有扩展名": (files.pdf(), "文件名却以「无扩展名」结尾"),
    "说明.txt": ("只有文字".encode(), "不在可接收的种类中"),
    "页面.html": (b"<!doctype html><script>alert(1)</script>", "不在可接收的种类中"),
    "图.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "不在可接收的种类中"),
    "炸弹.zip": (files.repeated(bytes(1024**2), 3072), "解开后有 3 GB，最多 2 GB"),
    "高压缩.zip": (files.zipped(**{"零.txt": bytes(64 * 1024**2)}), "压缩率高得不正常"),
    "重叠.zip": (files.repeated(os.urandom(4096), 3), "内容互相重叠"),
    "套娃.zip": (files.zipped(**{"内层.zip": files.zipped(a=b"1")}), "压缩包里还有压缩包（内层.zip）"),
    "加密.zip": (files.locked_zip(), "加了密码"),
    "断的.zip": (files.zipped(a=b"1")[:-30], "压缩结构已损坏"),
    "程序.jar": (files.zipped(**{"META-INF/MANIFEST.MF": b"x"}), "可执行程序"),
    "加密.docx": (files.ole("EncryptionInfo", "EncryptedPackage"), "加了密码"),
    "安装包.doc": (files.ole("!_StringPool"), "不是 Word、Excel、PPT 或 WPS 文件"),
    "带宏.docx": (files.office("word", **{"word/vbaProject.bin": b"x"}), "含有宏程序"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_known_kind_is_told_by_its_content(tmp_path: Path, name: str) -> None:
    content, media_type = TAKEN[name]
    (tmp_path / "f").write_bytes(content)
    assert tell(tmp_path / "f", name).media_type == media_type


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_names_the_file_and_what_is_wrong(tmp_path: Path, name: str) -> None:
    content, words = REFUSED[name]
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(FileRefused) as refusal:
        tell(tmp_path / "f", name)
    assert f"「{name}」" in refusal.value.message
    assert words in refusal.value.message
