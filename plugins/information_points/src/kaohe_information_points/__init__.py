from collections.abc import Iterable

from kaohe import Scheme, hookimpl, load_schemes
from kaohe_information_points import rules


@hookimpl
def kaohe_schemes() -> Iterable[Scheme]:
    return load_schemes(__file__, rules)
