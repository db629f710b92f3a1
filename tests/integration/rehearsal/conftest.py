"""The computed cycle of the results' tests."""

from __future__ import annotations

from tests.integration.results.conftest import circles as circles
from tests.integration.results.conftest import working as working
