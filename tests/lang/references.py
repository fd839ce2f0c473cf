"""The numbers of the pages, calculated from the formulas alone.

`python3 references.py [PAGE]` prints them by page and section, and says which do not stand on their page. Needs numpy and scipy. Nothing here reads a model or knows of the compiler; a page says in words what is calculated.
"""

import sys
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.special import digamma, expit, gammaln, log_softmax, logsumexp, logit

REFERENCES = []


def reference(page, section):
    def keep(calculate):
        REFERENCES.append((page, section, calculate))
        return calculate

    return keep


def normal(x, mu, sd):
    return stats.norm.logpdf(x, mu, sd).sum()


def half_normal(x, sd):
    return (stats.norm.logpdf(x, 0, sd) + np.log(2)).sum()


def exponential(x, rate):
    return (np.log(rate) - rate * np.asarray(x, dtype=float)).sum()


@reference("names_and_order", "the_smallest_model")
def _():
    return normal(0.5, 0, 1) + normal(np.array([1, 2]), 0.5, 2)


@reference("names_and_order", "elements_of_one_array/1")
def _():
    x, y, c = np.array([1, 2, 3]), np.array([0.5, 1, 2]), np.array([0, 0.5, 0.5])
    return normal(0.5, 0, 2) + normal(y, c * x, 1)


@reference("names_and_order", "elements_of_one_array/2")
def _():
    return normal(0.5, 0, 2) + normal(np.array([1, 2]), np.array([0, 0.5]), 1)


@reference("names_and_order", "elements_of_one_array/3")
def _():
    a = np.array([0.5, 1, 1.5])
    return normal(0.5, 0, 1) + normal(np.array([1, 2, 3]), a, 1)


@reference("names_and_order", "a_loop_reads/1")
def _():
    e, y = np.array([0.1, 0.2, 0.3]), np.array([1, 2, 3])
    m = np.array([e[0], 2 * e[1], 2 * e[2]])
    mean = m + np.array([0, 0.5 * e[0], 0.5 * e[1]])
    return normal(e, 0, 1) + normal(y, mean, 1)


@reference("names_and_order", "a_loop_reads/2")
def _():
    e, y = np.array([0.1, 0.2, 0.3]), np.array([1, 2, 3])
    return normal(0.3, 0, 1) + normal(e, 0, 1) + normal(y, 0.3 + e + 0.5 * np.array([0, e[0], e[1]]), 1)


@reference("roles", "defaults")
def _():
    return [normal(0.5, 0, scale) + normal(1, 0.5, 1) for scale in (2, 3)]


@reference("roles", "computed_outcome")
def _():
    values = [np.log([1, 10]), np.array([3, 4]), np.log([1, 10]) + np.array([1, -1])]
    return [normal(0.5, 0, 1) + normal(z, 0.5, 1) for z in values]


@reference("roles", "simulated")
def _():
    return stats.beta.logpdf(0.5, 2, 2) + stats.binom.logpmf(3, 10, 0.5)


@reference("dims", "categories")
def _():
    return normal(np.array([0.5, -0.5]), 0, 1) + normal(np.array([1, 2, 3]), np.array([-0.5, 0.5, -0.5]), 1)


@reference("dims", "teams")
def _():
    skill = np.array([0.1, 0.2, 0.4])
    return normal(skill, 0, 1) + np.log(expit(0.2 - 0.1)) + np.log(1 - expit(0.2 - 0.4))


@reference("tables", "two_tables")
def _():
    a, south, north = 0.1, 1.5, 2.5
    prior = normal(a, 0, 1) + normal(south, a * 10, 1) + normal(north, a * 20, 1)
    return prior + normal(np.array([2, 3, 1]), np.array([north + 1, south + 2, north]), 1)


@reference("tables", "uranium")
def _():
    prior = normal(2, 0, 1) + normal(1, 2 * 0.2, 1) + normal(2, 2 * 0.5, 1)
    return prior + normal(np.array([1, 2, 3]), np.array([2, 1, 2]), 1)


@reference("tables", "renamed")
def _():
    return normal(np.array([0.5, 1]), 0, 1) + normal(np.array([2, 3]), np.array([0.5, 2]), 1)


@reference("tables", "cells")
def _():
    mean = np.array([0.5 + 1 - 1 + 1 + 0 + 0, 0.5 + 2 + 3 + 0 + 2 + 2])
    return normal(0.5, 0, 1) + normal(np.array([1, 1]), mean, 1)


@reference("tables", "wide")
def _():
    return normal(np.array([0.1, 1]), 0, 1) + normal(np.array([3, 4]), np.array([1 + 1, 2 + 2]), 1)


