import pytest

from masker.engines import ENGINES
from masker.errors import UsageError


def test_a_module_of_the_package_is_an_extension() -> None:
    assert {"inline", "threads"} <= set(ENGINES)


def test_an_unknown_name_gets_a_near_match() -> None:
    with pytest.raises(UsageError) as caught:
        ENGINES["thread"]
    assert caught.value.code == "unknown-name"
    assert caught.value.hint == "did you mean `threads`?"


def test_underscore_modules_are_not_extensions() -> None:
    from masker.infotypes import INFOTYPES

    assert not [name for name in INFOTYPES if name.startswith("_")]
