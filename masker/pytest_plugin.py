"""A pytest plugin: the fixture `masked_copy` gives tests a copy that is signed, whole and not expired, or fails them.

Which one: `--masked-copy PLACE`, else `masked_copy = PLACE` in pytest's settings (a path from the root folder, or the
URL of a database). https://docs.pytest.org/en/stable/how-to/writing_plugins.html
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from masker.manifest import Manifest

_OPTION = "masked_copy"


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """A copy that passed `masker verify` at the start of the session: where it is, and its manifest.

    `place` is what to open: an absolute path, or the URL of a database.
    """

    place: str
    manifest: "Manifest"

    @property
    def path(self) -> Path:
        """The file or folder of the copy."""
        return Path(self.place)

    @property
    def expires(self) -> str:
        """When the copy has to be gone: RFC 3339, UTC."""
        return self.manifest.expires


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--masked-copy` and the setting `masked_copy`."""
    group = parser.getgroup("masker", "masked copies of production data")
    group.addoption("--masked-copy", metavar="PLACE", help="the masked copy that tests run on")
    parser.addini(_OPTION, "the masked copy that tests run on", default="")


@pytest.fixture(scope="session")
def masked_copy(request: pytest.FixtureRequest) -> MaskedCopy:
    """The masked copy to test on, verified once a session; every test that asks for it fails where it has expired."""
    from masker.address import Address, place_of
    from masker.api import verify
    from masker.errors import MaskerError

    said = request.config.getoption("--masked-copy") or request.config.getini(_OPTION)
    if not said:
        pytest.fail("no masked copy: say `--masked-copy PLACE`, or `masked_copy` in pytest's settings", pytrace=False)
    failure = ""
    try:
        place = place_of(said)
        if not isinstance(place, Address):
            said = str(request.config.rootpath / place)
        return MaskedCopy(said, verify(said))
    except MaskerError as error:
        failure = f"masker: {error}\nhint: {error.hint}"
    pytest.fail(failure, pytrace=False)
