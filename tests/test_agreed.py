"""An agreement that was edited, or is another one, is noticed by every command that is given it after the run."""

import json
from pathlib import Path

import pytest
from desk import Desk, Outcome, desk
from test_agreement_runs import AGREEMENT, PROFILE, TAG, accepted, agreement

__all__ = ["desk"]

EDITED = AGREEMENT.replace("test-system: 7d", "test-system: 6d")
OTHER = AGREEMENT.replace("MSA-1", "MSA-2")
NO_LONGER = {
    "another agreement": OTHER,
    "another customer": AGREEMENT.replace("acme", "initech"),
    "the purpose": AGREEMENT.replace("test-patch: 14d, ", ""),
    "the lifetime": AGREEMENT.replace("test-patch: 14d", "test-patch: 3d"),
    "the recipient": AGREEMENT.replace("  staff: {never_keep: [health]}\n", ""),
    "the recipient's purposes": AGREEMENT.replace("{never_keep: [health]}", "{purposes: [test-system]}"),
    "the policy": AGREEMENT.replace('"3"', '"4"'),
    "an answer": AGREEMENT.replace("agreed", "declined"),
    "its end": AGREEMENT.replace("{from: 2020-01-01}", "{from: 2020-01-01, until: 2021-01-01}"),
    "what is kept": AGREEMENT.replace("[health]", "[job_title]"),
    "what the key turns back": AGREEMENT.replace("{never_keep: [health]}", "{reversible: false}"),
    "how rows hide": AGREEMENT.replace("{never_keep: [health]}", "{require: {k: 50}}"),
    "its own pseudonyms": AGREEMENT.replace("{never_keep: [health]}", "{own_pseudonyms: true}"),
}


@pytest.fixture
def copied(desk: Desk) -> Path:
    """A copy made under `AGREEMENT`, with a column that the key turns back and one that is kept."""
    columns = PROFILE.replace("first_name: fake", "first_name: {method: keep, infotype: job_title}")
    options = accepted(desk, columns.replace("email: fake", "email: encrypt"))
    key = desk.folder / "config" / "key"
    assert desk.run("key", "new", key).exit == 0
    assert desk.mask(desk.good(), *TAG[:3], "10d", *options, "--key-file", key, tagged=False).exit == 0
    return desk.out


def commands(desk: Desk, path: Path) -> dict[str, tuple[object, ...]]:
    key = desk.folder / "config" / "key"
    return {
        "verify": ("verify", desk.out, "--agreement", path),
        "extend": ("extend", desk.out, "--expires", "12d", "--reason", "more", "--agreement", path),
        "reveal": ("reveal", desk.out, "--columns", "email", "--key-file", key, "--agreement", path),
    }


def listed(outcome: Outcome) -> list[object]:
    return [copy["agreed"] for copy in json.loads(outcome.stdout)["copies"]]


@pytest.mark.promise("P14")
@pytest.mark.parametrize("what", NO_LONGER)
def test_a_copy_that_the_agreement_no_longer_allows_is_refused(desk: Desk, copied: Path, what: str) -> None:
    path = agreement(desk, NO_LONGER[what])
    for arguments in commands(desk, path).values():
        desk.refuses(lambda arguments=arguments: desk.run(*arguments), 1, "agreement")
    asked = desk.run("copies", "--agreement", path, "--format", "json")
    other = what.startswith("another")
    assert listed(asked) == (["other"] if other else ["refused"])
    assert desk.run("copies", "--agreement", path, "--fail-expired").exit == (0 if other else 1)


@pytest.mark.parametrize("text", [EDITED, AGREEMENT.replace("about: all", "about: some")])
def test_an_edited_agreement_that_still_allows_the_copy_is_told(desk: Desk, copied: Path, text: str) -> None:
    path = agreement(desk, text)
    verified = desk.run("verify", copied, "--agreement", path)
    assert verified.exit == 0, verified.stderr
    assert "agreement: changed since" in verified.stdout
    assert json.loads(desk.run("verify", copied, "--agreement", path, "--format", "json").stdout)["agreed"] == "changed"
    assert "agreement: changed since" in desk.run("verify", copied, "--agreement", path, "--format", "html").stdout
    assert listed(desk.run("copies", "--agreement", path, "--format", "json")) == ["changed"]
    for name in ("extend", "reveal"):
        done = desk.run(*commands(desk, path)[name])
        assert done.exit == 0, done.stderr
        assert "agreement has changed since" in done.stderr, name


def test_the_agreement_as_it_was_is_told_as_such(desk: Desk, copied: Path) -> None:
    path = desk.folder / "in" / "a.yaml"
    assert json.loads(desk.run("verify", copied, "--agreement", path, "--format", "json").stdout)["agreed"] == "same"
    assert "changed" not in desk.run("verify", copied, "--agreement", path).stdout
    assert listed(desk.run("copies", "--agreement", path, "--format", "json")) == ["same"]
    for arguments in commands(desk, path).values():
        done = desk.run(*arguments)
        assert done.exit == 0, done.stderr
        assert "changed since" not in done.stderr


def test_without_an_agreement_none_is_compared(desk: Desk, copied: Path) -> None:
    assert json.loads(desk.run("verify", copied, "--format", "json").stdout)["agreed"] is None
    assert listed(desk.run("copies", "--format", "json")) == [None]


def test_an_extension_says_what_the_agreement_was(desk: Desk, copied: Path) -> None:
    path = agreement(desk, EDITED)
    assert desk.run(*commands(desk, path)["extend"]).exit == 0
    log = next((desk.folder / "config").glob("*.audit.jsonl")).read_text().splitlines()
    assert '"agreed":"changed"' in log[-1].replace(" ", "")


def test_an_export_is_extended_under_its_own_agreement_only(desk: Desk) -> None:
    source, path = desk.good(), agreement(desk)
    assert desk.run("track", source, "--purpose", "test-patch", "--expires", "3d", "--agreement", path).exit == 0
    more = ("extend", source, "--expires", "5d", "--reason", "more", "--agreement", path)
    for text in (OTHER, AGREEMENT.replace('"3"', '"4"')):
        agreement(desk, text)
        desk.refuses(lambda: desk.run(*more), 1, "agreement")
    agreement(desk)
    assert desk.run(*more).exit == 0
