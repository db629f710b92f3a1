"""Pure model of a scheme: what a plugin declares, read and checked."""

from kaohe.scheme.calendar import Calendar as Calendar
from kaohe.scheme.formula import Formula as Formula
from kaohe.scheme.model import Indicator as Indicator
from kaohe.scheme.model import Kind as Kind
from kaohe.scheme.model import Scheme as Scheme
from kaohe.scheme.model import Text as Text
from kaohe.scheme.parameters import Parameter as Parameter
from kaohe.scheme.periods import Period as Period
from kaohe.scheme.problems import BadFacts as BadFacts
from kaohe.scheme.problems import BadScheme as BadScheme
from kaohe.scheme.problems import Problem as Problem
