"""A pipeline's nightly copy, as text: check, mask, verify, and an artifact that goes when the copy expires.

GitHub: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax (expressions are never built
from a path). GitLab: https://docs.gitlab.com/ci/yaml/ (`artifacts:expire_in`). Commands are JSON-quoted, which is YAML.
"""

import json
import math
import shlex
from dataclasses import dataclass
from datetime import timedelta

from masker.clock import duration
from masker.errors import UsageError
from masker.timers import HOURLY, Timer

# What GitHub keeps an artifact for at most where nobody changed it.
_LONGEST_RETENTION = 90
_NIGHTLY = "23 2 * * *"
_PLATFORM_READS = ("${{", "$", "`")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The nightly copy that a pipeline makes: `source` to `dest`, both paths in the checked-out repository.

    `expires` is a duration: it goes to `masker mask` and, in whole days rounded down, to the artifact.
    Raises `UsageError` for a date (tomorrow's run would get another life), and for words that a platform would expand.
    """

    source: str
    dest: str
    profile: str
    purpose: str
    expires: str

    def __post_init__(self) -> None:
        for word in (self.source, self.dest, self.profile, self.purpose, self.expires):
            if any(ord(letter) < 32 for letter in word) or any(mark in word for mark in _PLATFORM_READS):
                raise UsageError(
                    "usage", "a word that the pipeline would expand cannot stand in it", "no `$`, no quotes"
                )
            if not word or word.startswith("-"):
                raise UsageError("usage", "a path or id is empty or looks like an option", "begin it with `./`")
        self._life()

    def _life(self) -> timedelta:
        life = duration(self.expires)
        if life is None or life < timedelta(days=1):
            hint = "say `--expires 14d`; every night's copy lives that long"
            raise UsageError("usage", "a pipeline's copy needs a duration of a day or more", hint)
        return life

    @property
    def days(self) -> int:
        """How long the platform keeps the artifact: never longer than the copy may live."""
        return math.floor(self._life() / timedelta(days=1))

    @property
    def steps(self) -> tuple[tuple[str, ...], ...]:
        """The commands: the gate, the copy, and the check of what was published."""
        return (
            ("masker", "check", self.source, "--profile", self.profile),
            (
                *("masker", "mask", self.source, "-o", self.dest, "--replace", "--profile", self.profile),
                *("--purpose", self.purpose, "--expires", self.expires),
            ),
            ("masker", "verify", self.dest, "--against", self.source),
        )


def github(pipeline: Pipeline, purging: Timer) -> str:
    """A workflow that makes the copy every night; and purges every hour where MASKER_PURGE_RUNNER names a runner."""
    check, mask, verify = (shlex.join(words) for words in pipeline.steps)
    return f"""\
# .github/workflows/masker.yml
# MASKER_PACKAGE is a variable: the wheel of masker, a path or an https address. The keys are secrets.
# MASKER_PURGE_RUNNER is a variable: a runner of your own where copies lie; without it nothing is purged.
name: masker
on:
  schedule:
    - cron: "{_NIGHTLY}"
    - cron: "{HOURLY}"
  workflow_dispatch:
permissions:
  contents: read
jobs:
  copy:
    if: ${{{{ github.event.schedule != '{HOURLY}' }}}}
    concurrency: masker-copy
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - name: Install masker
        env:
          MASKER_PACKAGE: ${{{{ vars.MASKER_PACKAGE }}}}
        run: python -m pip install "${{MASKER_PACKAGE:?the wheel of masker}}"
      - name: Check the profile
        run: {json.dumps(f"{check} --format github")}
      - name: Make the copy
        env:
          MASKER_KEY: ${{{{ secrets.MASKER_KEY }}}}
          MASKER_SIGNING_KEY: ${{{{ secrets.MASKER_SIGNING_KEY }}}}
        run: {json.dumps(mask)}
      - name: Verify the copy
        env:
          MASKER_SIGNING_KEY: ${{{{ secrets.MASKER_SIGNING_KEY }}}}
        run: {json.dumps(verify)}
      - uses: actions/upload-artifact@v4
        with:
          name: masked-copy
          path: {_block(artifact_paths(pipeline.dest), 12)}
          if-no-files-found: error
          # Not longer than the copy may live.
          retention-days: {min(pipeline.days, _LONGEST_RETENTION)}
  purge:
    if: ${{{{ vars.MASKER_PURGE_RUNNER && github.event.schedule != '{_NIGHTLY}' }}}}
    runs-on: ${{{{ vars.MASKER_PURGE_RUNNER }}}}
    permissions: {{}}
    env:
      MASKER_SIGNING_KEY: ${{{{ secrets.MASKER_SIGNING_KEY }}}}
    steps:
      - run: {json.dumps(f"masker purge {purging.arguments}")}
      - if: always()
        run: {json.dumps(f"masker copies --fail-expired {purging.arguments}")}
"""


def gitlab(pipeline: Pipeline, purging: Timer) -> str:
    """A job that makes the copy in a pipeline schedule, and one that purges in a schedule with MASKER_RUN=purge."""
    script = "\n".join(f"    - {json.dumps(shlex.join(words))}" for words in pipeline.steps)
    paths = "\n".join(f"      - {json.dumps(path)}" for path in artifact_paths(pipeline.dest))
    return f"""\
# .gitlab-ci.yml
# MASKER_PACKAGE is a variable: the wheel of masker, a path or an https address.
# MASKER_KEY and MASKER_SIGNING_KEY are variables too: masked, protected, not expanded.
# A second schedule with MASKER_RUN=purge and MASKER_PURGE_RUNNER (the tag of a runner where copies lie) purges.
masker-copy:
  image: python:3.12-slim
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $MASKER_RUN != "purge"
  resource_group: masker-copy
  script:
    - python -m pip install "${{MASKER_PACKAGE:?the wheel of masker}}"
{script}
  artifacts:
    access: developer
    # Not longer than the copy may live.
    expire_in: {pipeline.days} days
    paths:
{paths}
masker-purge:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" && $MASKER_RUN == "purge" && $MASKER_PURGE_RUNNER
  tags:
    - $MASKER_PURGE_RUNNER
  variables:
    GIT_STRATEGY: none
  script:
    - {json.dumps(f"masker purge {purging.arguments}")}
  after_script:
    - {json.dumps(f"masker copies --fail-expired {purging.arguments}")}
"""


def artifact_paths(dest: str) -> tuple[str, ...]:
    """What belongs to a copy: itself, and the manifest beside it where it is a single file.

    >>> artifact_paths("copy/"), artifact_paths("crm.sql")
    (('copy/',), ('crm.sql', 'crm.sql.masker.json'))
    """
    return (dest,) if dest.endswith("/") else (dest, f"{dest}.masker.json")


def _block(lines: tuple[str, ...], indent: int) -> str:
    return "|" + "".join(f"\n{' ' * indent}{line}" for line in lines)
