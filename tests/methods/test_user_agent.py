"""`user_agent`: family and platform stay, everything else is masker's own list."""

import pytest

from masker.methods.user_agent import UserAgent
from masker.methods.user_agent.families import FAMILIES, agents
from tests.methods.support import keys_of, text

KEYS = keys_of("a")


def masked(agent: str) -> str:
    return str(UserAgent()(KEYS, text([agent]))[0].as_py())


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_agents_that_are_of_it(family: str) -> None:
    pools = [pool for (name, _), pool in agents().items() if name == family]
    assert pools
    for agent in (agent for pool in pools for agent in pool):
        assert masked(agent) in [each for pool in pools for each in pool]


@pytest.mark.parametrize("key", agents(), ids="-".join)
def test_family_and_platform_stay(key: tuple[str, str]) -> None:
    if key[1] != "other":
        assert all(masked(agent) in agents()[key] for agent in agents()[key])


def test_what_is_in_no_family_leaves_nothing_behind() -> None:
    assert masked("AnnasShop/3.2 (Anna Muster; +49 30 1234567)") == "Mozilla/5.0 (compatible)"


def test_a_device_and_a_build_are_gone() -> None:
    agent = "Mozilla/5.0 (Linux; Android 13; SM-S918B Build/TP1A.220624) AppleWebKit/537.36 (KHTML, like Gecko) "
    agent += "Chrome/117.0.5938.60 Mobile Safari/537.36"
    assert "SM-S918B" not in masked(agent)
    assert "Android 10; K" in masked(agent)
    assert "Mobile Safari" in masked(agent)
