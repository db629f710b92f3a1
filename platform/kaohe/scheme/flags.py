"""Flags of shipped schemes, and remarks that are written like them, in words."""

from __future__ import annotations

FLAGS = {
    "no-honour:quarter": "本季不评优", "no-honour:year": "本年不评优", "advise-transfer-or-dismissal": "建议调岗或辞退",
    "criticised": "通报批评", "admonition-talk": "诫勉谈话", "rectify": "限期整改", "interview": "约谈",
    "discipline-referral": "移送纪检", "task-short": "未完成报送任务", "research-missing": "缺调研文章",
    "no-staff": "没有可平均的窗口人员",
}  # fmt: skip


def flag_words(flag: str) -> str:
    """A flag as people read it; one that only its scheme knows stands as it is."""
    return FLAGS.get(flag, flag)
