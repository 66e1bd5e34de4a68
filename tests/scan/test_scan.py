"""What a user reads in the findings: infotype, subject, keys, decision, and never a value."""

import json
import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_tables import orders, people, scanned, table

from masker.infotypes import INFOTYPES
from masker.scan import findings_json


@pytest.fixture(scope="module")
def crm():
    return scanned({"customers": people(), "orders": orders()})


@pytest.mark.parametrize(
    ("column", "infotype"),
    [
        ("customer_id", "person_key"),
        ("first_name", "first_name"),
        ("last_name", "last_name"),
        ("email", "email"),
        ("phone", "phone"),
        ("city", "city"),
        ("birth_date", "birth_date"),
    ],
)
def test_a_personal_column_is_found_as_its_kind(crm, column, infotype):
    finding = crm.table("customers").column(column)
    assert (finding.infotype, finding.decision, finding.subject) == (infotype, "personal", "customer")
    assert finding.score > 0.5


@pytest.mark.parametrize("column", ["vip", "status", "balance", "created_at"])
def test_a_column_with_evidence_of_its_own_is_clean(crm, column):
    finding = crm.table("customers").column(column)
    assert (finding.infotype, finding.decision) == ("none", "clean")
    assert finding.evidence


def test_a_column_nothing_is_known_of_is_unsure_and_not_clean():
    found = scanned({"customers": people().append_column("zz", pa.array([f"q{n}x!{n * 37}" for n in range(120)]))})
    assert found.table("customers").column("zz").decision == "unsure"


def test_orders_belong_to_the_customer_whose_key_they_carry(crm):
    found = crm.table("orders")
    assert (found.subject, found.subject_key) == ("customer", "customer_id")
    assert found.column("customer_id").infotype == "person_key"
    assert found.column("order_id").infotype == "none"


def test_a_text_key_is_found_to_refer_to_an_integer_key(crm):
    (key,) = crm.table("orders").foreign_keys
    assert (key.columns, key.table, key.ref, key.declared) == (("customer_id",), "customers", ("customer_id",), False)


def test_a_key_with_many_strangers_is_no_foreign_key():
    strangers = table({"order_id": list(range(100)), "customer_id": list(range(1, 101))})
    assert scanned({"customers": people(), "orders": strangers}).table("orders").foreign_keys == ()


def test_the_label_travels_to_a_key_that_only_containment_and_name_reveal():
    lines = table({"line_id": list(range(60)), "party_id": [100_000 + 7 * (n % 30) for n in range(60)]})
    parties = people().rename_columns(["party_id", *people().column_names[1:]])
    found = scanned({"party": parties, "lines": lines})
    assert found.table("lines").column("party_id").infotype == "person_key"


def test_uniqueness_and_nulls_are_of_all_rows():
    rows = 30_000
    data = table({"a": [*range(rows - 1), 0], "b": list(range(rows)), "c": [None] * 7 + list(range(rows - 7))})
    found = scanned({"t": data}, batch=997).table("t")
    assert [(f.unique, f.nulls) for f in found.columns] == [(False, 0), (True, 0), (True, 7)]
    assert found.rows == rows


def test_a_date_pattern_is_given_where_a_day_proves_it(crm):
    assert crm.table("customers").column("birth_date").pattern == "%m/%d/%Y"


def test_an_ambiguous_date_has_no_pattern():
    data = table({"birth_date": ["1/2/1980", "3/4/1977", "5/6/1990"] * 5})
    assert scanned({"customers": data}).table("customers").column("birth_date").pattern == ""


def test_a_single_hit_in_a_text_is_reported_as_contained_and_does_not_decide():
    texts = [f"the weather was fine on day {n} and we went home" for n in range(50)] + [
        "write to anna@firma.example please"
    ]
    finding = scanned({"products": table({"remark_x": texts})}).table("products").column("remark_x")
    assert finding.contains == ("email",)
    assert finding.infotype != "email"
    assert finding.decision != "clean"