@reference("tables", "settings")
def _():
    prior = normal(np.array([0.5, 1]), 0, 1)
    return [prior + normal(1, 1 * 2, 1), prior + normal(1, 0.5 * 3, 10)]


@reference("tables", "json")
def _():
    X, beta, mu = np.array([[1, 2], [3, 4], [5, 6]]), np.array([0.1, 0.2]), np.array([0.5, 1, 0.5])
    prior = normal(np.array([0.5, 1]), 0, 1) + normal(beta, 0, 1)
    return prior + normal(np.array([1, 2, 3]), mu + X @ beta + 1, 1)


@reference("tables", "positions")
def _():
    return normal(np.array([0.1, 0.2, 0.3]), 0, 1) + normal(np.array([1, 2]), np.array([0.3, 0.1]), 1)


@reference("broadcasting", "alignment")
def _():
    u, v, w = np.array([0.1, 0.2]), np.array([1, 2, 3]), np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    z = np.array([[1, 2, 3], [4, 5, 6]])
    mean = u[:, None] + v[None, :] * w.T
    m = u[:, None] - v[None, :]
    return [normal(u, 0, 1) + normal(v, 0, 1) + normal(w, 0, 1) + normal(z, mean, 1), (m * m * z).sum()]


@reference("broadcasting", "bool")
def _():
    return normal(0.5, 0, 1) + normal(np.array([1, 2]), np.array([0, 1.5]), 1)


@reference("broadcasting", "copies")
def _():
    mu, x = np.array([0.1, 0.2, 0.3]), np.array([[1, 2, 3], [4, 5, 6]])
    return normal(mu, 0, 2) + normal(x, mu, 1) + normal(x, x, 0.5)


@reference("broadcasting", "order")
def _():
    u, v = np.array([1, 2]), np.array([10, 20])
    return normal(u, 0, 1) + normal(v, 0, 1) + (u[:, None] + v[None, :]).sum()


@reference("broadcasting", "literals")
def _():
    m, r, w, mu = np.array([3, 10]), np.array([2, 1]), np.array([[1, 2, 3], [4, 5, 6]]), np.array([0.5, 1])
    first = normal(mu, m, 1) + (w * (mu * r)[:, None]).sum()
    p = 0.25
    second = stats.beta.logpdf(p, 2, 2) + normal(mu, np.array([0, 1]), np.array([1, 2]))
    return [first, second + (np.array([p, 1 - p]) * np.array([-p, p**2]) * mu).sum()]


@reference("broadcasting", "matrix")
def _():
    v = np.array([0.5, 1])
    K = np.exp(-((v[:, None] - v[None, :]) ** 2)) + 2 * v[:, None]
    M = 2 * K + K * K
    return [M[0, 1] + 10 * K[1, 0], *K.sum(axis=1), K.sum()]


@reference("loops", "clinics")
def _():
    mu, slope, base = 0.5, 0.1, np.array([1, 2])
    mean = base[[0, 1, 0]] + slope * (np.array([50, 60, 70]) - 50) / 10
    return normal(mu, 0, 2) + normal(slope, 0, 1) + normal(base, mu, 1) + normal(np.array([1, 2, 3]), mean, 1)


@reference("loops", "two_variables")
def _():
    x, y = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), np.array([[1, 2, 3], [4, 5, 6]])
    w = x[:, :, None] - x.T[None, :, :]
    return [normal(x, 0, 1) + normal(y, x + w[:, :, 1], 1), w[0].sum()]


@reference("loops", "mirror")
def _():
    a = np.array([0.5, 1, 1.5])
    return normal(a, 0, 1) + stats.multivariate_normal.logpdf([1, 2, 3], np.zeros(3), np.outer(a, a) + np.eye(3))


@reference("loops", "locals")
def _():
    X, b = np.array([[1, 2], [5, 6]]), np.array([0.1, 0.2])
    both = X * b
    mean = both.sum(axis=1) + 2 * X[:, 0] + both[:, 1]
    return normal(b, 0, 1) + normal(np.array([3, 7]), mean, 1) + normal(np.array([4, 8]), 1.1, 1)


@reference("loops", "parts")
def _():
    e = np.array([0.1, 0.2, 0.3, 0.4])
    return normal(0.5, 0, 1) + normal(e, 0.5, 1) + normal(np.array([2, 3, 4]), e[1:] + e[:-1], 1)


@reference("loops", "lags")
def _():
    mean = np.array([0.5 * 2 + 0.1 * 9, 0.5 * 3 + 0.1 * 2])
    return normal(np.array([0.5, 0.1]), 0, 1) + normal(np.array([3, 4]), mean, 1)


