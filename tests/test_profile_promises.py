"""What the built-in profiles promise in their headers, looked for in copies of a table of patients."""

import csv
import hashlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk, desk

from masker.crypto.root import new_root_file

__all__ = ["desk"]

ROWS = 120
HEADER = (
    "patient_id,first_name,last_name,email,phone,street,city,state,zip,birth_date,age,gender,ssn,card_number,"
    "ip_address,mac_address,user_agent,admitted_at,claim_no,salary,password_hash,notes"
).split(",")
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.5414.120 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
)


def card(front: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(front))
    return front + str(-total % 10)


def patients() -> list[dict[str, str]]:
    drawn = random.Random(6)
    rows = []
    for number in range(ROWS):
        first = drawn.choice(["Anna", "Maria", "Peter", "Paul", "Susan", "Frank", "Laura", "David"])
        last = drawn.choice(["Zimmerson", "Quartermain", "Oldfield", "Brackenridge", "Yarborough", "Winterbottom"])
        year = drawn.randrange(1925, 2005)
        rows.append(dict(zip(HEADER, [
            str(100_000 + 7 * number), first, last, f"{first}.{last}{number}@clinic.example".lower(),
            f"+1 {drawn.randrange(201, 989)} {drawn.randrange(200, 999)} {drawn.randrange(1000, 9999)}",
            f"{drawn.randrange(1, 99)} Main Street", drawn.choice(["Springfield", "Riverside", "Fairview"]),
            drawn.choice(["Ohio", "Texas", "Vermont"]), drawn.choice(["03601", "94107", "05901", "10017"]),
            f"{year}-{drawn.randrange(1, 13):02d}-{drawn.randrange(1, 28):02d}", str(2026 - year), drawn.choice("FM"),
            f"{drawn.randrange(1, 665):03d}-{drawn.randrange(1, 99):02d}-{drawn.randrange(1, 9999):04d}",
            card(f"411111{drawn.randrange(10**9):09d}"), f"198.51.100.{number}", f"00:00:5e:00:53:{number:02x}",
            drawn.choice(AGENTS),
            f"2025-{drawn.randrange(1, 13):02d}-{drawn.randrange(1, 28):02d} 08:{number % 60:02d}:11",
            f"CLM{drawn.randrange(10**7):07d}", str(drawn.randrange(30_000, 190_000)),
            hashlib.sha256(b"pepper%d" % number).hexdigest(),
            f"Patient {first} {last} called about visit {number}, prefers mornings.",
        ], strict=True)))  # fmt: skip
    return rows


PATIENTS = patients()
Copy = Callable[[str], list[dict[str, str]]]


@pytest.fixture
def copy(desk: Desk) -> Copy:
    lines = [",".join(HEADER), *(",".join(f'"{row[name]}"' for name in HEADER) for row in PATIENTS)]
    source = desk.put("patients.csv", "\n".join(lines).encode() + b"\n")

    def masked(profile: str) -> list[dict[str, str]]:
        done = desk.mask(source, "--profile", profile)
        assert done.exit == 0, done.stderr
        with desk.out.open(newline="") as file:
            return list(csv.DictReader(file))

    return masked


def of(rows: list[dict[str, str]], name: str) -> list[str]:
    return [row[name] for row in rows]


def shared(rows: list[dict[str, str]], name: str) -> int:
    return sum(old[name] == new[name] for old, new in zip(PATIENTS, rows, strict=True))


def test_hipaa_leaves_none_of_the_eighteen_identifiers(copy: Copy) -> None:
    rows = copy("hipaa-safe-harbor")
    everything = "\n".join(
        ",".join(row[name] for name in HEADER if name not in ("patient_id", "salary")) for row in rows
    )
    for name in ("email", "phone", "ssn", "card_number", "ip_address", "mac_address", "claim_no", "notes",
                 "street", "password_hash", "admitted_at"):  # fmt: skip
        assert not [value for value in of(PATIENTS, name) if value in everything], name
    assert shared(rows, "city") == 0
    assert shared(rows, "patient_id") < 3, "120 of 900,000 numbers stay by chance once in 7,500 runs"
    assert set(of(rows, "zip")) == {"00000", "94100", "10000"}, "036 and 059 have fewer than 20,000 people"
    assert all(value.endswith("-01-01") for value in of(rows, "birth_date"))
    assert min(of(rows, "birth_date")) == "1950-01-01"
    assert all(value[4:10] == "-01-01" for value in of(rows, "admitted_at"))
    assert max(map(int, of(rows, "age"))) == 90
    assert shared(rows, "state") == shared(rows, "gender") == ROWS


