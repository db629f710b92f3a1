"""Flags that many regulations have. A scheme tells its own ones, and remarks that are written like them, in `words`."""

from __future__ import annotations

from kaohe.scheme.titles import Text

FLAGS = {
    "no-honour:quarter": Text("本季不评优", "No honour this quarter"),
    "no-honour:year": Text("本年不评优", "No honour this year"),
    "criticised": Text("通报批评", "Public criticism"),
    "rectify": Text("限期整改", "Rectification with a deadline"),
    "interview": Text("约谈", "Interview"),
}