@reference("static_if", "one_variable")
def _():
    a, b = 0.5, 0.2
    x, y = np.array([1, 2, 3, 4]), np.array([1, 2, 3, 4])
    m, sd = np.array([b, a * 2, b, a * 4]), np.array([3, 2, 1, 2])
    return normal(a, 0, 1) + normal(b, 0, 1) + normal(y, m, sd)


@reference("static_if", "both")
def _():
    a, s, y = np.array([0.1, 0.2, 0.3]), 2, np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    total = normal(a, 0, 1) + half_normal(s, 1)
    A = np.array([[a[j] if i == 1 else 10 * a[i] for j in range(3)] for i in range(3)])
    B = np.array([[a[i] + s if i == j else a[i] * a[j] + A[i, j] for j in range(3)] for i in range(3)])
    for i in range(3):
        for j in range(3):
            c = 2 * B[i, j]
            if i > j:
                total += normal(y[i, j], c + a[j], s)
            elif i < j:
                total += normal(y[i, j], c - A[j, i] if j == 2 else 0, s)
    return [total]


@reference("static_if", "partly")
def _():
    m, n = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5])
    x, y = np.array([[1, 2], [3, 4]]), np.array([[1, 2], [5, 6]])
    total = normal(m, 0, 1) + normal(n, 0, 1) + normal(x, m[[0, 2]][:, None] + n, 1)
    total += normal(y[:, 1], x[:, 1] + m[[0, 2]], 1) + normal(y[:, 0], x[:, 0], 2)
    return total + normal(np.array([3, 4]), n, 1)


@reference("static_if", "branches")
def _():
    x, y, z, a = np.array([1, 2, 3]), np.array([2, 3, 4]), np.array([3, 4, 5]), 0.5
    half = x / 2
    m = np.where(x > 1, a * half, a)
    return normal(a, 0, 1) + normal(y, np.where(x > 1, m + half, m - half), 1) + normal(z, m, 1)


@reference("static_if", "outside")
def _():
    return [normal(0.5, 0, 1) + half_normal(2, 1) + normal(1, 0.5, 2), normal(0.5, 0, 1) + normal(1, 1, 1)]


@reference("static_if", "expression")
def _():
    m = np.array([0.5 * np.log(1), 0.25, 0.5 * np.log(3)])
    return normal(0.5, 0, 1) + normal(np.array([2, 3, 4]), m, 1)


@reference("static_if", "lagged")
def _():
    e = np.array([0.1, 0.2, 0.3])
    return normal(e, 0, 1) + normal(np.array([1, 2, 3]), np.array([0, 0.1, 0.2]), 1)


@reference("static_if", "jumps")
def _():
    return normal(0.5, 0, 1) + normal(np.array([1, 2]), 0, 1) + normal(1, 1 + 1, 1)


@reference("event_axes", "dirichlet")
def _():
    w, v = np.array([0.2, 0.3, 0.5]), np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
    dirichlet = stats.dirichlet.logpdf
    first = dirichlet(w, [2, 2, 2]) + sum(dirichlet(row, [0.5] * 3) for row in v) + np.log(0.2) + 0.4
    alpha = np.array([1, 2, 3])
    gammas = stats.gamma.logpdf(alpha, 2).sum()
    second = gammas + sum(dirichlet(row, alpha) for row in v) + np.log(v[:, 0]).sum()
    alphas = np.array([[1, 2, 3], [4, 5, 6]])
    third = stats.gamma.logpdf(alphas, 2).sum() + np.log(v[:, 0]).sum()
    third += sum(dirichlet(row, a) for row, a in zip(v, alphas))
    P, Q, R = [[0.2, 0.8], [0.4, 0.6]], [[0.1, 0.9], [0.3, 0.7]], [[0.5, 0.5], [0.6, 0.4]]
    fourth = sum(dirichlet(row, [2, 2]) for row in P) + sum(dirichlet(row, [1, 3]) for row in Q)
    fourth += dirichlet(R[0], [1, 1]) + dirichlet(R[1], [5, 5]) + np.log(0.8) + np.log(0.3) + 0.5 + 0.6
    fifth = stats.gamma.logpdf([1, 2], 2).sum() + dirichlet(P[0], [1, 1]) + dirichlet(P[1], [2, 2]) + np.log(0.8)
    return [first, second, third, fourth, fifth]


@reference("event_axes", "ordered")
def _():
    mu, nu, z = np.array([1, 2, 4]), np.array([[0.1, 0.2, 0.3], [1, 2, 3]]), np.array([[1, -3, 2], [0, 1, -1]])
    total = normal(mu, 0, 5) + np.log(6) + exponential(nu, 1) + 2 * np.log(6)
    # Independent normals given that they sum to 0: K - 1 factors, with the density of the sum at 0 divided out.
    for row in z:
        total += -0.5 * (row**2).sum() / 4 - 2 * np.log(2) - np.log(2 * np.pi)
    return [total + mu[0] + (z[:, 0] * nu[:, 1]).sum(), normal(mu, np.array([1, 2, 3]), 5) + 1]