@pytest.mark.parametrize(
    "name", ["email_verified", "phone_type", "company_size", "salary_currency", "ip_count", "product_name"]
)
def test_a_known_false_friend_is_not_flagged(name):
    values = {
        "email_verified": ["true", "false"], "phone_type": ["mobile", "home"], "company_size": ["1-10", "11-50"],
        "salary_currency": ["EUR", "USD"], "ip_count": ["1", "2"], "product_name": ["Blue Shirt", "Red Hat"],
    }[name]  # fmt: skip
    data = people().append_column(name, pa.array(values * 60))
    assert scanned({"customers": data}).table("customers").column(name).infotype == "none"


def test_a_city_of_airports_is_nobodys():
    data = table({"airport_id": list(range(30)), "city": ["Berlin", "Paris", "Madrid"] * 10, "elevation": [5] * 30})
    found = scanned({"airports": data}).table("airports")
    assert (found.subject, found.column("city").infotype) == ("none", "none")


@pytest.mark.parametrize(
    ("values", "infotype"),
    [
        (["DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606"] * 3, "iban"),
        ([f"user{n}@example.org" for n in range(40)], "email"),
        ([f"192.0.2.{n}" for n in range(40)], "ip_address"),
        ([f"Mozilla/5.0 (X11; Linux x86_64) Firefox/{n}.0" for n in range(40)], "user_agent"),
    ],
)
def test_values_alone_decide_where_accidents_are_rare(values, infotype):
    found = scanned({"t1": table({"c7": values})}, ignore_names=True)
    assert found.table("t1").column("c7").infotype == infotype


def test_ignoring_names_ignores_them():
    data = table({"email": [f"colour {n}" for n in range(30)]})
    assert scanned({"customers": data}, ignore_names=True).table("customers").column("email").infotype == "none"


@pytest.mark.parametrize(
    ("header", "infotype"),
    [
        ("Geburtsdatum", "birth_date"),
        ("numéro de téléphone", "phone"),
        ("fechaNacimiento", "birth_date"),
        ("Kundentelefon", "phone"),
        ("手机号码", "phone"),
        ("дата рождения", "birth_date"),
        ("CREDIT_CARD_NUMBER", "payment_card"),
        ("kontonummer", "bank_account"),
        ("passwordHash", "secret"),
    ],
)
def test_a_header_is_read_in_many_languages_and_spellings(header, infotype):
    found = scanned({"customers": people().append_column(header, pa.nulls(120, pa.string()))})
    assert found.table("customers").column(header).infotype == infotype


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("employees", "employee"), ("Mitarbeiter", "employee"), ("kunden_2024", "customer"), ("clientes", "customer"),
        ("lieferanten", "supplier"), ("partner", "partner"), ("patients", "patient"), ("visitors", "user"),
        ("员工", "employee"),
    ],
)  # fmt: skip
def test_the_tables_name_says_whose_data_it_is(name, subject):
    data = people().drop_columns(["customer_id"])
    assert scanned({name: data}).table(name).subject == subject


def test_findings_do_not_depend_on_how_rows_are_batched(crm):
    again = scanned({"customers": people(), "orders": orders()}, batch=13)
    assert again == crm


