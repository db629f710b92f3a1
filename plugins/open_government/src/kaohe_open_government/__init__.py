from collections.abc import Iterable

from kaohe import Scheme, hookimpl, load_schemes


@hookimpl
def kaohe_schemes() -> Iterable[Scheme]:
    return load_schemes(__file__)