@reference("event_axes", "multi_normal")
def _():
    mu, tau, R = np.array([0.5, 1]), np.array([1, 2]), np.array([[1, 0.3], [0.3, 1]])
    b, c, d = np.array([[1, 2], [3, 4]]), np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[1, 1], [2, 2]])
    S = R * np.outer(tau, tau)
    mvn = stats.multivariate_normal.logpdf
    total = normal(mu, 0, 5) + half_normal(tau, 2) + mvn(b, mu, S).sum() + mvn(c.T, [0, 0], S).sum()
    total += mvn(d[0], b[0], R) + mvn(d[1], b[1], R)
    return total + normal(np.array([1, 2]), b[:, 0] + c[1] + d[:, 1], 1)


@reference("event_axes", "categorical")
def _():
    w, b, x = np.array([0.2, 0.3, 0.5]), np.array([1, -1, 0.5]), np.array([1, 2, -1])
    first = stats.dirichlet.logpdf(w, [1, 1, 1]) + normal(b, 0, 1) + np.log(w[[0, 1, 0]]).sum()
    logits = log_softmax(x[:, None] * b, axis=1)
    first += logits[[0, 1, 2], [2, 1, 0]].sum() + np.log(np.array([0.3, 0.3, 0.5])).sum()
    bias, beta = np.array([0.5, -1, 0.5]), np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    X = np.array([[1, 2], [3, 4], [0, 1]])
    second = -0.5 * (bias**2).sum() / 4 - 2 * np.log(2) - np.log(2 * np.pi)
    # The density proportional to exp(-|b| - 2 b^2), normalised by numerical integration.
    from scipy.integrate import quad

    constant = np.log(2 * quad(lambda t: np.exp(-t - 2 * t * t), 0, 10, epsabs=1e-14, epsrel=1e-14)[0])
    second += (-beta - 2 * beta**2 - constant).sum()
    second += log_softmax(bias + X @ beta, axis=1)[[0, 1, 2], [1, 2, 0]].sum()
    third = sum(stats.dirichlet.logpdf(row, [2, 2]) for row in [[0.2, 0.8], [0.4, 0.6]])
    return [first, second, third + np.log(0.5) + np.log(0.8) + np.log(0.6) + np.log(0.4)]


@reference("event_axes", "ordered_logistic")
def _():
    c, b, x = np.array([-0.5, 1]), 0.5, np.array([1, 2, 3])

    def probabilities(eta):
        upper = np.concatenate([[1], expit(eta - c), [0]])
        return upper[:-1] - upper[1:]

    total = normal(b, 0, 1) + normal(c, 0, 2) + np.log(2)
    total += sum(np.log(probabilities(b * xi)[k]) for xi, k in zip(x, [0, 2, 1]))
    return total + sum(np.log(probabilities(0.0)[k]) for k in [2, 0, 1])


@reference("event_axes", "counts")
def _():
    alpha, p = np.array([1, 2, 3]), np.array([0.2, 0.3, 0.5])
    total = stats.gamma.logpdf(alpha, 1, scale=10).sum() + stats.dirichlet.logpdf(p, [1, 1, 1])
    total += stats.dirichlet_multinomial.logpmf([1, 1, 1], alpha, 3)
    total += stats.dirichlet_multinomial.logpmf([0, 0, 4], alpha, 4)
    return total + stats.multinomial.logpmf([5, 0, 0], 5, p) + stats.multinomial.logpmf([1, 2, 2], 5, p)


@reference("reductions", "each")
def _():
    x = np.array([0.5, -1, 2, 0.25])
    values = [x.std(ddof=1), x.var(ddof=1), logsumexp(x), np.linalg.norm(x), np.quantile(x, 0.3)]
    return [*values, normal(x, 0, 1) + x.sum() * x.prod() + x.mean() ** 2 + sum(values) + x.max()]


@reference("reductions", "over")
def _():
    x = np.array([[1, 2, 4], [8, -1, 3]])
    return [x.std(ddof=1), logsumexp(x), *(x - x.mean(axis=1, keepdims=True)).max(axis=0)]


@reference("reductions", "generators")
def _():
    x = np.array([[1, 2, 4], [8, -1, 3]])
    return [(x * x[:, [0]]).sum(), x.mean(), np.outer(x.sum(axis=1), x.sum(axis=0)).sum()]


