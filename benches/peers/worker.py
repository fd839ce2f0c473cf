"""One peer on one workload, in a process of its own: `worker.py PEER TASK FOLDER…`; `run` starts it.

Tasks: `gradient` prints value and gradient at both positions as JSON, then one timing for each line it reads;
`sample WARMUP DRAWS CHAINS` draws and prints the least bulk effective sample size.
"""

import ctypes
import json
import math
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).parent
SAMPLE_SECONDS = 0.5e-3


def calls_in_a_sample(seconds_of):
    """Doubles the calls until a sample takes long enough."""
    calls = 1
    seconds_of(calls)
    while seconds_of(calls) < SAMPLE_SECONDS:
        calls *= 2
    return calls


class Stanli:
    def __init__(self, folder):
        import stanli

        self.library = stanli._lib
        self.model = stanli.Model(
            stan_file=str(HERE / "stan" / f"{folder.name}.stan"), data=str(folder / "data.json")
        )

    def answers(self, positions):
        return zip(*((value, list(gradient)) for value, gradient in map(self.model.log_prob_grad, positions)))

    def timer(self, positions):
        import numpy as np

        loop = ctypes.CDLL(str(HERE / "work" / "loop.so"))
        loop.seconds_of.restype = ctypes.c_double
        loop.seconds_of.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_long, ctypes.c_void_p, ctypes.c_long]
        self.positions = np.array(positions, dtype=np.float64)
        self.gradient = np.empty(self.positions.shape[1])
        function = ctypes.cast(self.library.stanli_grad, ctypes.c_void_p)
        fixed = (function, self.model._m, self.positions.ctypes.data, self.positions.shape[1])
        return lambda calls: loop.seconds_of(*fixed, self.gradient.ctypes.data, calls)

    def sample(self, warmup, draws, chains):
        fit = self.model.sample(chains=chains, warmup=warmup, samples=draws, refresh=0)
        return lambda: least_ess(fit)


def least_ess(fit):
    summary = fit.summary()
    return min(summary[name]["ess_bulk"] for name in summary.names)


class NumPyro:
    def __init__(self, folder):
        import jax
        import numpyro

        jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp

        import numpyro_models

        self.model = getattr(numpyro_models, folder.name)
        data = json.loads((folder / "data.json").read_text())
        self.sizes = {name: value for name, value in data.items() if not isinstance(value, list)}
        self.arrays = {name: jnp.asarray(value) for name, value in data.items() if isinstance(value, list)}
        self.jax, self.numpyro = jax, numpyro

    def compile(self):
        """Log density and gradient of a flat position in the order of the sample statements."""
        from numpyro.infer.util import initialize_model, potential_energy

        jax = self.jax
        everything = {**self.sizes, **self.arrays}
        info = initialize_model(jax.random.PRNGKey(0), self.model, model_kwargs=everything)
        sites = [name for name in info.model_trace if name in info.param_info.z]
        shapes = {name: info.param_info.z[name].shape for name in sites}

        def log_density(position, arrays):
            parameters, start = {}, 0
            for name, shape in shapes.items():
                size = math.prod(shape)
                parameters[name] = position[start : start + size].reshape(shape)
                start += size
            return -potential_energy(self.model, (), {**self.sizes, **arrays}, parameters)

        return jax.value_and_grad(log_density)

    def answers(self, positions):
        self.both = self.compile()
        jitted = self.jax.jit(self.both)
        found = [jitted(self.jax.numpy.array(position), self.arrays) for position in positions]
        return [float(value) for value, _ in found], [gradient.tolist() for _, gradient in found]

    def timer(self, positions):
        """The faster of calls one by one and of a compiled loop of calls, as a sampler makes them."""
        ways = [self.one_by_one(positions), self.in_a_loop(positions)]
        return min(ways, key=lambda seconds_of: self.cost(seconds_of))

    @staticmethod
    def cost(seconds_of):
        calls = calls_in_a_sample(seconds_of)
        return min(seconds_of(calls) for _ in range(5)) / calls

    def one_by_one(self, positions):
        jitted = self.jax.jit(self.both)
        positions = [self.jax.numpy.array(position) for position in positions]

        def seconds_of(calls):
            start = time.perf_counter()
            for call in range(calls):
                result = jitted(positions[call % 2], self.arrays)
            self.jax.block_until_ready(result)
            return time.perf_counter() - start

        return seconds_of

    def in_a_loop(self, positions):
        jax, both = self.jax, self.both
        positions = jax.numpy.array(positions)

        @jax.jit
        def loop(calls, positions, arrays):
            def step(call, total):
                value, gradient = both(positions[call % 2], arrays)
                return total[0] + value, total[1] + gradient

            return jax.lax.fori_loop(0, calls, step, (0.0, jax.numpy.zeros(positions.shape[1])))

        def seconds_of(calls):
            start = time.perf_counter()
            jax.block_until_ready(loop(calls, positions, self.arrays))
            return time.perf_counter() - start

        return seconds_of

    def sample(self, warmup, draws, chains):
        from numpyro.diagnostics import summary
        from numpyro.infer import MCMC, NUTS

        mcmc = MCMC(
            NUTS(self.model),
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            chain_method="parallel",
            progress_bar=False,
        )
        mcmc.run(self.jax.random.PRNGKey(1), **self.sizes, **self.arrays)
        draws = self.jax.block_until_ready(mcmc.get_samples(group_by_chain=True))
        return lambda: min(float(site["n_eff"].min()) for site in summary(draws).values())


def gradient(peer, folder):
    positions = json.loads((folder / "positions.json").read_text())
    values, gradients = peer.answers(positions)
    print(json.dumps({"values": list(values), "gradients": list(gradients)}), flush=True)
    seconds_of = peer.timer(positions)
    calls = calls_in_a_sample(seconds_of)
    for _ in sys.stdin:
        print(json.dumps(1e6 * seconds_of(calls) / calls), flush=True)


def main():
    name, task, folder, *numbers = sys.argv[1:]
    warmup, draws, chains = map(int, numbers or (0, 0, 1))
    if name == "numpyro" and chains > 1:
        os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={chains}"
    peer = {"stanli": Stanli, "numpyro": NumPyro}[name](pathlib.Path(folder))
    if task == "gradient":
        return gradient(peer, pathlib.Path(folder))
    least = peer.sample(warmup, draws, chains)
    # The clock of `run` stops at this line; effective sizes come after it.
    print(json.dumps("drawn"), flush=True)
    if draws > 1:
        print(json.dumps(least()), flush=True)


main()
