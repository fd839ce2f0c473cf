"""Writes references.csv: values of the functions at forty digits, as a number and what is left of it.

    pip install mpmath && python make.py > references.csv
"""

import math
import random

from mpmath import mp, mpf

mp.dps = 60

POINTS = 160


def log1m_exp(x):
    return mp.log(-mp.expm1(x))


def ncdf(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


# The function, and the ranges of its arguments; a range of positive numbers over many magnitudes is taken by size.
FUNCTIONS = {
    "exp": (mp.exp, [(-745, 709.7), (-1, 1), (-1e-8, 1e-8)]),
    "expm1": (mp.expm1, [(-40, 40), (-1, 1), (1e-300, 1e-3), (40, 709)]),
    "log": (mp.log, [(1e-308, 1e308), (0.5, 2), (0.999999, 1.000001)]),
    "log1p": (mp.log1p, [(-0.999, 3), (1e-300, 1e300), (-1e-5, 1e-5)]),
    "log1m_exp": (log1m_exp, [(-40, -1e-3), (-1, -0.5), (-1e-3, -1e-300)]),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), [(-40, 40), (-1, 1), (-740, -40)]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), [(-40, 40), (-1, 1), (-700, -40)]),
    "tanh": (mp.tanh, [(-20, 20), (-1, 1), (1e-300, 1e-3)]),
    "sin": (mp.sin, [(-7, 7), (-1e5, 1e5), (1e-300, 1e-3)]),
    "cos": (mp.cos, [(-7, 7), (-1e5, 1e5)]),
    "log_gamma": (mp.loggamma, [(1e-300, 1e-2), (0.01, 30), (30, 1e15)]),
    "digamma": (mp.digamma, [(1e-300, 1e-2), (0.01, 30), (30, 1e15)]),
    "erf": (mp.erf, [(-6, 6), (-0.5, 0.5), (1e-300, 1e-3)]),
    "erfc": (mp.erfc, [(-6, 6), (0, 1), (6, 26.5)]),
    "normal_cdf": (ncdf, [(-37.5, 9), (-2, 2), (-6, -2)]),
    "log_normal_cdf": (lambda x: mp.log(ncdf(x)), [(-38, 9), (-2, 2), (-1e5, -38)]),
}


def arguments(low, high, count):
    sign = -1 if high <= 0 else 1
    small, large = sorted((abs(low), abs(high)))
    by_size = low * high > 0 and large / small > 1000
    for _ in range(count):
        if by_size:
            yield sign * math.exp(random.uniform(math.log(small), math.log(large)))
        else:
            yield random.uniform(low, high)


def main():
    random.seed(20)
    print("function,argument,value,rest")
    for name, (function, ranges) in FUNCTIONS.items():
        for low, high in ranges:
            for x in arguments(low, high, POINTS // len(ranges)):
                value = function(mpf(x))
                head = float(value)
                print(f"{name},{x!r},{head!r},{float(value - mpf(head))!r}")


main()