@reference("reductions", "where")
def _():
    n = np.array([1, 2, 4])
    total = normal(0.5, 0, 1) + normal(n, 0, 1) + 0.5 + 13**2 + 4**2 + 3**2 + np.var([2, 4], ddof=1)
    return [np.std([1, 4], ddof=1), total + logsumexp([1, 2])]


@reference("reductions", "loops")
def _():
    X, b = np.array([[1, 2], [5, 4]]), np.array([0.1, 0.2])
    return normal(b, 0, 1) + normal(np.array([3, 7]), X @ b + np.array([2, 5]) + b[[1, 0]], 1)


@reference("reductions", "along")
def _():
    x, y = np.array([0.5, -1, 2]), np.array([[1, 2, 4], [8, -1, 3]])
    soft = np.exp(log_softmax(x))
    c3, c6, c7 = log_softmax(y, axis=0), y.cumsum(axis=1), np.exp(log_softmax(y, axis=1))
    total = normal(x, 0, 1) + normal(y, 0, 1) + (x.cumsum() * soft).sum() + (c3 * c6 * c7).sum()
    return [soft[0], c3[0, 0], c7[1, 2], total + (np.sort(x) * x).sum()]


@reference("reductions", "two")
def _():
    return [np.logaddexp(0.5, 0.25), np.logaddexp(-1, 0.25)]


@reference("categories", "readings")
def _():
    base, x = np.array([2, 1, 2]), np.array([1, 2, 3])
    return normal(0.5, 0, 1) + normal(np.array([1, 2]), 0.5, 1) + normal(np.array([2, 3, 4]), base + base * x, 1)


@reference("matrices", "products")
def _():
    x, y = np.array([1, 2]), np.array([1, -1, 2])
    A, B = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[1, 0], [2, 1], [0.5, 3]])
    m1, m2, m3, m4 = A @ B, A @ y, x @ A, x @ A @ y
    total = sum(normal(each, 0, 1) for each in (x, y, A, B)) + (m1 * m1).sum() + m2 @ x + m3.sum() + m4 * (y @ y)
    return [m1[0, 0], m1[1, 1], m2[1], m3[1], m4, total + x @ m2 + m3 @ m3 + (np.outer(x, y) * A).sum()]


@reference("matrices", "turns")
def _():
    X = np.array([[1, 2], [3, 4]])
    G = np.array([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [1, 1, 1]]])
    b, W, w = np.array([0.5, 2]), np.array([[1, 2, 3], [4, 5, 6]]), np.array([1, -1, 2])
    m = 3 * X @ b + (X * X).sum(axis=1)
    n = X @ W
    o = X @ W @ w + np.array([b @ G[i] @ w for i in range(2)])
    z = np.array([row @ np.outer(b, b) @ row for row in X])
    k = X @ X.T + b @ W @ w
    total = normal(b, 0, 1) + normal(W, 0, 1) + normal(w, 0, 1) + m @ o + z.sum() + n.sum()
    return [*m, n[0, 1], n[1, 2], *o, *z, k[0, 1], k[1, 1], total]


@reference("matrices", "decompositions")
def _():
    v = np.array([1, -2, 0.5])
    S = np.outer(v, v) + 2 * np.eye(3)
    l, i, d, s = np.linalg.cholesky(S), np.linalg.inv(S), np.linalg.slogdet(S)[1], np.linalg.solve(S, v)
    q, e = v @ S @ v, S * np.outer(v, v)
    total = normal(v, 0, 1) + d + (l * i * e).sum() + s @ v + q + np.trace(S) + (np.diag(v) * l).sum()
    return [l[0, 0], l[1, 0], l[2, 1], i[0, 2], d, s[1], q, e[0, 1], total]


@reference("matrices", "gaussian_process")
def _():
    rho, alpha, sigma, x = 1.5, 2, 0.5, np.array([1, 2, 4])
    K = alpha**2 * np.exp(-0.5 * ((x[:, None] - x) / rho) ** 2) + sigma**2 * np.eye(3)
    prior = stats.invgamma.logpdf(rho, 5, scale=5) + half_normal(alpha, 1) + half_normal(sigma, 1)
    return prior + stats.multivariate_normal.logpdf([0.5, 1, -1], np.zeros(3), K)


@reference("functions", "expressions")
def _():
    scale, b, w, x, y = 2, 0.5, np.array([1, 3]), np.array([1, 2, 4]), np.array([2, 3, 5])
    mean = (1 + b * x) + 2 * x**3 + b / scale + (x - x.mean()) / x.std(ddof=1) + 1 + w[0] / scale * x
    s = sum(1 + w_l * x_i**3 for x_i in x for w_l in w)
    return [half_normal(scale, 1) + normal(b, 0, 1) + normal(w, 0, 1) + normal(y, mean, 1), s]


