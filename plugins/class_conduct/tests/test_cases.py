import pytest

import kaohe_class_conduct
from kaohe.plugins.testing import Case, cases_of, holds


@pytest.mark.parametrize("case", cases_of(kaohe_class_conduct), ids=str)
def test_case_holds(case: Case) -> None:
    assert holds(case, kaohe_class_conduct)
