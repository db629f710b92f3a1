"""Settings, from `KAOHE_*` in the environment and nowhere else; `kaohe settings` shows them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from kaohe.errors import FieldProblem, Invalid

PREFIX = "KAOHE_"
T = TypeVar("T")


class SettingsError(Invalid):
    """One or more `KAOHE_*` variables are unknown or unusable; the message lists them all."""

    code, title = "settings", "环境变量有误"
    next_step = "请改正后重新启动；kaohe settings 列出全部设置。"


def _default_home() -> Path:
    checkout = Path(__file__).parents[2]
    return (checkout if (checkout / "pyproject.toml").exists() else Path.cwd()) / ".kaohe"


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"应为 {low} 到 {high} 的整数")
        return int(text)

    return parse


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(f"应为 {'、'.join(allowed)} 之一")
        return text.lower()

    return parse


def _yes_no(text: str) -> bool:
    return _one_of("true", "false")(text) == "true"


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("应以 http:// 或 https:// 开头")
    return text.rstrip("/")


def _database(text: str) -> str:
    """Also what other tools call it (postgres://…); the driver is always psycopg."""
    scheme, found, rest = text.partition("://")
    if not found or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("应为 postgresql://用户:密码@主机:端口/数据库")
    return f"postgresql+psycopg://{rest}"


def setting(parse: Callable[[str], T], meaning: str, default: T | Callable[[], T], *, secret: bool = False) -> T:
    metadata = {"parse": parse, "meaning": meaning, "secret": secret}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    home: Path = setting(lambda text: Path(text).absolute(), "数据目录：内置数据库、材料、密钥", _default_home)
    host: str = setting(str, "监听地址", "127.0.0.1")
    port: int = setting(_whole(0, 65535), "监听端口；0 为任一空闲端口", 8000)
    workers: int = setting(_whole(1, 64), "进程数", 1)
    public_url: str = setting(_web_address, "用户访问的网址；留空为 http://主机:端口", "")
    trusted_proxies: str = setting(str, "可信的反向代理地址，逗号分隔", "127.0.0.1")
    secure_cookies: bool | None = setting(_yes_no, "Cookie 仅限 HTTPS；留空则看网址是否为 https", None)
    shutdown_seconds: int = setting(_whole(0, 600), "停止前等候未完成请求的秒数", 20)
    database_url: str | None = setting(_database, "应用角色的数据库地址；留空用内置数据库", None, secret=True)
    owner_database_url: str | None = setting(_database, "所有者角色的数据库地址，仅供迁移", None, secret=True)
    database_pool: int = setting(_whole(1, 500), "每个进程的数据库连接数", 10)
    jobs: bool = setting(_yes_no, "在本进程内运行后台任务", True)
    evidence_url: str | None = setting(str, "材料存放处，如 s3://桶/前缀；留空为数据目录下的 evidence", None)
    evidence_max_bytes: int = setting(_whole(1, 2**40), "单个材料的字节上限", 200 * 1024 * 1024)
    log_level: str = setting(_one_of("debug", "info", "warning", "error"), "日志级别", "info")
    log_format: str = setting(_one_of("auto", "json", "console"), "日志格式；auto 在终端为 console，否则 json", "auto")

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def cookies_secure(self) -> bool:
        if self.secure_cookies is None:
            return self.base_url.startswith("https://")
        return self.secure_cookies


def variable(of: Field[Any]) -> str:
    return PREFIX + of.name.upper()


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises SettingsError with every problem at once. An empty variable counts as not set."""
    problems = list(_unknown(environ))
    values: dict[str, Any] = {}
    for each in fields(Settings):
        text = environ.get(variable(each), "").strip()
        try:
            if text:
                values[each.name] = each.metadata["parse"](text)
        except ValueError as problem:
            shown = "***" if each.metadata["secret"] else text
            problems.append(FieldProblem(variable(each), f"{variable(each)}={shown}：{problem}"))
    if problems:
        raise SettingsError(problems)
    return Settings(**values)


def _unknown(environ: Mapping[str, str]) -> Iterator[FieldProblem]:
    known = [variable(each) for each in fields(Settings)]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0)
            yield FieldProblem(name, f"{name}：没有这个设置，最接近的是 {near[0]}")