@reference("functions", "distributions")
def _():
    def weak(x, scale, lower=0):
        return stats.t.logpdf(x, 3, 0, scale) - np.log(stats.t.sf(lower, 3, 0, scale))

    total = weak(1, 2.5) + weak(0.5, 1) + stats.gamma.logpdf(2, 2) - stats.gamma.logsf(1, 2)
    total += weak(1.5, 3, 1) + normal(0.1, 1, 2)
    return total + normal(np.array([1, 2]), 0.1 + 0.5 + 2 + 1.5, 2)


@reference("functions", "names")
def _():
    def f(a, b=None):
        return a + (a * 10 if b is None else b)

    t = f(3)
    return f(t) + f(t, t)


@reference("distributions", "real")
def _():
    mu = 0.5
    r = np.exp(mu)
    return normal(mu, 0, 1) + sum(
        [
            normal(1, 1 + mu, 2),
            stats.lognorm.logpdf(2, 0.5, scale=np.exp(mu)),
            stats.t.logpdf(3, 4, mu, 2),
            stats.cauchy.logpdf(4, mu, 2),
            stats.laplace.logpdf(5, mu, 2),
            stats.logistic.logpdf(6, mu, 2),
            stats.expon.logpdf(1, scale=1 / r),
            stats.gamma.logpdf(2, 2, scale=1 / r),
            stats.invgamma.logpdf(3, 2, scale=r),
            stats.beta.logpdf(0.4, r, 3),
            stats.weibull_min.logpdf(1.5, 2, scale=r),
            stats.chi2.logpdf(2, r),
            half_normal(1, r),
            stats.cauchy.logpdf(2, 0, r) + np.log(2),
            stats.t.logpdf(3, 3, 0, r) + np.log(2),
            -np.log(3 - mu),
        ]
    )


@reference("distributions", "discrete")
def _():
    mu, p = 0.5, 0.25
    r, s = np.exp(mu), expit(mu)
    total = normal(mu, 0, 1) + stats.beta.logpdf(p, 2, 2) + np.log(p) + np.log(1 - s)
    total += stats.binom.logpmf(3, 10, p) + stats.binom.logpmf(4, 10, s)
    total += stats.poisson.logpmf(2, r) + stats.poisson.logpmf(3, r)
    return total + stats.nbinom.logpmf(1, 3, 3 / (3 + r)) + stats.betabinom.logpmf(2, 10, 2, r)


@reference("distributions", "alternates")
def _():
    mu, s = 0.5, 1.5
    total = normal(mu, 1, 2) + half_normal(s, 1) + normal(1, mu, s) + normal(2, mu, np.sqrt(s))
    total += normal(3, mu, 1 / np.sqrt(s)) + stats.gamma.logpdf(4, (s / 2) ** 2, scale=4 / s)
    total += stats.beta.logpdf(0.5, 0.3 * s, 0.7 * s)
    variance = np.log1p((0.5 / s) ** 2)
    total += stats.lognorm.logpdf(2, np.sqrt(variance), scale=np.exp(np.log(s) - variance / 2))
    return total + stats.nbinom.logpmf(3, 2, 2 / (2 + s))


@reference("distributions", "truncated")
def _():
    sd, tau, a, b = 1.5, 1, np.array([0.5, 1]), 0.7
    total = half_normal(sd, 1) + normal(tau, 0, 1) - stats.norm.logsf(0.5)
    total += normal(a, 1, sd) - 2 * np.log(stats.norm.cdf(sd + 2, 1, sd) - stats.norm.cdf(-1, 1, sd))
    total += np.log(2) - 2 * b - np.log(-np.expm1(-6))
    y, low = np.array([1, 2]), np.array([0, 1])
    total += normal(y, tau, 1) - stats.norm.logsf(low, tau, 1).sum()
    total += stats.poisson.logpmf([1, 6], 3).sum() - 2 * np.log(stats.poisson.cdf(6, 3) - stats.poisson.cdf(0, 3))
    return total + stats.t.logpdf([-1, 0.5], 3).sum() - 2 * stats.t.logcdf(2, 3) + a[0] + b


@reference("distributions", "densities")
def _():
    x, y = np.array([0.5, -1]), 1.5
    return [
        stats.norm.logpdf(x[0], 0, y),
        stats.norm.cdf(x[0], 0, y),
        np.log(-np.expm1(-2 * y)),
        stats.norm.logsf(y, x[1], 2),
        stats.poisson.logpmf(3, y),
        np.log(0.8),
        stats.dirichlet.logpdf([0.2, 0.8], [1, 2]),
        np.log(expit(x[0])),
    ]


