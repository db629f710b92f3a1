"""Installs kaohe and every plugin of this checkout in place, and removes plugins that are gone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


def wanted() -> list[Path]:
    return [CHECKOUT, *sorted(p.parent for p in CHECKOUT.glob("plugins/*/pyproject.toml"))]


def source(distribution: Distribution) -> Path | None:
    """The folder an editable distribution was installed from, None for any other."""
    text = distribution.read_text("direct_url.json")
    origin = json.loads(text) if text else {}
    if not origin.get("dir_info", {}).get("editable"):
        return None
    return Path(unquote(urlsplit(origin["url"]).path))


def gone(folders: list[Path]) -> Iterator[str]:
    for distribution in distributions():
        folder = source(distribution)
        if folder is not None and folder not in folders:
            yield distribution.name


def main() -> None:
    folders = wanted()
    stale = sorted(set(gone(folders)))
    if stale:
        subprocess.run([*PIP, "uninstall", "--yes", *stale], check=True)
    editable = [part for folder in folders for part in ("--editable", str(folder))]
    subprocess.run([*PIP, "install", "--no-deps", "--no-build-isolation", *editable], check=True)


if __name__ == "__main__":
    main()
