"""What an audited action is called. An action without an entry is shown by its code."""

from __future__ import annotations

from kaohe.i18n import _


def action_words() -> dict[str, str]:
    return {
        "jurisdiction.created": _("设立辖区"), "jurisdiction.renamed": _("辖区更名"),
        "person.invited": _("邀请人员"), "invitation.accepted": _("接受邀请"), "invitation.revoked": _("作废邀请"),
        "role.granted": _("授予角色"), "role.ended": _("取消角色"), "password.changed": _("修改密码"),
        "session.ended": _("退出设备"), "session.switched": _("切换辖区"),
    }  # fmt: skip
