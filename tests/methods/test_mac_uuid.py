"""`mac` and `uuid`: the bits that say what an identifier is stay, all others are keyed."""

import uuid
from random import Random

import pytest

from masker.errors import UsageError
from masker.methods.mac import Mac
from masker.methods.uuid import Uuid
from tests.methods.support import keys_of, text

KEYS = keys_of("a")


def octets(address: str) -> bytes:
    return bytes.fromhex("".join(c for c in address if c.isalnum()))


def test_addresses_become_locally_administered_ones_of_a_single_station() -> None:
    random = Random(1)
    values = [random.randbytes(6).hex(":") for _ in range(500)]
    for masked in Mac()(KEYS, text(values)).to_pylist():
        assert octets(masked)[0] & 3 == 2


def test_an_address_has_one_pseudonym_however_it_is_written() -> None:
    written = ["00:00:5e:00:53:01", "00-00-5E-00-53-01", "0000.5e00.5301", "00005E005301", "00005e-005301"]
    assert len({octets(masked) for masked in Mac()(KEYS, text(written)).to_pylist()}) == 1


def test_the_maker_stays_and_stations_stay_apart() -> None:
    values = [f"00:00:5e:00:{number >> 8:02x}:{number & 255:02x}" for number in range(3000)]
    masked = Mac("oui")(KEYS, text(values)).to_pylist()
    assert {address[:8] for address in masked} == {"00:00:5e"}
    assert len(set(masked)) == 3000


def test_what_names_no_maker_changes_whole() -> None:
    assert not Mac("oui")(KEYS, text(["02:12:34:56:78:9a"]))[0].as_py().startswith("02:12:34")


def test_an_unknown_keep_is_refused() -> None:
    with pytest.raises(UsageError):
        Mac("nic")  # type: ignore[arg-type]


@pytest.mark.parametrize("made", [uuid.uuid1, uuid.uuid4, lambda: uuid.uuid5(uuid.NAMESPACE_DNS, "a.example")])
def test_version_and_variant_stay(made: object) -> None:
    value = made()  # type: ignore[operator]
    masked = uuid.UUID(Uuid()(KEYS, text([str(value)]))[0].as_py())
    assert (masked.version, masked.variant) == (value.version, value.variant)
    assert masked.node != value.node


@pytest.mark.parametrize("octet", [0x10, 0x7F, 0x80, 0xBF, 0xC0, 0xDF, 0xE0, 0xFF])
def test_every_variant_stays(octet: int) -> None:
    value = uuid.UUID(bytes=bytes([1, 2, 3, 4, 5, 6, 0x47, 8, octet, *range(7)]))
    assert uuid.UUID(Uuid()(KEYS, text([str(value)]))[0].as_py()).variant == value.variant


def test_a_uuid_has_one_pseudonym_however_it_is_written() -> None:
    value = uuid.UUID("f81d4fae-7dec-41d0-a765-00a0c91e6bf6")
    written = [str(value), str(value).upper(), value.hex, f"{{{value}}}", value.urn]
    masked = Uuid()(KEYS, text(written)).to_pylist()
    assert len({uuid.UUID(each) for each in masked}) == 1
    assert [len(each) for each in masked] == [len(each) for each in written]


def test_nil_and_max_stay() -> None:
    nameless = [str(uuid.UUID(int=0)), str(uuid.UUID(int=2**128 - 1))]
    assert Uuid()(KEYS, text(nameless)).to_pylist() == nameless
