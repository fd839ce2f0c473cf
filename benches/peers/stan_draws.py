"""Stan's NUTS by stanli: `stan_draws.py PROGRAM DATA WARMUP DRAWS SEED FILE`.

Writes the draws of four chains to FILE as doubles, chain by chain and column by column within each, and prints what
they are as a line of JSON. Gradients are leapfrog steps: what the searches for a step size cost is not to be seen.
"""

import json
import sys

import numpy as np
import stanli

def main():
    program, data, warmup, draws, seed, file = sys.argv[1:]
    model = stanli.Model(stan_file=program, data=data)
    fit = model.sample(seed=int(seed), warmup=int(warmup), samples=int(draws), save_warmup=True, refresh=0)
    columns = [stanli.SAMPLER_COLUMNS.index(name) for name in ("n_leapfrog__", "divergent__")]
    steps, divergent = (fit.sampler_stats[:, :, column] for column in columns)
    kept = fit.draws()[:, int(warmup) :, :]
    np.ascontiguousarray(kept.transpose(0, 2, 1)).tofile(file)
    answer = {
        "names": fit.names,
        "chains": kept.shape[0],
        "warmup": steps[:, : int(warmup)].sum(),
        "sampling": steps[:, int(warmup) :].sum(),
        "divergences": divergent[:, int(warmup) :].sum(),
    }
    print(json.dumps(answer))


main()
