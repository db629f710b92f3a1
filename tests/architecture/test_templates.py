"""What the content policy would refuse, and what would silently show nothing, is found before a browser does."""

from __future__ import annotations

import re
from pathlib import Path

FRONTEND = Path(__file__).parents[2] / "frontend"
TEMPLATES = sorted((FRONTEND / "templates").rglob("*.html"))
ICONS = {path.stem for path in (FRONTEND / "icons").glob("*.svg")}


def occurrences(pattern: str) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{path.relative_to(FRONTEND)}: {match.group(0)}"
        for path in TEMPLATES
        for match in found.finditer(re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL))
    ]


def test_templates_have_no_inline_style_or_handler() -> None:
    assert occurrences(r"""\s(style|on[a-z]+|hx-on[:\w-]*)\s*=\s*["'{]""") == []
    assert occurrences(r"<style\b|javascript:|js:") == []


def test_inline_scripts_do_not_exist_and_scripts_carry_the_nonce() -> None:
    scripts = occurrences(r"<script\b[^>]*>")
    assert [tag for tag in scripts if "src=" not in tag or "page.nonce" not in tag] == []


def test_icons_named_in_templates_are_drawn() -> None:
    named = occurrences(r"""\bicon\(["']([a-z_-]+)["']""")
    assert [use for use in named if re.split(r"[\"']", use)[1] not in ICONS] == []


def test_post_forms_carry_token_and_key() -> None:
    """`hidden(page)` within, or `multipart(page)` in the address; who logs in or accepts an invitation has no session yet."""
    naked = [
        f"{path.relative_to(FRONTEND)}: {form[:80]}"
        for path in TEMPLATES
        if path.name not in {"login.html", "invitation.html"}
        for form in re.findall(r"<form\b(?:(?!</form>).)*", path.read_text("utf-8"), flags=re.DOTALL)
        if 'method="post"' in form and "hidden(page)" not in form and "multipart(page)" not in form
    ]
    assert naked == []


def test_catalogue_texts_carry_no_expression() -> None:
    """gettext finds only constant texts: values go through .format(…)."""
    assert occurrences(r"""\b_\((?!["'])""") == []
