"""The verifier's reader of SQL dumps; not there yet."""

from masker.errors import InputError, Place
from masker.verify.opening import Where
from masker.verify.reading import Reading, Tables


def open_dump(where: Where, reading: Reading) -> Tables:
    """Open a dump; raises `InputError` (`unsupported`)."""
    raise InputError("unsupported", "there is no verifying reader for this format", place=Place(file=where.name))
