"""Schemes come from plugins."""

from kaohe.plugins.hookspecs import API_VERSION as API_VERSION
from kaohe.plugins.hookspecs import hookimpl as hookimpl
from kaohe.plugins.manager import BootError as BootError
from kaohe.plugins.manager import Registry as Registry
from kaohe.plugins.manager import build_registry as build_registry
from kaohe.plugins.manager import registry as registry
