"""`fake` with a provider of Faker: pinned to a release, seeded by the value, never by clock or chance."""

import importlib.metadata
import os
import subprocess
import sys

import pyarrow as pa
import pytest

from masker.errors import GateError, UsageError
from masker.methods.fake import Fake
from tests.methods.support import keys_of, text

KEYS = keys_of("a")
RELEASE = importlib.metadata.version("faker")


def provided(provider: str, locale: str = "en_US", infotype: str = "other") -> Fake:
    return Fake(infotype, locale, provider=provider, faker=RELEASE)


def test_the_same_value_gets_the_same_fake_in_any_batch() -> None:
    method = provided("catch_phrase")
    whole = method(KEYS, text(["a", "b", "a", None, ""])).to_pylist()
    assert whole[0] == whole[2] != whole[1]
    assert whole[3:] == [None, ""]
    assert method(KEYS, text(["b"])).to_pylist() == whole[1:2]


def test_another_key_and_another_provider_give_others() -> None:
    values = text([str(number) for number in range(20)])
    assert provided("company")(KEYS, values) != provided("company")(keys_of("b"), values)


def test_rows_of_one_subject_agree() -> None:
    masked = provided("color_name")(KEYS, text(["a", "b", "c"]), by=pa.array([7, 7, 8])).to_pylist()
    assert masked[0] == masked[1]


def test_a_locale_of_faker_serves() -> None:
    masked = provided("last_name", "ja_JP")(KEYS, text(["a"]))[0].as_py()
    assert not masked.isascii()


def test_numbers_fit_numbers() -> None:
    assert provided("random_int")(KEYS, text(["12"])).to_pylist()[0].isdigit()


def test_another_process_gives_the_same() -> None:
    code = (
        "import importlib.metadata; from masker.methods.fake import Fake;"
        "from tests.methods.support import keys_of, text;"
        "print(Fake('other', provider='bs', faker=importlib.metadata.version('faker'))"
        "(keys_of('a'), text(['x', 'y', 'z'])).to_pylist())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert told.stdout.strip() == str(provided("bs")(KEYS, text(["x", "y", "z"])).to_pylist())


def test_another_release_is_refused_as_drift() -> None:
    with pytest.raises(GateError) as caught:
        Fake("other", provider="bs", faker="1.0")
    assert caught.value.code == "drift"


def test_a_release_has_to_be_named() -> None:
    with pytest.raises(UsageError, match="release"):
        Fake("other", provider="bs")
    with pytest.raises(UsageError):
        Fake("email", faker=RELEASE)


@pytest.mark.parametrize("provider", ["date_of_birth", "unix_time", "credit_card_expire", "passport_dob", "user_agent"])
def test_what_reads_the_clock_is_refused(provider: str) -> None:
    with pytest.raises(UsageError):
        provided(provider)


@pytest.mark.parametrize(
    "provider", ["no_such", "binary", "profile", "words", "random_elements", "__class__", "seed_instance",
                 "add_provider",
                 "generator", "locale.x", "countries"]
)  # fmt: skip
def test_what_gives_no_single_text_is_refused(provider: str) -> None:
    with pytest.raises(UsageError):
        provided(provider)


def test_an_unknown_locale_is_refused() -> None:
    with pytest.raises(UsageError, match="locale"):
        provided("name", "xx_XX")
