import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masker.crypto.keys import Keyring
from masker.errors import GateError
from masker.plan import Plan
from masker.plan.bind import Masking
from masker.plan.build import make_plan
from masker.profile.load import load_profile
from masker.snapshot import Rows, Table

ROOT = hashlib.sha256(b"a key for tests").digest()
PEOPLE = Table(
    "people",
    pa.schema(
        [
            ("id", pa.int64()),
            ("name", pa.string()),
            ("phone", pa.string()),
            ("born", pa.date32()),
            ("gone", pa.string()),
        ]
    ),
)
PROFILE = """masker: 1
name: t
extends: test-env
tables:
  people:
    subject: {is: customer, key: id}
    columns:
      id: permute
      name: {method: fake, infotype: person_name}
      phone: {method: fpe, infotype: phone, check: phone}
      born: {method: shift_date, infotype: birth_date}
      gone: drop
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("p") / "p.yaml"
    path.write_text(PROFILE)
    return make_plan([PEOPLE], load_profile(str(path)), None, customer="c", purpose="test-fix", recipient="staff")


def bound(plan: Plan, root: bytes = ROOT) -> Masking:
    return Masking(plan, Keyring(root, customer=plan.customer, purpose=plan.purpose))


def batch(ids: list[int | None], phones: list[str | None] | None = None) -> pa.RecordBatch:
    n = len(ids)
    columns = [
        pa.array(ids, pa.int64()),
        pa.array([f"Anna Berg {i}" for i in range(n)]),
        pa.array(phones if phones is not None else ["+49 30 2312500"] * n, pa.string()),
        pa.array([i * 97 % 20000 for i in range(n)], pa.int32()).cast(pa.date32()),
        pa.array(["x"] * n),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=PEOPLE.schema)


def test_types_stay_and_dropped_columns_go(plan: Plan) -> None:
    masked = bound(plan).mask_batch("people", batch([1, 2, 3]))
    assert masked.schema == pa.schema([field for field in PEOPLE.schema if field.name != "gone"])


def test_changed_names_every_column_that_is_not_kept(plan: Plan) -> None:
    rows, _ = bound(plan)(Rows("people", batch([1])))
    assert rows.changed == {"id", "name", "phone", "born", "gone"}


@settings(max_examples=25, deadline=None)
@given(ids=st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=40), cut=st.integers(0, 40))
def test_batch_borders_do_not_matter(plan: Plan, ids: list[int | None], cut: int) -> None:
    whole, masking = batch(ids), bound(plan)
    cut = min(cut, len(ids))
    parts = [masking.mask_batch("people", part) for part in (whole.slice(0, cut), whole.slice(cut)) if len(part)]
    assert pa.Table.from_batches(parts).combine_chunks() == pa.Table.from_batches([masking.mask_batch("people", whole)])


def test_values_that_cannot_be_read_go_the_other_way_and_are_counted(plan: Plan) -> None:
    rows, tally = bound(plan)(Rows("people", batch([1, 2, 3, 4], ["n/a", None, "", "+49 30 2312500"])))
    phones = rows.batch.column("phone").to_pylist()
    assert tally.unreadable["phone"] == 1
    assert tally.nulls["phone"] == 1
    assert phones[0] not in (None, "", "n/a")
    assert phones[1:3] == [None, ""]


def test_another_key_gives_other_pseudonyms(plan: Plan) -> None:
    one, two = (bound(plan, root).mask_batch("people", batch(list(range(100, 200)))) for root in (ROOT, ROOT[::-1]))
    same = sum(a == b for a, b in zip(one.column("id").to_pylist(), two.column("id").to_pylist(), strict=True))
    assert same < 10


def test_a_person_s_rows_hang_together(plan: Plan) -> None:
    masked = bound(plan).mask_batch("people", batch([7, 8, 7, 7]))
    names = masked.column("name").to_pylist()
    assert names[0] == names[2] == names[3]


def test_a_method_that_does_not_fit_says_so_without_a_value(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("masker: 1\nname: t\ntables: {t: {columns: {flag: token}}}\n")
    table = Table("t", pa.schema([("flag", pa.int64())]))
    plan = make_plan([table], load_profile(str(path)), None, customer="c", purpose="p", recipient="staff")
    with pytest.raises(GateError) as caught:
        bound(plan).mask_batch("t", pa.RecordBatch.from_arrays([pa.array([12345678])], schema=table.schema))
    assert caught.value.code == "does-not-fit"
    assert "12345678" not in str(caught.value)
