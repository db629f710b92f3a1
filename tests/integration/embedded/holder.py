"""A process that holds a server, to be killed: prints what it started and waits."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from kaohe.db import embedded

if __name__ == "__main__":
    with embedded.start(Path(sys.argv[1])) as server:
        watcher = server._watcher.pid
        print(json.dumps({"url": server.superuser_url, "watcher": watcher}), flush=True)
        signal.pause()
