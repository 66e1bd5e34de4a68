"""Seeded faults: masking goes wrong in one place, and the run must be refused before anything is visible."""

from tests.verify.seeded import (
    cells,
    containers,
    dump_hidden,
    dump_statements,
    dumps,
    identities,
    omissions,
    pseudonyms,
)
from tests.verify.seeded.registry import FAULTS

FAMILIES = (omissions, identities, pseudonyms, cells, containers, dumps, dump_statements, dump_hidden)
__all__ = ["FAMILIES", "FAULTS"]
