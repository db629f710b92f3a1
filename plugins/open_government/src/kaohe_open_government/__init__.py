from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kaohe import Scheme, hookimpl, load_schemes
from kaohe_open_government.forms import with_added


@hookimpl
def kaohe_schemes() -> Iterable[Scheme]:
    return load_schemes(__file__)


@hookimpl
def kaohe_indicators(scheme: Scheme, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
    """六(三): the county's list of forms is open."""
    added = parameters["added_forms"] if scheme.id == "open-gov-county" else None
    return with_added(scheme.indicators, added) if added else None
