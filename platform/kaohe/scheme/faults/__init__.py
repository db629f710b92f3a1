"""What must hold in a scheme before anything is scored by it; each fault says how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from kaohe.scheme.faults import consequences, formulas, nodes, together, ways, whole
from kaohe.scheme.faults.place import Fault as Fault
from kaohe.scheme.model import Scheme


def faults(scheme: Scheme) -> Iterator[Fault]:
    """Formulas are looked at where everything they may name is in order."""
    found = list(chain(whole.faults(scheme), nodes.faults(scheme), together.faults(scheme), ways.faults(scheme)))
    found += consequences.faults(scheme)
    yield from found
    yield from formulas.faults(scheme)
