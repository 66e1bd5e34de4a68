"""What masker has to work with, looked at without changing anything: versions, keys, ledger, programs, disk, clock."""

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from masker import __version__, clock
from masker.address import Address
from masker.config import Config, config_folder
from masker.crypto.root import KeySource, key_source, load_root
from masker.errors import MaskerError
from masker.keying import SIGNING_KEY, settings_source
from masker.ledger import ledger_path
from masker.servers import SERVERS

State = Literal["ok", "note", "wrong"]
_LITTLE, _TOO_LITTLE = 1 << 30, 100 << 20  # bytes free: a copy and its staging are as large as their source
_LIBRARIES = ("pyarrow", "numpy", "cryptography", "pydantic", "ruamel.yaml", "msgspec", "sqlglot", "pandas", "click")


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at: `ok`, `note` (works, but worth knowing) or `wrong`, and what to do."""

    what: str
    state: State
    told: str
    hint: str = ""


def look(config: Config, folder: Path, databases: tuple[Address, ...] = ()) -> tuple[Looked, ...]:
    """Look at all of it; `folder` is where copies would be written, `databases` are to be reached.

    A key command is run, as a run would run it. No key, no path of one and no value is told.
    """
    looks: tuple[Callable[[], Iterator[Looked]], ...] = (
        _versions,
        lambda: _masking_key(config),
        _signing_key,
        _ledger,
        _programs,
        lambda: _room(folder),
        _text,
        *(lambda place=place: _database(place) for place in databases),
    )
    return tuple(found for one in looks for found in one())


def _versions() -> Iterator[Looked]:
    python = platform.python_version()
    yield Looked("masker", "ok", f"{__version__}, Python {python}, {platform.system()} {platform.machine()}")
    found: list[str] = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Looked("library", "wrong", f"{name} is not installed", "install masker again, from its wheel")
    yield Looked("libraries", "ok", ", ".join(found))


def _masking_key(config: Config) -> Iterator[Looked]:
    none = "none: every run draws a key and forgets it, so copies neither join nor can be revealed"
    try:
        settings = settings_source(config)
        source = key_source(KeySource(), os.environ, settings)
        if source is not None and not source.is_named:
            yield Looked("masking key", "note", none, "`masker key new FILE`, then `--key-file FILE`")
            return
        load_root(KeySource(), dict(os.environ), settings)
    except MaskerError as error:
        yield Looked("masking key", "wrong", error.message, error.hint)
        return
    where = "MASKER_KEY" if source is None else "a key file" if source.file is not None else "a key command"
    yield Looked("masking key", "ok", f"usable, from {where}")


def _signing_key() -> Iterator[Looked]:
    from masker.crypto.signing import load_signer

    given = "MASKER_SIGNING_KEY" in os.environ
    if not given and not os.path.lexists(config_folder() / SIGNING_KEY):
        yield Looked("signing key", "note", "none yet: the first run makes one", "CI hands in MASKER_SIGNING_KEY")
        return
    try:
        signer = load_signer(config_folder(), dict(os.environ))
    except MaskerError as error:
        yield Looked("signing key", "wrong", error.message, error.hint)
        return
    yield Looked("signing key", "ok", f"signer {signer.id}, from {'MASKER_SIGNING_KEY' if given else 'its file'}")


def _ledger() -> Iterator[Looked]:
    from masker.ledger.sound import check, set_back
    from masker.trust import trusted_signers

    moment = clock.now()
    try:
        standing = check(ledger_path(), trusted_signers())
    except MaskerError as error:
        yield Looked("ledger", "wrong", error.message, error.hint)
        yield Looked("clock", "ok", clock.rfc3339(moment))
        return
    head = standing.head
    yield Looked(
        "ledger", "ok", f"{head.seq} events, whole and signed" if head.seq else "none yet: the first run makes it"
    )
    if set_back(head, moment):
        hint = "set the clock right: expiry depends on it, and runs are refused until then"
        yield Looked("clock", "wrong", f"{clock.rfc3339(moment)}, before the ledger's newest event", hint)
    else:
        yield Looked("clock", "ok", clock.rfc3339(moment))


def _programs() -> Iterator[Looked]:
    found = shutil.which("pg_restore") is not None
    hint = "" if found else "install PostgreSQL's client programs"
    told = "there" if found else "missing: archives of pg_dump (-Fc, -Fd, -Ft) cannot be read; plain dumps can"
    yield Looked("pg_restore", "ok" if found else "note", told, hint)
    for name, module, extra in (("PostgreSQL", "psycopg", "postgres"), ("MySQL", "pymysql", "mysql")):
        there = importlib.util.find_spec(module) is not None
        told = f"{module} is there" if there else f"{module} is missing: databases cannot be read; dumps can"
        yield Looked(name, "ok" if there else "note", told, "" if there else f"install masker with the extra `{extra}`")


def _room(folder: Path) -> Iterator[Looked]:
    for what, place in (("disk here", folder), ("disk for temporary files", Path(tempfile.gettempdir()))):
        if not os.access(place, os.W_OK):
            yield Looked(what, "note", "not writable", "write copies elsewhere")
            continue
        free = shutil.disk_usage(place).free
        state: State = "ok" if free >= _LITTLE else "note" if free >= _TOO_LITTLE else "wrong"
        hint = "" if state == "ok" else "a copy needs as much room as its source: make some"
        yield Looked(what, state, f"{free / (1 << 30):.1f} GiB free", hint)


def _text() -> Iterator[Looked]:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    good = encoding == "utf8"
    told = "UTF-8" if good else "not UTF-8: names outside of ASCII may not be shown"
    yield Looked("output", "ok" if good else "note", told, "" if good else "set PYTHONUTF8=1")


def _database(place: Address) -> Iterator[Looked]:
    what = f"{place.scheme}://{place.host}:{place.port}"
    try:
        SERVERS[place.server].identity(place)
    except MaskerError as error:
        yield Looked(what, "wrong", error.message, error.hint)
        return
    yield Looked(what, "ok", "reachable")
