"""The permission registry: what may be done, and by which roles. Every route names one entry (route test).

A permission says who may try; whether the object belongs to them (their unit, their assignment) is checked by the
service that loads it, and another's object answers like an absent one.
"""

from __future__ import annotations

from typing import Any

from kaohe.identity.models import Role

PUBLIC = "public"  # nobody needs to be logged in
ANYONE = "anyone"  # logged in, whatever the role

A, O, I, X, R, L, P, D, S = (
    Role.ADMIN, Role.ORGANISER, Role.INSPECTOR, Role.ASSESSOR, Role.REPORTER, Role.LEAD,
    Role.APPROVER, Role.AUDITOR, Role.STAFF,
)  # fmt: skip
EVERYONE = frozenset(Role)

PERMISSIONS: dict[str, frozenset[Role]] = {
    ANYONE: EVERYONE,
    # people and tree
    "jurisdictions.read": frozenset({A, O}),
    "jurisdictions.manage": frozenset({A}),
    "people.read": frozenset({A, O}),
    "people.manage": frozenset({A}),
    "audit.read": frozenset({D}),
    # what is assessed, and by which rules
    "subjects.read": frozenset({A, O, I, P}),
    "subjects.manage": frozenset({A, O}),
    "schemes.read": EVERYONE,
    "schemes.manage": frozenset({A}),
    # cycles
    "cycles.read": frozenset({A, O, X, P, D}),
    "cycles.manage": frozenset({O}),
    # evidence and self-assessment
    "evidence.write": frozenset({R, L, I, O, X}),
    "evidence.read": frozenset({R, L, I, O, X, P, S, D}),
    "self_assessments.read": frozenset({R, L}),
    "self_assessments.write": frozenset({R, L}),
    "self_assessments.file": frozenset({L}),
    "submissions.read": frozenset({O, X, P}),
    "submissions.return": frozenset({O}),
    # grading
    "grading.read": frozenset({X}),
    "grading.write": frozenset({X}),
    # daily records
    "records.read": frozenset({I, O, P, S, L, R}),
    "records.write": frozenset({I}),
    "records.import": frozenset({I, O}),
    "records.reply": frozenset({S, L, R}),
    # results
    "results.read": frozenset({O, P, L, R, S, X}),
    "results.compute": frozenset({O}),
    "results.confirm": frozenset({P}),
    "results.release": frozenset({P}),
}


def allow(permission: str, **opt: Any) -> dict[str, Any]:
    """The `opt` of a route. Further keys: `transaction=False` (the handler opens its own sessions),
    `idempotent=True` (a mutation that needs no idempotency key because repeating it changes nothing),
    `before_password_change=True` (reachable while a new password is still owed)."""
    if permission != PUBLIC and permission not in PERMISSIONS:
        raise KeyError(f"权限 {permission} 不在登记表中")
    return {"permission": permission, **opt}
