from kaohe.plugins.fixtures import refused as refused
from kaohe.plugins.fixtures import scored as scored
