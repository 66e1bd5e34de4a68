"""The timer that purges, as text: for cron, for systemd, and as a step of a pipeline that runs where copies lie.

crontab(5): five fields, `%` escaped. systemd.syntax(7), systemd.service(5), systemd.exec(5): `%` doubled, words quoted.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from masker.errors import UsageError

HOURLY = "17 * * * *"


@dataclass(frozen=True, slots=True)
class Timer:
    """What is to run: `command` (the words that start masker), in `folder`, over `folders` (none: where it is run).

    `settings` are variables that the timer has to hand on (never a secret), `writable` the folders it writes to.
    """

    command: tuple[str, ...]
    folder: Path
    folders: tuple[Path, ...]
    user: str
    settings: tuple[tuple[str, str], ...] = ()
    writable: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        words = [*self.command, *map(str, (self.folder, *self.folders, *self.writable)), *dict(self.settings).values()]
        if any(ord(letter) < 32 for word in words for letter in word):
            raise UsageError("usage", "a path with a line break cannot stand in a timer", "rename the folder")

    @property
    def runs(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The two commands: delete what is expired; then fail, and so be heard, where something expired is left."""
        where = tuple(map(str, self.folders))
        return (*self.command, "purge", *where), (*self.command, "copies", "--fail-expired", *where)

    @property
    def arguments(self) -> str:
        """The folders as words of a shell."""
        return shlex.join(map(str, self.folders or (self.folder,)))


def cron(timer: Timer) -> str:
    """One line for `crontab -e`: every hour; cron mails what it prints."""
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in timer.settings)
    purge, copies = (settings + shlex.join(words) for words in timer.runs)
    line = f"cd {shlex.quote(str(timer.folder))} && {{ {purge}; {copies}; }}"
    # cron takes a bare percent sign for a line break.
    return f"{HOURLY} {line.replace('%', chr(92) + '%')}\n"


def systemd(timer: Timer) -> str:
    """A service and a timer: every hour, made up for after a pause, with no network and nothing else writable."""
    writable = " ".join(_word(f"-{path}") for path in dict.fromkeys((timer.folder, *timer.folders, *timer.writable)))
    settings = "".join(f"Environment={_word(f'{name}={value}')}\n" for name, value in timer.settings)
    purge, copies = (" ".join(_word(word).replace("$", "$$") for word in words) for words in timer.runs)
    return f"""\
# /etc/systemd/system/masker-purge.service
[Unit]
Description=Purge expired masker copies

[Service]
Type=oneshot
User={_plain(timer.user)}
WorkingDirectory={_plain(str(timer.folder))}
{settings}# A purge that leaves something does not keep the second command from saying so.
ExecStart=-{purge}
ExecStart={copies}
UMask=0077
ProtectSystem=strict
ReadWritePaths={writable}
PrivateDevices=yes
PrivateNetwork=yes
RestrictAddressFamilies=AF_UNIX
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

# /etc/systemd/system/masker-purge.timer
[Unit]
Description=Purge expired masker copies every hour

[Timer]
OnCalendar=hourly
RandomizedDelaySec=5min
Persistent=true

[Install]
WantedBy=timers.target
"""


def github(timer: Timer) -> str:
    """A workflow for a runner of your own, on the machine where the copies lie."""
    return f"""\
# .github/workflows/masker-purge.yml
name: masker-purge
on:
  schedule:
    - cron: "{HOURLY}"
  workflow_dispatch:
permissions: {{}}
jobs:
  purge:
    runs-on: self-hosted
    env:
      MASKER_SIGNING_KEY: ${{{{ secrets.MASKER_SIGNING_KEY }}}}
    steps:
      - run: masker purge {timer.arguments}
      - if: always()
        run: masker copies --fail-expired {timer.arguments}
"""


def gitlab(timer: Timer) -> str:
    """A job for a pipeline schedule, on a runner where the copies lie; MASKER_SIGNING_KEY is a masked variable."""
    return f"""\
# .gitlab-ci.yml
masker-purge:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
  variables:
    GIT_STRATEGY: none
  script:
    - masker purge {timer.arguments}
  after_script:
    - masker copies --fail-expired {timer.arguments}
"""


def _plain(text: str) -> str:
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """One word of a systemd command line or list: quoted where it has to be, `%` doubled."""
    escaped = text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if any(letter in escaped for letter in " \t\"'\\;") else escaped
