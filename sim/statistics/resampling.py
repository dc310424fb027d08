"""Bootstrap weights of whole runs."""

import numpy as np

REPLICATES = 2000  # bootstrap samples


def resamples(runs: int, seed: int, replicates: int = REPLICATES) -> np.ndarray:
    """How often each run occurs in each bootstrap sample, int32 [replicates, runs]. Depends on nothing else."""
    generator = np.random.Generator(np.random.Philox(key=[seed & 0xFFFFFFFFFFFFFFFF, 0x1A40FF]))
    drawn = generator.integers(0, runs, (replicates, runs))
    flat = drawn + np.arange(replicates)[:, None] * runs
    return np.bincount(flat.ravel(), minlength=replicates * runs).reshape(replicates, runs).astype(np.int32)
