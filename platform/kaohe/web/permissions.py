"""The permission registry: what may be done, and by which roles. Every route names one entry (route test).

A permission says who may try; whether the object belongs to them (their unit, their assignment) is checked by the
service that loads it, and another's object answers like an absent one.
"""

from __future__ import annotations

from typing import Any

from kaohe.identity.models import Role

PUBLIC = "public"  # nobody needs to be logged in
ANYONE = "anyone"  # logged in, whatever the role

(OPERATOR, ADMIN, ORGANISER, INSPECTOR, ASSESSOR, REPORTER, LEAD, APPROVER, AUDITOR, STAFF) = Role
EVERYONE = frozenset(Role)

PERMISSIONS: dict[str, frozenset[Role]] = {
    ANYONE: EVERYONE,
    # people and tree
    "jurisdictions.read": frozenset({ADMIN, ORGANISER}),
    "jurisdictions.manage": frozenset({ADMIN}),
    "people.read": frozenset({ADMIN, ORGANISER}),
    "people.manage": frozenset({ADMIN}),
    "audit.read": frozenset({AUDITOR}),
    # what is assessed, and by which rules
    "subjects.read": frozenset({ADMIN, ORGANISER, INSPECTOR, APPROVER}),
    "subjects.manage": frozenset({ADMIN, ORGANISER}),
    "schemes.read": EVERYONE,
    "schemes.manage": frozenset({ADMIN}),
    "designs.edit": frozenset({ADMIN, ORGANISER}),
    "designs.publish": frozenset({ADMIN, ORGANISER}),
    # cycles
    "cycles.read": frozenset({ADMIN, ORGANISER, ASSESSOR, APPROVER, AUDITOR}),
    "cycles.manage": frozenset({ORGANISER}),
    # evidence and self-assessment
    "evidence.write": frozenset({REPORTER, LEAD, INSPECTOR, ORGANISER, ASSESSOR}),
    "evidence.read": frozenset({REPORTER, LEAD, INSPECTOR, ORGANISER, ASSESSOR, APPROVER, STAFF, AUDITOR}),
    "self_assessments.read": frozenset({REPORTER, LEAD}),
    "self_assessments.write": frozenset({REPORTER, LEAD}),
    "self_assessments.file": frozenset({LEAD}),
    "submissions.read": frozenset({ORGANISER, ASSESSOR, APPROVER}),
    "submissions.return": frozenset({ORGANISER}),
    # grading
    "grading.read": frozenset({ASSESSOR}),
    "grading.write": frozenset({ASSESSOR}),
    "grading.manage": frozenset({ORGANISER}),
    "grading.answer": frozenset({REPORTER, LEAD}),
    # daily records
    "records.read": frozenset({INSPECTOR, ORGANISER, APPROVER, STAFF, LEAD, REPORTER}),
    "records.write": frozenset({INSPECTOR}),
    "records.import": frozenset({INSPECTOR, ORGANISER}),
    "records.reverse": frozenset({INSPECTOR, ORGANISER}),
    "records.reply": frozenset({STAFF, LEAD, REPORTER}),
    # contributions on their way
    "contributions.read": frozenset({REPORTER, LEAD, ORGANISER, APPROVER}),
    "contributions.write": frozenset({REPORTER, LEAD, ORGANISER, APPROVER}),
    "contributions.act": frozenset({REPORTER, LEAD, ORGANISER, APPROVER}),
    "registers.read": frozenset({REPORTER, LEAD, INSPECTOR, ORGANISER, APPROVER}),
    "registers.write": frozenset({ORGANISER}),
    # results
    "results.read": frozenset({ORGANISER, APPROVER, LEAD, REPORTER, STAFF}),
    "results.review": frozenset({ORGANISER, APPROVER}),
    "results.compute": frozenset({ORGANISER}),
    "results.confirm": frozenset({APPROVER}),
    "results.release": frozenset({APPROVER}),
    # what follows from a released result
    "followups.read": frozenset({ORGANISER, APPROVER, LEAD, REPORTER, STAFF}),
    "followups.act": frozenset({ORGANISER}),
    "followups.report": frozenset({LEAD, REPORTER, STAFF}),
    "rehearsals.read": frozenset({ORGANISER, APPROVER}),
    "rehearsals.write": frozenset({ORGANISER, APPROVER}),
}


def allow(permission: str, **opt: Any) -> dict[str, Any]:
    """The `opt` of a route. Further keys: `transaction=False` (the handler opens its own sessions),
    `idempotent=True` (a mutation that needs no idempotency key because repeating it changes nothing),
    `before_password_change=True` (reachable while a new password is still owed)."""
    if permission != PUBLIC and permission not in PERMISSIONS:
        raise KeyError(f"权限 {permission} 不在登记表中")
    return {"permission": permission, **opt}
