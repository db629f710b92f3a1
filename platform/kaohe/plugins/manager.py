"""The registry of schemes: every installed plugin, checked once at boot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

import msgspec
import pluggy

from kaohe.plugins import hookspecs, kit
from kaohe.scheme.model import Scheme

GROUP = "kaohe.schemes"


class BootError(Exception):
    """A plugin does not fit; the platform does not start with it."""


class Registry:
    """`schemes` holds the latest version of each id."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self.manager = manager
        self._versions: dict[tuple[str, str], Scheme] = {}
        self.schemes: Mapping[str, Scheme] = {}
        self._collect()

    def scheme(self, scheme_id: str, version: str | None = None) -> Scheme:
        """Raises KeyError where there is none."""
        return self.schemes[scheme_id] if version is None else self._versions[scheme_id, version]

    def versions(self, scheme_id: str) -> list[Scheme]:
        """Oldest first."""
        found = [scheme for (known, _version), scheme in self._versions.items() if known == scheme_id]
        return sorted(found, key=lambda scheme: _order(scheme.version))

    def _collect(self) -> None:
        engine = kit.HookedEngine(self.manager.hook)
        latest: dict[str, Scheme] = {}
        for scheme in _flat(self.manager.hook.kaohe_schemes()):
            if scheme.api != hookspecs.API_VERSION:
                raise BootError(f"{scheme.id} is made for API {scheme.api}, this is {hookspecs.API_VERSION}")
            key = (scheme.id, scheme.version)
            if key in self._versions:
                raise BootError(f"two plugins bring {scheme.id} version {scheme.version}")
            held = msgspec.structs.replace(scheme, engine=engine)
            self._versions[key] = held
            known = latest.get(scheme.id)
            if known is None or _order(known.version) < _order(scheme.version):
                latest[scheme.id] = held
        self.schemes = dict(sorted(latest.items()))


def build_registry(plugins: Iterable[tuple[str, ModuleType | Any]]) -> Registry:
    """Raises BootError for unknown hooks, duplicate schemes, an API that does not fit."""
    manager = pluggy.PluginManager("kaohe")
    manager.add_hookspecs(hookspecs)
    manager.register(kit, "kaohe")
    for name, plugin in plugins:
        manager.register(plugin, name)
    return _boot(manager)


@cache
def registry() -> Registry:
    """Of all that is installed; read once for the life of the process."""
    manager = pluggy.PluginManager("kaohe")
    manager.add_hookspecs(hookspecs)
    manager.register(kit, "kaohe")
    manager.load_setuptools_entrypoints(GROUP)
    return _boot(manager)


def _boot(manager: pluggy.PluginManager) -> Registry:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise BootError(str(error)) from None
    _refuse_strangers(manager)
    return Registry(manager)


def _refuse_strangers(manager: pluggy.PluginManager) -> None:
    """A misspelt hook would never be called; pluggy only sees those that carry its mark."""
    known = {name for name in dir(hookspecs) if name.startswith("kaohe_")}
    for name, plugin in manager.list_name_plugin():
        for attribute in dir(plugin):
            if attribute.startswith("kaohe_") and attribute not in known:
                raise BootError(f"plugin {name}: there is no hook {attribute}")


def _flat(answers: Iterable[Iterable[Scheme]]) -> Iterable[Scheme]:
    return [scheme for answer in reversed(list(answers)) for scheme in answer]


def _order(version: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else -1, part) for part in version.split(".")]
