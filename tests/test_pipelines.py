"""What pipelines are given: workflows that their platforms' schemas accept, an action, hooks and an image."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from desk import TAGGED, Desk, desk
from ruamel.yaml import YAML

from masker.errors import UsageError
from masker.pipelines import Pipeline, artifact_paths

__all__ = ["desk"]

ROOT = Path(__file__).parents[1]
PROFILE = """
masker: 1
name: crm
owner: crm
extends: test-env
tables:
  customers:
    columns: {customer_id: token, first_name: fake, email: fake, notes: redact}
"""


def pipeline(**changes: str) -> Pipeline:
    values = {"source": "in/", "dest": "copy/", "profile": "p.yaml", "purpose": "test-system", "expires": "7d"}
    return Pipeline(**(values | changes))


def accepted_by(schema: str, path: Path) -> None:
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(("kind", "schema"), [("github", "github-workflows"), ("gitlab", "gitlab-ci")])
@pytest.mark.parametrize("more", [(), ("--source", "it's odd: #1.sql", "-o", "x y.sql"), ("copies",)])
def test_a_printed_pipeline_meets_the_schema_of_its_platform(
    desk: Desk, kind: str, schema: str, more: tuple[str, ...]
) -> None:
    told = desk.run("ci", kind, *more)
    assert told.exit == 0
    (path := desk.folder / "pipeline.yml").write_text(told.stdout)
    accepted_by(schema, path)


def commands(kind: str, text: str) -> list[list[str]]:
    tree = YAML(typ="safe").load(text)
    if kind == "github":
        lines = [step["run"] for step in tree["jobs"]["copy"]["steps"] if "run" in step]
    else:
        lines = tree["masker-copy"]["script"]
    return [shlex.split(line) for line in lines if line.startswith("masker ")]


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_the_printed_commands_run(desk: Desk, kind: str) -> None:
    """Twice, as two nights: the second copy takes the place of the first."""
    desk.good()
    (desk.folder / "profile.yaml").write_text(PROFILE)
    told = desk.run("ci", kind, "--source", "in/customers.csv", "-o", "copy.csv", "--profile", "profile.yaml")
    found = commands(kind, told.stdout)
    assert [words[1] for words in found] == ["check", "mask", "verify"]
    for words in found * 2:
        assert desk.run(*words[1:]).exit == 0, words


@pytest.mark.parametrize(("expires", "days"), [("7d", 7), ("2w", 14), ("36h", 1), ("P10D", 10)])
def test_the_platform_keeps_the_artifact_no_longer_than_the_copy_may_live(desk: Desk, expires: str, days: int) -> None:
    github = YAML(typ="safe").load(desk.run("ci", "github", "--expires", expires).stdout)
    assert github["jobs"]["copy"]["steps"][-1]["with"]["retention-days"] == days
    gitlab = YAML(typ="safe").load(desk.run("ci", "gitlab", "--expires", expires).stdout)
    assert gitlab["masker-copy"]["artifacts"]["expire_in"] == f"{days} days"


@pytest.mark.parametrize("expires", ["2026-12-24", "12h", "soon"])
def test_a_life_that_no_nightly_copy_can_have_is_refused(desk: Desk, expires: str) -> None:
    desk.refuses(lambda: desk.run("ci", "github", "--expires", expires), 2, "usage")


@pytest.mark.parametrize("word", ["${{ secrets.X }}", "$(id)", "`id`", "a\nb", "", "-o"])
def test_words_that_a_platform_would_expand_are_refused(word: str) -> None:
    for place in ("source", "dest", "profile", "purpose"):
        with pytest.raises(UsageError):
            pipeline(**{place: word})


def test_the_manifest_goes_with_a_single_file() -> None:
    assert artifact_paths("crm.sql") == ("crm.sql", "crm.sql.masker.json")


def test_no_expression_of_the_action_stands_in_a_script() -> None:
    """An input inside `run:` would be a part of the script that its caller writes."""
    accepted_by("github-actions", ROOT / "action.yml")
    for step in YAML(typ="safe").load((ROOT / "action.yml").read_text())["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_the_scripts_of_the_action_run(desk: Desk) -> None:
    """All but the installation, in a shell, with the outputs that it promises."""
    source, output = desk.good(), desk.folder / "output"
    (desk.folder / "profile.yaml").write_text(PROFILE)
    (bin_ := desk.folder / "bin").mkdir()
    (bin_ / "masker").write_text(f'#!/bin/sh\nexec {sys.executable} -m masker "$@"\n')
    (bin_ / "masker").chmod(0o700)
    (bin_ / "python").symlink_to(sys.executable)
    inputs = {
        "SOURCE": str(source), "DEST": "copy.csv", "PROFILE": "profile.yaml", "PURPOSE": "test-patch",
        "EXPIRES": "14d", "RECIPIENT": "staff", "REFERENCE": "CHG-1 $(touch hacked)",
    }  # fmt: skip
    own = {"PATH": f"{bin_}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "GITHUB_OUTPUT": str(output), "HOME": str(bin_)}
    steps = YAML(typ="safe").load((ROOT / "action.yml").read_text())["runs"]["steps"]
    for step in steps[1:]:
        assert set(step["env"]) <= {*inputs, "MASKER_KEY"}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=desk.folder,
            env=own | inputs,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"copy-id=\S+\nexpires=\S+Z\nretention-days=1[34]\n", output.read_text())
    assert not (desk.folder / "hacked").exists()


def test_hooks_name_commands_that_exist_and_files_that_masker_reads(desk: Desk) -> None:
    hooks = {hook["id"]: hook for hook in YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for hook in hooks.values():
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        assert desk.run(*shlex.split(hook["entry"])[1:], "--help").exit == 0
    scanned = hooks["masker-scan"]
    for name in ("tests/data/a.csv", "fixtures/dump.sql.gz", "b.parquet"):
        assert re.search(scanned["files"], name)
        assert not re.search(scanned["exclude"], name)
    for name in ("package.json", "web/tsconfig.app.json", ".masker-baseline.json", "copy.csv.masker.json"):
        assert re.search(scanned["exclude"], name)


def test_the_image_runs_as_nobody_and_copies_no_key() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert text.index("USER 65534:65534") > text.rindex("\nFROM ")
    assert "MASKER_KEY=" not in text
    assert (ROOT / ".dockerignore").read_text().startswith("*\n")
    hadolint = shutil.which("hadolint")
    if hadolint:
        subprocess.run([hadolint, str(ROOT / "Dockerfile")], check=True)


def test_a_key_that_is_empty_in_ci_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that was never set reaches the job as an empty variable; the copy must not get a throw-away key."""
    source = desk.good()
    monkeypatch.setenv("MASKER_KEY", "")
    desk.refuses(lambda: desk.run("mask", source, "-o", desk.out, *TAGGED), 4, "key")
