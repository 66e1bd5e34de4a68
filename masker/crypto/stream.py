"""A keystream for every row, as long as the row needs: AES-CMAC of the row's tag and a block counter.

NIST SP 800-108r1 (Key Derivation Using Pseudorandom Functions), counter mode with CMAC, block by block.
"""

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import Words
from masker.crypto.prf import Prf


def expand(prf: Prf, tags: Words, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Draw `counts[i]` 32-bit numbers for row i from its 128-bit tag, all rows' joined in order.

    `tags` has shape (n, 2), `counts` (n,); the same tag gives the same numbers, more of them continue fewer.
    """
    blocks = (counts + 3) // 4
    first = np.cumsum(blocks) - blocks
    owner = np.repeat(np.arange(len(counts)), blocks)
    seeds = np.empty((len(owner), 3), dtype=">u8")
    seeds[:, :2] = tags[owner]
    seeds[:, 2] = np.arange(len(owner)) - first[owner]
    drawn = prf.of_matrix(seeds.view(np.uint8)).astype(">u8").view(">u4").reshape(-1)
    if (counts % 4 == 0).all():
        return drawn.astype(np.uint32)
    row = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    return drawn[np.arange(len(row)) + (4 * first - begins)[row]].astype(np.uint32)


def below(draws: npt.NDArray[np.uint32], sizes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Bring each draw below its size, about evenly: the bias is at most size/2^32."""
    return (draws.astype(np.uint64) * sizes >> np.uint64(32)).astype(np.uint32)
