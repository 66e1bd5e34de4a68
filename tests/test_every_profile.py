import pytest

from masker.errors import Place
from masker.infotypes import INFOTYPES
from masker.plan.ways import method_of
from masker.profile.load import built_in_names, load_profile

every_profile = pytest.mark.parametrize("name", built_in_names())


@every_profile
def test_it_says_for_whom_and_what_it_keeps_and_loses(name: str) -> None:
    profile = load_profile(name).profile
    assert profile.summary
    assert profile.keeps
    assert profile.loses


@every_profile
@pytest.mark.parametrize("infotype", [name for name in INFOTYPES if INFOTYPES[name].group != "other"])
def test_it_has_a_way_for_every_infotype(name: str, infotype: str) -> None:
    profile = load_profile(name).profile
    rule = profile.infotypes[infotype]
    assert method_of(rule, infotype=infotype, locale=profile.locale, place=Place()).name == rule.method


@every_profile
def test_it_names_no_infotype_that_is_not_there(name: str) -> None:
    assert set(load_profile(name).profile.infotypes) <= set(INFOTYPES)


@every_profile
@pytest.mark.parametrize("infotype", [name for name in INFOTYPES if INFOTYPES[name].direct])
def test_it_keeps_no_direct_identifier(name: str, infotype: str) -> None:
    assert load_profile(name).profile.infotypes[infotype].method != "keep"