@reference("distributions", "flat")
def _():
    mu, s, r, b, u = 0.5, 2, 0.25, 0.5, 1
    density = normal(np.array([1, 2]), mu + r + b + u, s) - np.log(4)
    # log s; logit of the place between the bounds: log-Jacobian is log(width) + log p + log(1 - p).
    def bounded(x, lower, upper):
        p = (x - lower) / (upper - lower)
        return np.log(upper - lower) + np.log(p) + np.log1p(-p)

    jacobian = np.log(s) + bounded(r, -1, 1) + bounded(b, 0, 1 - r) + bounded(u, -2, 2)
    return [density, density + jacobian]


@reference("distributions", "functions")
def _():
    from scipy import special as sp

    x = 0.3
    e1 = np.exp(x) + np.expm1(x) + np.log(x) + np.log1p(x) + np.sqrt(x) + x * x + 1 / x + x
    e2 = expit(x) + logit(x) + np.log(expit(x)) + np.log(1 - expit(x)) + np.log(1 - x) + np.log1p(np.exp(x))
    e2 += np.log(1 - np.exp(-x))
    e3 = np.sin(x) + np.cos(x) + np.tan(x) + np.arcsin(x) + np.arccos(x) + np.arctan(x) + np.sinh(x) + np.cosh(x)
    e3 += np.tanh(x) + np.arcsinh(x) + np.arccosh(x + 1) + np.arctanh(x)
    e4 = gammaln(x) + digamma(x) + sp.polygamma(1, x) + sp.erf(x) + sp.erfc(x) + sp.ndtr(x) + sp.ndtri(x)
    e4 += np.log10(x) + np.log2(x)
    e5 = x**3 + np.arctan2(x, 2) + np.logaddexp(x, 1) + np.log(np.exp(2) - np.exp(x)) + x * np.log(2) + 1
    e6 = gammaln(6) - gammaln(x + 1) - gammaln(6 - x) + 10 + sp.betaln(x, 2) + np.log(6) + 1
    e6 += -np.expm1(-np.exp(x)) + np.hypot(x, 2) + np.log(x * np.e + (1 - x) * np.e**2) + np.pi
    e7 = 3 + 10 + 200 + 3000 + 30000 - 100000
    e8 = -(x**2) + 0.5 + 2 ** (x**2) + 3.5 - 6 + 1 - x**3
    return [e1, e2, e3, e4, e5, e6, e7, e8]


@reference("hints_and_coordinates", "transforms")
def _():
    a, b, c, d, e = 0.5, 2, np.array([0, 2]), -1, 0.25
    density = normal(a, 0, 1) + half_normal(b, 2) - 2 * np.log(4) + normal(d, 0, 1) - stats.norm.logcdf(1)
    density += stats.beta.logpdf(e, 2, 3) + a + b + c.sum() + d + e
    between = np.log(4) + np.log(0.25) + np.log(0.75)
    return [density, density + np.log(b) + 2 * between + np.log(1 - d) + np.log(e) + np.log1p(-e)]


@reference("hints_and_coordinates", "moving_bounds")
def _():
    lo, width, x, y = 1, 2, 2.5, 3.5
    p = (x - lo) / width
    density = normal(lo, 0, 1) + half_normal(width, 1) + normal(y, 0, 1) - stats.norm.logsf(x) + x * y
    return density + np.log(width) + np.log(width) + np.log(p) + np.log1p(-p) + np.log(y - x)


@reference("hints_and_coordinates", "ordered")
def _():
    a, b = np.array([[-1, 0, 2], [0.5, 1.5, 3.5]]), np.array([2, 3, 5])
    density = normal(a, 0, 1) + 2 * np.log(6) + exponential(b, 1) + np.log(6) + 0.5 * 5
    return density + 2 * (np.log(1) + np.log(2)) + np.log(2) + np.log(1) + np.log(2)


@reference("hints_and_coordinates", "ordered_below")
def _():
    # Each element lies half way between the one before and 1: dx/du = room * p * (1 - p).
    return np.log(6) + 0.5 + sum(np.log(room) + 2 * np.log(0.5) for room in (1, 0.5, 0.25))


@reference("hints_and_coordinates", "simplex")
def _():
    # At the centre of the simplex every element is 1/3. The map from K - 1 orthonormal coordinates to the first K - 1
    # elements has the determinant sqrt(K) * prod(w), which is checked here by differences.
    third = np.full(3, 1 / 3)
    basis = np.linalg.qr(np.eye(3) - 1 / 3)[0][:, :2]

    def softmax(u):
        z = np.exp(basis @ u)
        return (z / z.sum())[:2]

    columns = [(softmax(h) - softmax(-h)) / 2e-5 for h in (np.array([1e-5, 0]), np.array([0, 1e-5]))]
    assert abs(abs(np.linalg.det(np.array(columns))) - np.sqrt(3) / 27) < 1e-9
    density = 2 * stats.dirichlet.logpdf(third, [1, 2, 3]) - 2 * np.log(2) - np.log(2 * np.pi) + 1 / 3
    return density + 2 * np.log(np.sqrt(3) / 27)