def test_hipaa_refuses_a_key_that_is_kept(desk: Desk) -> None:
    new_root_file(desk.folder / "a.key")
    refused = desk.mask(desk.good(), "--profile", "hipaa-safe-harbor", "--key-file", desk.folder / "a.key")
    assert (refused.exit, refused.code) != (0, "")
    assert refused.code == "key"
    assert not desk.out.exists()


def test_a_profile_that_extends_hipaa_refuses_it_too(desk: Desk) -> None:
    new_root_file(desk.folder / "a.key")
    profile = desk.put("p.yaml", b"masker: 1\nname: ours\nextends: hipaa-safe-harbor\nundecided: redact\n")
    refused = desk.mask(desk.good(), "--profile", profile, "--key-file", desk.folder / "a.key")
    assert refused.code == "key"


def test_two_hipaa_copies_do_not_join(desk: Desk, copy: Copy) -> None:
    first = of(copy("hipaa-safe-harbor"), "patient_id")
    desk.out.unlink()
    desk.out.with_name("out.masker.json").unlink(missing_ok=True)
    assert first != of(copy("hipaa-safe-harbor"), "patient_id")


def test_pci_leaves_no_digits_of_a_card(copy: Copy) -> None:
    rows = copy("pci")
    for old, new in zip(of(PATIENTS, "card_number"), of(rows, "card_number"), strict=True):
        assert len(new) == 12
        assert not new.isdigit()
        assert old[:6] not in new
        assert old[-4:] not in new
    assert len(set(of(rows, "card_number"))) == len(set(of(PATIENTS, "card_number")))
    assert shared(rows, "notes") == 0


def test_load_test_keeps_lengths_and_spread_and_lets_testers_in(copy: Copy) -> None:
    rows = copy("load-test")
    assert [len(text) for text in of(rows, "notes")] == [len(text) for text in of(PATIENTS, "notes")]
    for name in ("patient_id", "email", "ssn", "card_number", "notes"):
        assert len(set(of(rows, name))) == len(set(of(PATIENTS, name))), name
        assert shared(rows, name) < 3, name
    assert set(of(rows, "password_hash")) == {hashlib.sha256(b"masker-test").hexdigest()}


def test_a_subcontractor_s_copy_has_nothing_that_the_key_turns_back(desk: Desk, copy: Copy) -> None:
    from masker.methods import METHODS
    from masker.profile.load import load_profile

    rules = load_profile("subcontractor").profile.infotypes.values()
    assert not [rule.method for rule in rules if METHODS[rule.method].reversible and rule.method != "keep"]
    rows = copy("subcontractor")
    assert len(set(of(rows, "patient_id"))) == ROWS
    for name in ("first_name", "last_name", "email", "phone", "ssn", "card_number", "ip_address", "notes"):
        assert shared(rows, name) == 0, name


def test_a_subcontractor_may_get_it_where_the_agreement_lets_nothing_reversible_out(desk: Desk, tmp_path: Path) -> None:
    agreement = desk.put(
        "a.yaml",
        b'masker-agreement: 1\ncustomer: acme\nreference: M-1\npolicy: {name: p, version: "3"}\n'
        b"valid: {from: 2020-01-01}\n"
        b'purposes: {test-patch: 14d}\nrecipients: {"subcontractor:north": {}}\n',
    )
    lines = ["customer_id,first_name,email", *(f"{n + 1000},Anna,anna{n}@firma.example" for n in range(50))]
    source = desk.put("customers.csv", "\n".join(lines).encode() + b"\n")
    options = ("--agreement", agreement, "--recipient", "subcontractor:north")
    assert desk.mask(source, "--profile", "gdpr-strict", *options).code == "agreement"
    done = desk.mask(source, "--profile", "subcontractor", *options)
    assert done.exit == 0, done.stderr


def test_test_env_keeps_families_of_browsers_and_no_device(copy: Copy) -> None:
    rows = copy("test-env")
    for old, new in zip(of(PATIENTS, "user_agent"), of(rows, "user_agent"), strict=True):
        assert ("Chrome" in old) == ("Chrome" in new)
        assert "5414.120" not in new
    assert all(int(value[:2], 16) & 3 == 2 for value in of(rows, "mac_address"))
