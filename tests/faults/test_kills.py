"""P5: a run that is killed or stopped at any moment shows all or nothing, and the next run cleans up after it."""

import os
import random
import signal

import pytest

from tests.faults.figures import record
from tests.faults.runs import KILL_AFTER, KILL_BEFORE, LONG, SEED, STEPS, Lab, put
from tests.faults.samples import SAMPLES

NAMES = tuple(SAMPLES) if LONG else ("csv", "jsonl", "parquet", "sqlite")
KILLS = int(os.environ.get("MASKER_FAULTS_KILLS", "250" if LONG else "15"))
MOST = 400
# What follows one call mostly is the next one: the short form kills before each.
ACTIONS = (KILL_BEFORE, KILL_AFTER) if LONG else (KILL_BEFORE,)


def survives(lab: Lab, source: object, context: str) -> None:
    there = lab.whole_or_absent(source)  # type: ignore[arg-type]
    if lab.leftovers() or not there:
        lab.next_run_is_clean(source)  # type: ignore[arg-type]
    assert not lab.leftovers(), context


@pytest.mark.promise("P5")
@pytest.mark.parametrize("action", ACTIONS, ids=["before", "after"][: len(ACTIONS)])
@pytest.mark.parametrize("name", NAMES)
def test_a_run_killed_at_any_call_that_changes_a_file_leaves_all_or_nothing(
    faulty_lab: Lab, name: str, action: int
) -> None:
    for k in range(0, MOST, STEPS.get(name, 1)):
        lab = faulty_lab.fresh(str(k))
        source = put(lab, SAMPLES[name])
        seen = lab.mask(source, fault=lab.fault("change", k, action=action))
        context = f"{name}: killed at call {k}: {seen.exit}"
        seen.is_silent()
        if seen.exit == 0:
            when = "before" if action == KILL_BEFORE else "after"
            record("P5", f"{name}: runs killed {when} a call", k // STEPS.get(name, 1), "0 partial copies")
            return
        assert seen.exit == -signal.SIGKILL, context
        survives(lab, source, context)
    raise AssertionError(f"a run makes fewer than {MOST} calls")


@pytest.mark.promise("P5")
@pytest.mark.parametrize("name", NAMES)
def test_a_run_killed_at_a_random_moment_leaves_all_or_nothing(lab: Lab, name: str) -> None:
    chance = random.Random(f"{SEED} {name}")
    whole = lab.fresh("whole")
    seconds = whole.mask(put(whole, SAMPLES[name], 400)).seconds
    for number in range(KILLS):
        made = lab.fresh(str(number))
        source = put(made, SAMPLES[name], 400)
        after = chance.uniform(0, seconds)
        seen = made.mask(source, signal=int(signal.SIGKILL), signal_after=after)
        assert seen.exit in {0, -signal.SIGKILL}
        seen.is_silent()
        survives(made, source, f"{name}: killed after {after:.4f} s (seed {SEED})")
    record("P5", f"{name}: runs killed at random moments", KILLS, "0 partial copies")


@pytest.mark.promise("P5")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("name", NAMES)
def test_a_run_stopped_at_a_random_moment_says_so_and_leaves_nothing(lab: Lab, name: str, number: int) -> None:
    chance = random.Random(f"{SEED} {name} {number}")
    whole = lab.fresh("whole")
    seconds = whole.mask(put(whole, SAMPLES[name], 400)).seconds
    for attempt in range(KILLS // 3):
        made = lab.fresh(str(attempt))
        source = put(made, SAMPLES[name], 400)
        after = chance.uniform(seconds / 8, seconds)
        seen = made.mask(source, signal=int(number), signal_after=after)
        context = f"{name}: stopped after {after:.4f} s (seed {SEED}): {seen.exit} {seen.stderr.decode()}"
        assert seen.exit in {0, 128 + number}, context
        seen.is_silent()
        assert made.whole_or_absent(source) == (seen.exit == 0), context
        assert not made.leftovers(), context
        assert os.listdir(made.folder / "out") == [] or seen.exit == 0, context  # noqa: PTH208
    record("P5", f"{name}: runs stopped by {signal.Signals(number).name}", KILLS // 3, "0 partial copies")


@pytest.mark.promise("P5")
@pytest.mark.parametrize("action", ACTIONS, ids=["before", "after"][: len(ACTIONS)])
def test_a_purge_killed_at_any_call_is_finished_by_the_next(faulty_lab: Lab, action: int) -> None:
    for k in range(MOST):
        lab = faulty_lab.fresh(str(k))
        source = put(lab, SAMPLES["csv"], 3)
        folder = lab.folder / "out"
        assert lab.mask(source, "--expires", "1h", env={"FAKE_HOURS": "-2"}).exit == 0
        (folder / "mine.txt").write_text("mine")
        seen = lab.run("purge", folder, fault=lab.fault("change", k, action=action))
        seen.is_silent()
        assert seen.exit in {0, -signal.SIGKILL}, seen.stderr.decode()
        again = lab.run("purge", folder)
        assert again.exit == 0, again.stderr.decode()
        left = sorted(path.name for path in folder.iterdir())
        assert [name.endswith(".purged.json") for name in left] == [True, False], (k, left)
        assert left[1] == "mine.txt"
        if seen.exit == 0:
            assert k > 3
            return
    raise AssertionError(f"a purge makes fewer than {MOST} calls")


@pytest.mark.promise("P5")
@pytest.mark.parametrize("kind", ["write", "fsync", "rename", "mkdir", "unlink", "open", "read"])
def test_a_purge_ends_as_documented_whichever_call_fails(faulty_lab: Lab, kind: str) -> None:
    for k in range(MOST):
        lab = faulty_lab.fresh(str(k))
        source = put(lab, SAMPLES["csv"], 3)
        folder = lab.folder / "out"
        assert lab.mask(source, "--expires", "1h", env={"FAKE_HOURS": "-2"}).exit == 0
        (folder / "mine.txt").write_text("mine")
        seen = lab.run("purge", folder, fault=lab.fault(kind, k, number=5))
        seen.is_silent()
        seen.ends_as_documented()
        again = lab.run("purge", folder)
        assert again.exit == 0, again.stderr.decode()
        assert not lab.dest.exists(), (kind, k, seen.stderr.decode())
        assert (folder / "mine.txt").read_text() == "mine"
        if seen.calls <= k:
            return
    raise AssertionError(f"a purge makes fewer than {MOST} calls")
