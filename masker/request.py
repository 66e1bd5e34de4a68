"""What a user asks of a run: plain values from the command line or the Python API, not yet checked."""

from dataclasses import dataclass, field
from pathlib import Path

from masker.address import Address
from masker.config import Config
from masker.formats import ReadOptions


@dataclass(frozen=True)
class Request:
    """What a user asks of a run: see `masker mask --help`. `expires` as `clock.expiry` reads it.

    `agreement` is the path of an agreement file ("": the one that the profile names, else the built-in one);
    `key_command` a program with its arguments that prints the masking key; `replace` lets a copy of the same purpose
    take the place of the one at `dest`. `where` (`TABLE: CONDITION`) and `subset` (`5%`, `1000`, `TABLE:5%`) say which
    rows a closed subset begins with; without any, all rows are copied.
    """

    source: Path | Address
    dest: Path | Address
    purpose: str
    expires: str
    profile: str | None = None
    agreement: str = ""
    recipient: str = "staff"
    reference: str = ""
    operator: str = ""
    key_file: Path | None = None
    key_command: str = ""
    replace: bool = False
    engine: str = "threads"
    jobs: int = 0
    options: ReadOptions = field(default_factory=ReadOptions)
    input_format: str = ""
    allow_remask: bool = False
    where: tuple[str, ...] = ()
    subset: tuple[str, ...] = ()
    config: Config = field(default_factory=Config)
