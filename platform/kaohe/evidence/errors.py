"""What can be wrong with a file or its upload."""

from __future__ import annotations

from kaohe.errors import Conflict, Invalid, KaoheError, NotFound, TooLarge


class FileRefused(Invalid):
    """The content is not one of those that are taken; the message names the file and what to do."""

    code, title = "file-refused", "这个文件不能上传"
    next_step = "请换一个文件，或转换格式后重新上传。"


class FileTooLarge(TooLarge):
    code, title = "file-too-large", "文件过大"
    next_step = "请压缩视频、降低扫描分辨率或拆分后再上传。"


class UploadGone(NotFound):
    """Ended, expired or never begun: the three look alike."""

    code, status, title = "upload-gone", 404, "这次上传已经结束"
    next_step = "请重新选择文件上传。"


class OffsetConflict(Conflict):
    code, title = "offset-conflict", "续传位置不一致"
    next_step = "上传程序会自动从服务器已收到的位置继续。"


class UploadBusy(KaoheError):
    """Another connection is writing to the same upload."""

    code, status, title = "upload-busy", 423, "这个文件正在从另一个连接上传"
    next_step = "请稍等片刻，上传程序会自动重试。"


class ChecksumMismatch(KaoheError):
    """460 is tus's own status for it."""

    code, status, title = "checksum-mismatch", 460, "传输中内容出错"
    next_step = "上传程序会重新发送这一段。"


class WrongProtocol(KaoheError):
    code, status, title = "tus-version", 412, "上传协议版本不符"
    next_step = "请刷新页面后重试。"


class WrongContentType(KaoheError):
    code, status, title = "content-type", 415, "上传内容的格式说明不对"
    next_step = "请刷新页面后重试。"