@reference("hints_and_coordinates", "noncentred")
def _():
    mu, tau, theta, sigma, y = 1, 2, np.array([3, 0]), np.array([1, 2]), np.array([2, -1])
    hyper = normal(mu, 0, 10) + stats.cauchy.logpdf(tau, 0, 5) + np.log(2)
    density = hyper + normal(theta, mu, tau) + normal(y, theta, sigma)
    return [density, hyper + normal((theta - mu) / tau, 0, 1) + normal(y, theta, sigma) + np.log(tau)]


@reference("hints_and_coordinates", "noncentred_families")
def _():
    s, a, b, c = 1, np.array([1, 2]), np.array([0.5, -0.5]), 0.1
    total = half_normal(s, 1) + stats.lognorm.logpdf(a, 2, scale=np.exp(s)).sum() + stats.t.logpdf(b, 3, s, 2).sum()
    return total + stats.laplace.logpdf(c, 0, s) + normal(np.array([1, 2]), a + b + c, 1)


@reference("hints_and_coordinates", "points")
def _():
    x = np.array([1, 2, 3, 4])
    return normal(0.5, 0, 1) + normal(x, 0.5, 1) + half_normal(2, 1) + normal(x, x, 2)


@reference("quantities", "constants")
def _():
    x, y, b = np.array([1, 2, 4]), np.array([2, 3, 4]), 0.5
    z = (x - x.mean()) / x.std(ddof=1)
    return normal(b, 0, 1) + normal(y, b * z + b * x.mean() * (x - x.mean()) + x.sum(), 1)


@reference("quantities", "factors")
def _():
    mu, w = 0.5, np.array([0.1, -0.2, 0.1])
    total = normal(mu, 0, 1) + normal(w, 0, 1) + normal(0, 0, 0.01) + (w * mu).sum() + 3 * mu + 3 * mu**2
    return total + w[1] + 2 * w[0]


@reference("corners", "one_label")
def _():
    return normal(0.5, 0, 1) + normal(2, 0, 1) + normal(1, 0, np.sqrt(5)) + 1 + 0.5 + 0 + 1 + 2


@reference("corners", "no_label")
def _():
    return normal(0.5, 0, 1) + 0 + 1 + 0.5


@reference("corners", "unknown_index")
def _():
    return normal(np.array([0.1, 0.5, 0.3]), 0, 1) + normal(np.array([1, 2]), 0.5, 1)


@reference("corners", "computed")
def _():
    return normal(np.arange(1, 7), 0, 1) - np.log(2) + 2 + 5 + 5


@reference("simulation", "single")
def _():
    return [stats.norm.pdf(n) / stats.norm.sf(n) for n in (1, 3)]


@reference("simulation", "vectors")
def _():
    # The expected extremes of three normals are 3 / (2 sqrt(pi)) from the middle.
    away = 3 / (2 * np.sqrt(np.pi))
    return [2 - away, 2 + away, 4 * (1 - 1 / 3), 1 / 6]


@reference("long_tables", "three_dims")
def _():
    return normal(0.5, 0, 1) + normal(1, 0.5 + np.arange(1, 9), 1)


@reference("long_tables", "by_name")
def _():
    ability, difficulty = np.array([1, 2]), np.array([0.5, -0.5])
    mean = ability[:, None] - difficulty
    return normal(difficulty, 0, 1) + normal(ability, [1, 2], 1) + normal(np.array([[2, 1], [3, 0]]), mean, 1)


@reference("long_tables", "field")
def _():
    return normal(0.5, 0, 1) + normal(1, 0.5, 1)


@reference("broadcasting", "elementwise_matrix")
def _():
    v, Z, y = np.array([0.5, 1]), np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]])
    K = v[:, None] - 2 * v
    return normal(v, 0, 1) + normal(Z, K, 1) + normal(K, Z, np.exp(K)) + normal(K, 0, 1) + normal(y, Z, 2)


def main():
    for page, section, calculate in REFERENCES:
        if len(sys.argv) > 1 and sys.argv[1] != page:
            continue
        text = Path(__file__).with_name(f"{page}.md").read_text()
        values = np.atleast_1d(calculate()).astype(float).ravel().tolist()
        print(f"{page}/{section}", *values)
        missing = [value for value in values if repr(value) not in text and f"{value:g}" not in text]
        if missing:
            print(f"  not on the page: {missing}")


if __name__ == "__main__":
    main()
