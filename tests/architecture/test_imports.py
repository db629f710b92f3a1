"""Who may import whom. The layers of the domains are import-linter's; the rest are short lists of what is allowed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import kaohe
from tests.architecture.sources import CHECKOUT, KAOHE, domains, imports, modules, outside, place, plugin_modules

STANDARD = set(sys.stdlib_module_names)
PURE = STANDARD | {"msgspec", "yaml", "kaohe.scheme", "kaohe.scoring"}
# What every domain may use besides the domains before it.
BASE = {
    "kaohe.clock", "kaohe.db", "kaohe.errors", "kaohe.jobs", "kaohe.i18n", "kaohe.logging",
    "kaohe.national_calendar", "kaohe.plugins", "kaohe.scheme", "kaohe.scoring", "kaohe.settings", "kaohe.spreadsheets",
}  # fmt: skip
# What a domain shows to those after it. `models` so that queries can join.
SHOWN = {"service", "intake", "errors", "models", "entries", "invitations", "kinds", "parameter_form"}
EDGES = {"pages", "api", "views"}  # people_pages too, where one file of pages would be too long


def test_pure_core_uses_only_the_standard_library_msgspec_and_yaml() -> None:
    assert outside(modules(KAOHE / "scheme") + modules(KAOHE / "scoring"), PURE) == []


def test_scheme_does_not_know_scoring() -> None:
    assert [p for p in modules(KAOHE / "scheme") if any(n.startswith("kaohe.scoring") for n in imports(p))] == []


def test_plugin_machinery_adds_only_pluggy() -> None:
    fixtures = KAOHE / "plugins" / "fixtures.py"  # for authors; nothing of the platform imports it
    machinery = [path for path in modules(KAOHE / "plugins") if path != fixtures]
    assert outside(machinery, PURE | {"pluggy", "kaohe.plugins"}) == []
    assert outside([fixtures], PURE | {"pytest", "kaohe.plugins"}) == []


def test_db_knows_nothing_of_the_domains() -> None:
    allowed = STANDARD | {
        "sqlalchemy",
        "psycopg",
        "alembic",
        "kaohe.db",
        "kaohe.clock",
        "kaohe.settings",
        "kaohe.errors",
    }
    assert outside(modules(KAOHE / "db"), allowed) == []


def test_litestar_only_at_the_edge() -> None:
    def edge(path: Path) -> bool:
        inside = path.relative_to(KAOHE)
        return inside.parts[0] in {"app.py", "web"} or (
            inside.parts[0] in domains() and inside.stem.rpartition("_")[2] in EDGES
        )

    assert [place(p) for p in modules() if not edge(p) and any(n.startswith("litestar") for n in imports(p))] == []


def test_domains_use_the_services_of_those_before_and_nothing_else_of_kaohe() -> None:
    found = []
    for index, domain in enumerate(domains()):
        before = {f"kaohe.{earlier}.{shown}" for earlier in domains()[:index] for shown in SHOWN}
        for path in modules(KAOHE / domain):
            allowed = (
                BASE
                | before
                | {f"kaohe.{domain}"}
                | ({"kaohe.web"} if path.stem.rpartition("_")[2] in EDGES else set())
            )
            found += [line for line in outside([path], allowed) if ": kaohe." in line]
    assert found == []


def test_plugins_use_only_what_kaohe_exports() -> None:
    exported = {f"kaohe.{name}" for name in kaohe.__all__} | {"kaohe.plugins.testing"}
    found = []
    for path in plugin_modules():
        own = path.relative_to(CHECKOUT / "plugins").parts[2]
        found += outside([path], STANDARD | exported | {own})
    assert found == []


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
