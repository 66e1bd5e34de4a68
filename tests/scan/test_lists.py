"""The word lists that values are looked up in: folded as values are, each word once, none of another meaning."""

from importlib.resources import files

import pytest

from masker.scan.dictionaries import dictionary, share
from masker.scan.headers import fold

LISTS = files("masker.scan") / "lists"


@pytest.mark.parametrize("name", ["first_names", "last_names", "cities"])
def test_a_list_is_folded_sorted_and_says_each_word_once(name: str) -> None:
    words = (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert words == sorted(set(words))
    assert [word for word in words if fold(word) != word] == []
    assert f"`{name}.txt`" in (LISTS / "SOURCES.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["first names", "last names", "cities"])
def test_words_that_mean_something_else_are_in_no_list(name: str) -> None:
    assert not {"true", "false", "male", "female", "yes", "no", "unknown", "test", "user"} & dictionary(name)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("first names", ("Giulia", "Agnieszka", "Борис", "Bernardo", "Yoshio")),
        ("last names", ("Kowalski", "De Vries", "Rossi", "Иванов", "Ferreira")),
        ("cities", ("Rotterdam", "Kraków", "Porto Alegre", "Osaka", "Leeds")),
    ],
)
def test_names_of_many_languages_are_known(name: str, values: tuple[str, ...]) -> None:
    assert share(values, name) >= 0.8


def test_words_for_goods_are_mostly_no_names() -> None:
    goods = ("keyboard", "trousers", "notebook", "bicycle", "umbrella", "blanket", "toothbrush", "screwdriver")
    assert max(share(goods, name) for name in ("first names", "last names", "cities")) < 0.3
