"""URLs of databases: what they name, and that no text of them has the password."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masker.address import Address, address_of, place_of
from masker.errors import UsageError

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(user=NAMES, database=NAMES, schema=NAMES, port=st.integers(1, 65535))
def test_an_address_is_read_from_its_own_text(user: str, database: str, schema: str, port: int) -> None:
    address = Address("postgres", "db.example", port, user, database, schema, password="hunter2hunter2")
    assert address_of(str(address)) == address
    assert "hunter2hunter2" not in str(address) + repr(address)


@pytest.mark.parametrize("text", ["postgresql:///crm?host=/run/pg", "mysql:///crm?socket=/run/my.sock"])
def test_sockets_come_back(text: str) -> None:
    address = address_of(text)
    assert address is not None
    assert address_of(str(address)) == address
    assert address.host.startswith("/run/")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://db.example",
        "postgresql://db.example/",
        "postgresql://db.example:port/crm",
        "mysql://db.example/crm?schema=a",
        "postgresql://db.example/crm?passfile=x",
        "s3://bucket/key",
        "sqlite://crm.db",
    ],
)
def test_what_names_no_database_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        place_of(text)
    assert "bucket" not in str(caught.value)


def test_sqlite_urls_are_paths() -> None:
    assert place_of("sqlite:///a/b.db") == Path("a/b.db")
    assert place_of("sqlite:////a/b.db") == Path("/a/b.db")
