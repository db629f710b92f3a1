"""Renders the sample pages of gallery/ with made-up data, as living documentation of layouts and components.

.venv/bin/python frontend/gallery.py OUT writes OUT/*.html; with `--serve PORT` it serves them under the real content policy.
"""

from __future__ import annotations

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

from jinja2 import ChoiceLoader, FileSystemLoader

from kaohe.web.places import Place
from kaohe.web.security import _POLICY
from kaohe.web.templating import STATIC, Templates

GALLERY = Path(__file__).parent / "gallery"
NONCE = "gallery"
PLACES = (
    ("登记", "/records/new", "records"), ("工作台", "/", "home"), ("自评", "/self-assessments", "self_assessment"),
    ("评分", "/grading", "grading"), ("考核", "/cycles", "cycles"), ("结果", "/results", "results"),
)  # fmt: skip
CURRENT = {"home": "/", "ranking": "/results", "sheet": "/results", "indicator": "/self-assessments", "tasks": "/self-assessments",
           "grading": "/grading", "record": "/records/new"}  # fmt: skip


def page(name: str) -> SimpleNamespace:
    return SimpleNamespace(
        places=tuple(Place(label, href, icon, CURRENT.get(name) == href) for label, href, icon in PLACES),
        jurisdiction="成都市政务服务管理办公室", tenant_id="1", jurisdictions=(("1", "成都市政务服务管理办公室"), ("2", "锦江区")),
        cycle="2026 年度圈层考核", inbox_unread=3, person=SimpleNamespace(id="7", name="李雪梅", login="lixuemei"),
        csrf_token="sample", nonce=NONCE, locale="zh", flash=("自评已保存。",) if name == "parts" else (),  # noqa: S106
        request_id="8f2c91d04b7a6e35", path="/",
    )  # fmt: skip


def render(out: Path) -> None:
    templates = Templates()
    environment = templates.environment
    environment.loader = ChoiceLoader(
        [FileSystemLoader(GALLERY), *([environment.loader] if environment.loader else [])]
    )
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(GALLERY.glob("*.html")):
        view = SimpleNamespace(status=404, title="没有找到", message="这份得分表不存在。", problems=(),
                               next_step="可能已被删除，或不属于当前辖区。请从左侧菜单重新进入。")  # fmt: skip
        html = templates.render(path.name, page=page(path.stem), view=view, problems=(), form=None)
        (out / path.name).write_text(html, encoding="utf-8")
    if not (out / "static").exists():
        (out / "static").symlink_to(STATIC)


class Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", _POLICY.format(nonce=NONCE))
        super().end_headers()


if __name__ == "__main__":
    out = Path(sys.argv[1])
    render(out)
    if "--serve" in sys.argv:
        address = ("127.0.0.1", int(sys.argv[sys.argv.index("--serve") + 1]))
        ThreadingHTTPServer(address, lambda *given: Handler(*given, directory=str(out))).serve_forever()
