"""The numbers of the pages, calculated from the formulas alone: `python3 numbers.py [PAGE]` prints them by page and section.

Needs numpy and scipy. Nothing here reads a model or knows of the compiler; a page says in words what is calculated.
"""

import sys

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


@reference("intro", "a_mean")
def _():
    return normal(0.5, 0, 1) + normal(np.array([1, 2]), 0.5, 2)


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
