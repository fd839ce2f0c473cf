"""emcee on the densities of `main.rs`: one line of JSON for each density and move.

Autocorrelation times are those of emcee itself, averaged over coordinates, with the standard error over ensembles. Steps
a second of processor time are those of `run_mcmc`, once with a density that takes all walkers at once, once with one call a walker.
"""

import json
import time

import emcee
import numpy as np

WALKERS = 32
ENSEMBLES = 8
WARMUP = 2000
ITERATIONS = 20_000
MOVES = {"stretch": emcee.moves.StretchMove, "differential": emcee.moves.DEMove, "walk": emcee.moves.WalkMove}


def normal_all(q):
    later = np.sum((q[:, 1:] - 0.9 * q[:, :-1]) ** 2, axis=1) / (1 - 0.81)
    return -0.5 * (q[:, 0] ** 2 + later)


def normal_one(q):
    later = q[1:] - 0.9 * q[:-1]
    return -0.5 * (q[0] * q[0] + later @ later / (1 - 0.81))


def rosenbrock_all(q):
    return -0.5 * ((1 - q[:, 0]) ** 2 + 5 * (q[:, 1] - q[:, 0] ** 2) ** 2)


def rosenbrock_one(q):
    x, y = q
    return -0.5 * ((1 - x) ** 2 + 5 * (y - x * x) ** 2)


TARGETS = {"normal": (5, normal_all, normal_one), "rosenbrock": (2, rosenbrock_all, rosenbrock_one)}


def ensemble(density, dim, move, seed, iterations, vectorize):
    """A run after warm-up, and its steps of a walker a second."""
    np.random.seed(seed)
    start = np.random.default_rng(seed).uniform(-2, 2, (WALKERS, dim))
    sampler = emcee.EnsembleSampler(WALKERS, dim, density, moves=move(), vectorize=vectorize)
    state = sampler.run_mcmc(start, WARMUP)
    sampler.reset()
    begin = time.process_time()
    sampler.run_mcmc(state, iterations)
    return sampler, WALKERS * iterations / (time.process_time() - begin)


def figures(dim, together, alone, move):
    runs = [ensemble(together, dim, move, seed, ITERATIONS, True) for seed in range(ENSEMBLES)]
    taus = [np.mean(sampler.get_autocorr_time(quiet=True)) for sampler, _ in runs]
    return {
        "tau": np.mean(taus),
        "error": np.std(taus, ddof=1) / np.sqrt(ENSEMBLES),
        "vectorized": max(speed for _, speed in runs),
        "called": max(ensemble(alone, dim, move, seed, 1000, False)[1] for seed in range(3)),
    }


for target, (dim, together, alone) in TARGETS.items():
    for name, move in MOVES.items():
        print(json.dumps({"target": target, "move": name, **figures(dim, together, alone, move)}), flush=True)
