#!/usr/bin/env python3
"""Would other degrees of freedom than K - 1 give the gate its nominal error where groups are few and unequal?

Prints, for groups of 9 to 63 samples as in gate_operating_characteristics, the share of wrong verdicts at a true drop of exactly the margin and of
right ones at no drop and at twice the margin: with K - 1, and with those of Bell and McCaffrey (2002) under independence, which depend on the
sizes of the groups alone. Usage: degrees_of_freedom.py [TRIALS]
"""
import sys

import numpy as np
from scipy import stats


def bell_mccaffrey(sizes):
    """Satterthwaite's degrees of freedom of the jackknife variance, a quadratic form in the means of the groups; one a row."""
    total = sizes.sum(1, keepdims=True)
    count = sizes.shape[1]
    deviation = np.eye(count)[None] - (sizes / total)[:, None, :]
    form = (sizes / (total - sizes))[:, :, None] * deviation / np.sqrt(sizes)[:, None, :]
    gram = form @ form.transpose(0, 2, 1)
    return np.trace(gram, axis1=1, axis2=2) ** 2 / (gram ** 2).sum((1, 2))


def main():
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 40000
    random = np.random.default_rng(2)
    print("| K | correlation | degrees of freedom | at the margin: fail | pass | no drop: pass | twice the margin: fail | noncentral t |")
    print("|---:|---:|---|---:|---:|---:|---:|---:|")
    for count in (5, 10, 31, 100):
        for rho in (0, 0.05, 0.2):
            rows = trials if count < 31 else max(1, trials // 5)
            sizes = random.integers(9, 64, size=(rows, count)).astype(float)
            means = random.normal(size=(rows, count)) * np.sqrt(rho + (1 - rho) / sizes)
            total, sums = sizes.sum(1), (sizes * means).sum(1)
            value = sums / total
            without = (sums[:, None] - sizes * means) / (total[:, None] - sizes)
            error = np.sqrt((count - 1) / count * ((without - value[:, None]) ** 2).sum(1))
            true_error = np.sqrt((sizes ** 2 * (rho + (1 - rho) / sizes)).sum(1)) / total
            multiple = stats.t.ppf(0.95, count - 1) + stats.t.ppf(0.8, count - 1)
            margin = multiple * true_error
            power = stats.nct.sf(stats.t.ppf(0.95, count - 1), count - 1, multiple)
            for name, df in (("K - 1", count - 1), ("Bell, McCaffrey", bell_mccaffrey(sizes))):
                bound = stats.t.ppf(0.95, df) * error
                shares = [(value + bound < 0).mean(), (value - bound > 0).mean(), (value - bound > -margin).mean(), (value + bound < margin).mean()]
                print(f"| {count} | {rho} | {name} ({np.mean(df):.1f}) | " + " | ".join(f"{share:.3f}" for share in [*shares, power]) + " |")


if __name__ == "__main__":
    main()
