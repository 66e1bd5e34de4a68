"""P5: a run ends as documented and shows all or nothing, whichever of its system calls fails, and so does a purge."""

import pytest

from tests.faults.figures import record
from tests.faults.runs import ERRNOS, KINDS, LONG, STEPS, Lab, put
from tests.faults.samples import SAMPLES

MOST = 400


@pytest.mark.promise("P5")
@pytest.mark.parametrize("kind", ["write", "fsync", "rename", "link", "mkdir", "unlink", "open", "read"])
@pytest.mark.parametrize("name", SAMPLES if LONG else ("csv", "jsonl", "parquet", "sqlite"))
def test_a_run_is_whole_or_absent_whichever_call_fails(faulty_lab: Lab, name: str, kind: str) -> None:
    for k in range(0, MOST, STEPS.get(name, 1)):
        lab = faulty_lab.fresh(str(k))
        source = put(lab, SAMPLES[name])
        number = ERRNOS[k % len(ERRNOS)]
        seen = lab.mask(source, fault=lab.fault(kind, k, number=number))
        fell = seen.calls > k
        context = f"{name}: {kind} {k} failed with errno {number}: {seen.exit} {seen.stderr.decode()}"
        seen.is_silent()
        seen.ends_as_documented()
        there = lab.whole_or_absent(source)
        assert there == (seen.exit == 0), context
        if lab.leftovers():
            assert kind in {"unlink", "open"}, context  # the removal itself failed, which opens folders too
            lab.next_run_is_clean(source)
        if not fell:
            assert seen.exit == 0, context
            record(
                "P5", f"{name}: calls of `{kind}` that were made to fail", k // STEPS.get(name, 1), "0 partial copies"
            )
            return
    raise AssertionError(f"a run makes fewer than {MOST} calls of {KINDS}")
