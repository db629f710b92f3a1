"""`python -m bench [NAME …]`: all of them, or those named."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("scoring", "web", "growth", "upload", "imports", "simulate", "start")


def main() -> None:
    chosen = sys.argv[1:] or NAMES
    for name in chosen:
        if name not in NAMES:
            sys.exit(f"没有 {name}；有：{'、'.join(NAMES)}")
        import_module(f"bench.{name}").run()


main()