@pytest.mark.parametrize(
    "data",
    [
        pa.table({}),
        pa.table({"a": pa.array([], pa.string())}),
        pa.table({"email": pa.nulls(5, pa.string()), "x": pa.nulls(5)}),
        pa.table({"a": ["one"]}),
        pa.table(
            {"a": pa.array([[1], None], pa.list_(pa.int64())), "b": pa.array([b"\xff", None]), "c": [{"d": 1}, None]}
        ),
        pa.table({"日付": ["2024-01-01"], "名前": ["山田"], "": [""], "💥": ["\x00"]}),
        pa.table({"a": pa.array(["x", None, "x"]).dictionary_encode(), "b": pa.array([1.5, None, float("nan")])}),
        pa.table({"a": pa.array([1, None], pa.timestamp("ns")), "b": pa.array([1, None], pa.time64("us"))}),
        pa.table({"a": pa.array([1, 2], pa.duration("s")), "b": pa.array([1, 2], pa.decimal128(9, 2))}),
        pa.table(
            {"a": pa.array(["a" * 100_000, "b"], pa.large_string()), "b": pa.array(["x", None], pa.string_view())}
        ),
        pa.table({"a": pa.array([1, None], pa.float16()), "b": pa.array([b"ab", None], pa.binary(2))}),
    ],
)
def test_odd_tables_give_findings_and_no_traceback(data):
    found = scanned({"t": data}).table("t")
    assert [f.column for f in found.columns] == data.column_names
    assert found.rows == data.num_rows


@pytest.mark.slow
def test_five_thousand_columns_are_scanned():
    data = pa.table({f"c{n}": ["1", "2", None] for n in range(5000)})
    assert len(scanned({"wide": data}).table("wide").columns) == 5000


def test_no_value_is_in_the_findings():
    data = people()
    text = json.dumps(findings_json(scanned({"customers": data})), ensure_ascii=False)
    distinctive = [v for c in ("email", "phone", "birth_date") for v in data.column(c).to_pylist()]
    assert not [value for value in distinctive if value in text]


def test_the_json_has_the_contracts_keys(crm):
    document = findings_json(crm)
    assert list(document) == ["masker", "source", "tables"]
    first = document["tables"][0]
    assert list(first) == ["name", "rows", "subject", "subject_score", "primary_key", "foreign_keys", "columns"]
    wanted = ["name", "type", "infotype", "score", "decision", "subject", "contains", "evidence"]
    assert all(list(column) == wanted for column in first["columns"])
    assert all(c["infotype"] in {*INFOTYPES, "none"} for t in document["tables"] for c in t["columns"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=40), st.text(max_size=15))
def test_no_text_breaks_the_scan(values, header):
    found = scanned({"t": pa.table({header: pa.array(values, pa.string())})}).table("t")
    assert 0 <= found.columns[0].score <= 1


def test_random_digits_are_not_taken_for_national_ids():
    dice = random.Random(3)
    data = table({"v": [str(dice.randrange(10**10, 10**11)) for _ in range(300)]})
    assert scanned({"readings": data}, ignore_names=True).table("readings").column("v").infotype == "none"


def test_a_dealing_that_names_only_who_serves_in_it_is_nobodys() -> None:
    ids = [7000 + 13 * n for n in range(60)]
    served = {"deal_id": list(range(60)), "amount": [n * 1.5 for n in range(60)], "owner_id": ids}
    bought = {**served, "customer_id": [90_000 + 7 * n for n in range(60)]}
    found = {t.name: t.subject for t in scanned({"deals": table(served), "orders": table(bought)})}
    assert found == {"deals": "none", "orders": "customer"}


def test_texts_that_nothing_leads_to_are_nobodys() -> None:
    texts = [f"Thank you for order {n}. We look forward to seeing you again soon." for n in range(60)]
    templates = {"subject": [f"News {n}" for n in range(60)], "text": texts}
    sent = {"customer_id": [90_000 + 7 * n for n in range(60)], **templates}
    assert [t.subject for t in scanned({"emails": table(templates)})] == ["none"]
    assert [t.subject for t in scanned({"emails": table(sent)})] == ["customer"]


@pytest.mark.parametrize("header", ["clan", "zz1"])
def test_few_names_that_nobody_knows_are_not_clean(header: str) -> None:
    names = ["Quarterstone", "Vellamoor", "Ostrenka", "Brightwold", "Harkeness", "Tillvane", "Morrowlin", "Cassendale"]
    given = {"customer_id": [90_000 + 7 * n for n in range(160)], header: [names[n % 8] for n in range(160)]}
    assert scanned({"customers": table(given)}).table("customers").column(header).decision != "clean"
