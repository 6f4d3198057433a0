#!/usr/bin/env python3
"""Writes paired_tests.json: two-sided p values of SciPy and statsmodels for tests/metrics/paired_tests_test.cpp.

    make_paired_tests.py > paired_tests.json
"""
import itertools
import json
import sys

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

rng = np.random.default_rng(20)


def sign_flip(sums):
    """All sign vectors, one by one."""
    observed = abs(sum(sums))
    hits = sum(abs(np.dot(signs, sums)) >= observed - 1e-12 for signs in itertools.product((-1, 1), repeat=len(sums)))
    return hits / 2 ** len(sums)


golden = {"sign_flip": [], "mcnemar": [], "wilcoxon": []}
for k in (5, 8, 12):
    sums = np.round(rng.normal(0.4, 1, k), 3)
    by_scipy = stats.permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf).pvalue
    assert abs(by_scipy - sign_flip(sums)) < 1e-12
    golden["sign_flip"].append({"sums": sums.tolist(), "p": float(by_scipy)})
tied = [1.0, 1.0, -1.0, 2.0, 0.0, -2.0, 1.0]
golden["sign_flip"].append({"sums": tied, "p": sign_flip(tied)})
for b, c in ((0, 0), (0, 6), (3, 9), (40, 61), (7, 7), (200, 131)):
    p = 1.0 if b + c == 0 else float(mcnemar([[10, b], [c, 10]], exact=True).pvalue)
    golden["mcnemar"].append({"baseline_only": b, "candidate_only": c, "p": p})
cases = [rng.normal(0.3, 1, n) for n in (5, 17, 50, 51, 300)]
cases.append(np.round(rng.normal(0.3, 1, 40), 1))  # ties and zeros
cases.append(np.array([1.0, 2.0, 0.0, -3.0, 4.0, 5.0, 6.5]))  # a zero, no ties
for d in cases:
    golden["wilcoxon"].append({"differences": d.tolist(), "p": float(stats.wilcoxon(d, zero_method="wilcox").pvalue)})
json.dump(golden, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
