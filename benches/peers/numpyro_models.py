"""The workloads as a NumPyro user would write them: vectorised, unknowns in the order of the `.model` files."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
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
