"""What an audited action is called. A test finds every action in the code that has no word here."""

from __future__ import annotations

from kaohe.i18n import _


def action_words() -> dict[str, str]:
    return {
        "jurisdiction.created": _("设立辖区"), "jurisdiction.renamed": _("辖区更名"), "jurisdiction.ended": _("撤销辖区"),
        "person.invited": _("邀请人员"), "invitation.accepted": _("接受邀请"), "invitation.revoked": _("作废邀请"),
        "password.reset": _("重设密码"),
        "role.granted": _("授予角色"), "role.ended": _("取消角色"), "password.changed": _("修改密码"),
        "session.ended": _("退出设备"), "session.switched": _("切换辖区"),
        "scheme.enabled": _("启用或停用方案"), "scheme.given": _("授予下级方案"), "scheme.granted": _("获得方案"),
        "scheme.published": _("发布方案版本"),
        "parameters.set": _("修改参数"),
        "design.begun": _("起草方案"), "design.saved": _("修改方案草稿"), "design.discarded": _("删除方案草稿"),
        "design_import.kept": _("上传指标表"),
        "subject.added": _("新增对象"), "subject.changed": _("修改对象"), "subjects.import_checked": _("检查对象名单"),
        "subjects.imported": _("导入对象"), "targets.set": _("修改目标"), "targets.imported": _("导入目标"),
        "upload.begun": _("开始上传"), "upload.dropped": _("放弃上传"), "upload.swept": _("清理未完成的上传"),
        "evidence.stored": _("保存材料"), "evidence.asked": _("要求补充材料"), "evidence.answered": _("答复补充要求"),
        "message.sent": _("发出消息"), "message.read": _("阅读消息"), "message.received": _("签收消息"),
        "cycle.drafted": _("起草考核"), "cycle.changed": _("修改考核"), "cycle.subjects_chosen": _("选定考核对象"),
        "cycle.assessors_chosen": _("选定考核组"), "cycle.recused": _("登记回避"), "cycle.recusal_lifted": _("取消回避"),
        "cycle.calendar_set": _("排定日程"), "cycle.notice_written": _("修改通知"), "cycle.issued": _("发出通知"),
        "cycle.received": _("签收通知"), "cycle.extended": _("批准延期"), "cycle.reminded": _("催报"),
        "cycle.discarded": _("删除草稿"), "cycle.closed": _("结束考核"),
        "cycle.version_changed": _("考核改用另一版本"),
        "claim.saved": _("保存申报"), "claim.evidence_added": _("添加佐证"), "claim.evidence_removed": _("移除佐证"),
        "self_assessment.filed": _("报送自评"), "self_assessment.returned": _("自评被退回"),
        "self_assessment.withdrawn": _("撤回自评"), "filing.received": _("收到报送"), "filing.returned": _("退回报送"),
        "filing.withdrawn": _("报送被撤回"), "report.filed": _("交报告"), "report.received": _("收到报告"),
        "rating.saved": _("保存评分"), "finding.saved": _("保存认定"), "reason.saved": _("保存常用理由"),
        "assignment.filed": _("提交评分"), "assignment.reopened": _("退回评分"),
        "record.confirmed": _("登记记录"), "record.replied": _("申辩"), "record.reversed": _("冲销记录"),
        "record_import.put_in": _("上传记录表"), "record_import.refused": _("记录表有误"),
        "record_import.done": _("导入记录"), "record_import.dropped": _("放弃导入"),
        "contribution.drafted": _("起草稿件"), "contribution.changed": _("修改稿件"), "contribution.passed": _("办理稿件"),
        "contribution.returned": _("退回稿件"), "contribution.withdrawn": _("撤回稿件"), "contribution.added": _("补记稿件"),
        "register.entered": _("登记备案"), "register.ended": _("备案终止"),
        "run.requested": _("要求计算"), "run.done": _("计算完成"), "run.refused": _("事实有误，未计算"),
        "run.failed": _("计算失败"), "decision.made": _("作出认定"), "decision.withdrawn": _("撤回认定"),
        "result.confirmed": _("确认结果"), "result.released": _("发布结果"),
        "followups.opened": _("开列后续"), "followup.done": _("办结后续"), "followup.waived": _("决定不办"),
        "followup.due_set": _("定办理期限"), "followup.returned": _("退回整改报告"), "followup.reopened": _("后续重新办理"),
        "followup.reminded": _("催办整改"),
        "rectification.filed": _("交整改报告"), "rectification.received": _("收到整改报告"),
        "rehearsal.saved": _("保存试算"), "rehearsal.deleted": _("删除试算"), "demo.loaded": _("装载演示数据"),
    }  # fmt: skip


def object_words() -> dict[str, str]:
    """What an action was done to, by the kind that the log keeps."""
    return {
        "assignment": _("评分任务"), "contribution": _("稿件"), "cycle": _("考核"), "design": _("方案草稿"),
        "design_import": _("指标表"), "evidence": _("材料"), "evidence_request": _("补充要求"),
        "finding": _("认定"), "followup": _("后续"), "invitation": _("邀请"), "jurisdiction": _("辖区"), "message": _("消息"),
        "participation": _("考核对象"), "person": _("人员"), "record": _("记录"), "record_import": _("记录表"),
        "register_entry": _("备案"),
        "release": _("发布"), "rehearsal": _("试算"), "run": _("计算"), "scheme": _("方案"),
        "self_assessment": _("自评"), "session": _("登录"), "subject": _("对象"), "subject_import": _("对象名单"),
        "upload": _("上传"), "demo-begun": _("演示数据"), "demo-ended": _("演示数据"),
    }  # fmt: skip
