"""A keystream for every row, as long as the row needs: AES-CMAC of the row's tag, counted up.

NIST SP 800-38A section 6.5 (counter mode), with the row's 128-bit PRF tag as the initial counter block.
"""

import numpy as np
import numpy.typing as npt

from masker.crypto.blocks import Words
from masker.crypto.prf import Prf


def expand(prf: Prf, tags: Words, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Draw `counts[i]` 32-bit numbers for row i from its 128-bit tag, all rows' joined in order.

    `tags` has shape (n, 2), `counts` (n,); the same tag gives the same numbers, more of them continue fewer. Tags that
    are drawn at random do not meet each other's counters (probability below rows² · longest/2^130).
    """
    blocks = (counts + 3) >> 2
    first = np.cumsum(blocks) - blocks
    seeds = np.repeat(tags, blocks, axis=0)
    seeds[:, 1] += (np.arange(len(seeds)) - np.repeat(first, blocks)).astype(np.uint64)
    drawn = prf.of_matrix(seeds.byteswap(inplace=True).view(np.uint8)).byteswap(inplace=True)
    numbers: npt.NDArray[np.uint32] = drawn.view(np.uint8).view(">u4").reshape(-1).astype(np.uint32)
    spare = (blocks << 2) - counts
    if not spare.any():
        return numbers
    begins = np.cumsum(counts) - counts
    wanted: npt.NDArray[np.uint32] = numbers[np.arange(int(counts.sum())) + np.repeat(4 * first - begins, counts)]
    return wanted


def below(draws: npt.NDArray[np.uint32], sizes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Bring each draw below its size, about evenly: the bias is at most size/2^32."""
    return (draws.astype(np.uint64) * sizes >> np.uint64(32)).astype(np.uint32)
