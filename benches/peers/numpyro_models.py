"""The workloads as a NumPyro user would write them: vectorised, unknowns in the order of the `.model` files."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax
from jax.nn import log_sigmoid
from jax.scipy.special import gammaln, logsumexp
from numpyro import deterministic, sample
from numpyro.distributions import constraints


def eight_schools(schools, sigma, y):
    mu = sample("mu", dist.Normal(0, 5))
    tau = sample("tau", dist.HalfCauchy(5))
    raw = sample("theta_raw", dist.Normal(0, 1).expand([schools]))
    theta = deterministic("theta", mu + tau * raw)
    sample("y", dist.Normal(theta, sigma), obs=y)


def logistic(rows, columns, X, y):
    beta = sample("beta", dist.Normal(0, 1).expand([columns]))
    sample("y", dist.Bernoulli(logits=X @ beta), obs=y)


def linear(rows, columns, X, y):
    alpha = sample("alpha", dist.Normal(0, 5))
    beta = sample("beta", dist.Normal(0, 1).expand([columns]))
    sigma = sample("sigma", dist.Exponential(1))
    sample("y", dist.Normal(alpha + X @ beta, sigma), obs=y)


def hierarchical_poisson(rows, groups, group, x, y):
    mu = sample("mu", dist.Normal(0, 2))
    tau = sample("tau", dist.HalfNormal(1))
    slope = sample("slope", dist.Normal(0, 1))
    raw = sample("base_raw", dist.Normal(0, 1).expand([groups]))
    base = deterministic("base", mu + tau * raw)
    sample("y", dist.Poisson(jnp.exp(base[group - 1] + slope * x)), obs=y)


def item_response(persons, items, y):
    ability = sample("ability", dist.Normal(0, 1).expand([persons]))
    discrimination = sample("discrimination", dist.LogNormal(0, 0.5).expand([items]))
    difficulty = sample("difficulty", dist.Normal(0, 2).expand([items]))
    sample("y", dist.Bernoulli(logits=discrimination * (ability[:, None] - difficulty)), obs=y)


def mixture(rows, y):
    logit = sample("logit", dist.Normal(0, 1).expand([3]))
    mu = sample("mu", dist.ImproperUniform(constraints.ordered_vector, (), (3,)))
    sigma = sample("sigma", dist.LogNormal(0, 0.5).expand([3]))
    numpyro.factor("prior", dist.Normal(0, 3).log_prob(mu).sum())
    parts = logit - logsumexp(logit) + dist.Normal(mu, sigma).log_prob(y[:, None])
    numpyro.factor("likelihood", logsumexp(parts, axis=-1).sum())


def gaussian_process(rows, x, y):
    rho = sample("rho", dist.InverseGamma(5, 5))
    alpha = sample("alpha", dist.HalfNormal(1))
    sigma = sample("sigma", dist.HalfNormal(1))
    K = alpha**2 * jnp.exp(-0.5 * ((x[:, None] - x) / rho) ** 2) + sigma**2 * jnp.eye(rows)
    sample("y", dist.MultivariateNormal(jnp.zeros(rows), covariance_matrix=K), obs=y)


def dirichlet_multinomial(venues, reviews, tally):
    alpha = sample("alpha", dist.Gamma(1, 0.1).expand([3]))
    mass = alpha.sum()
    rows = gammaln(mass) - gammaln(mass + reviews) + (gammaln(alpha + tally) - gammaln(alpha)).sum(-1)
    numpyro.factor("tally", rows.sum())


def stochastic_volatility(steps, y):
    mu = sample("mu", dist.Normal(0, 1))
    phi = jnp.tanh(sample("raw_phi", dist.Normal(0, 1)))
    sigma = jnp.exp(sample("log_sigma", dist.Normal(0, 1)))
    z = sample("z", dist.Normal(0, 1).expand([steps]))

    def step(before, shock):
        now = phi * before + shock
        return now, now

    first = sigma * z[0] / jnp.sqrt(1 - phi**2)
    _, rest = lax.scan(step, first, sigma * z[1:])
    h = mu + jnp.concatenate([first[None], rest])
    sample("y", dist.Normal(0, jnp.exp(h / 2)), obs=y)


def ricker_map(steps, y):
    r = sample("r", dist.Normal(0, 1))
    capacity = jnp.exp(sample("log_capacity", dist.Normal(0, 1)))
    sigma = jnp.exp(sample("log_sigma", dist.Normal(0, 1)))
    e = sample("e", dist.Normal(0, 1).expand([steps]))

    def step(n, noise):
        n = n * jnp.exp(r - n / capacity + noise)
        return n, n

    _, n = lax.scan(step, 10.0, sigma * e)
    sample("y", dist.Poisson(n), obs=y)


def hidden_markov(steps, y):
    mu = sample("mu", dist.Normal(0, 1).expand([2]))
    stay = sample("stay", dist.Normal(0, 1).expand([2]))
    log_stay, log_leave = log_sigmoid(stay), log_sigmoid(-stay)
    move = jnp.array([[log_stay[0], log_leave[0]], [log_leave[1], log_stay[1]]])
    emission = -0.5 * (y[:, None] - mu) ** 2

    def step(before, emission):
        return logsumexp(before[:, None] + move, axis=0) + emission, None

    last, _ = lax.scan(step, emission[0], emission[1:])
    numpyro.factor("y", logsumexp(last))


def sparse_logistic(rows, columns, filled, column, x, y):
    beta = sample("beta", dist.Normal(0, 1).expand([columns]))
    sample("y", dist.Bernoulli(logits=(x * beta[column - 1]).sum(-1)), obs=y)
