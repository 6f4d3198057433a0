#!/usr/bin/env python3
"""Writes golden.json: metrics, floors, intervals and Holm by NumPy, SciPy, scikit-learn and statsmodels.

Metric definitions follow the published evaluation code (MMSA metricsTop), not shakedown's sources.
Debian: python3-numpy python3-scipy python3-sklearn python3-statsmodels. Usage: make_golden.py > golden.json
"""
import itertools
import json
import sys
import warnings

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics as sk
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240229)
f32 = np.float32


def defined(x):
    return None if x is None or not np.isfinite(x) else float(x)


def pearson(p, y):
    if len(p) < 2 or np.ptp(p) == 0 or np.ptp(y) == 0:
        return None
    return np.corrcoef(p.astype(np.float64), y.astype(np.float64))[0, 1]


def spearman(p, y):
    if len(p) < 2 or np.ptp(p) == 0 or np.ptp(y) == 0:
        return None
    return stats.spearmanr(p, y)[0]


def ccc(p, y):
    p, y = p.astype(np.float64), y.astype(np.float64)
    if np.ptp(p) == 0 and np.ptp(y) == 0:
        return None
    if np.ptp(p) == 0 or np.ptp(y) == 0:
        return 0.0
    return 2 * np.cov(p, y, bias=True)[0, 1] / (p.var() + y.var() + (p.mean() - y.mean()) ** 2)


def mae(p, y):
    return np.mean(np.abs(p.astype(np.float64) - y.astype(np.float64)))


def multiclass_acc(p, y, a):
    return np.mean(np.round(np.clip(p, -a, a)) == np.round(np.clip(y, -a, a)))


def mosi(p, y):
    nz = y != 0
    has0 = (y >= 0, p >= 0)
    non0 = (y[nz] > 0, p[nz] > 0)
    any_nz = bool(nz.any())
    return {
        "mae": mae(p, y), "corr": pearson(p, y), "spearman": spearman(p, y), "ccc": ccc(p, y),
        "acc2_has0": sk.accuracy_score(*has0), "f1_has0": sk.f1_score(*has0, average="weighted"),
        "acc2_non0": sk.accuracy_score(*non0) if any_nz else None,
        "f1_non0": sk.f1_score(*non0, average="weighted") if any_nz else None,
        "acc3": multiclass_acc(p, y, 1.0), "acc5": multiclass_acc(p, y, 2.0), "acc7": multiclass_acc(p, y, 3.0),
    }


def plain(p, y):
    return {"mae": mae(p, y), "corr": pearson(p, y), "spearman": spearman(p, y), "ccc": ccc(p, y)}


def binned(x, edges):
    """The loop of MMSA: half-open bins over float32 arrays."""
    out = x.copy()
    for i in range(len(edges) - 1):
        out[np.logical_and(x > edges[i], x <= edges[i + 1])] = i
    return out


def simsv2(p, y):
    p, y = np.clip(p, -1.0, 1.0), np.clip(y, -1.0, 1.0)
    two, three, five = [-1.01, 0.0, 1.01], [-1.01, -0.1, 0.1, 1.01], [-1.01, -0.7, -0.1, 0.1, 0.7, 1.01]
    y2, p2 = binned(y, two), binned(p, two)
    weak = np.abs(y) <= 0.4
    return {
        "mae": mae(p, y), "corr": pearson(p, y),
        "acc2": np.mean(y2 == p2), "acc3": np.mean(binned(y, three) == binned(p, three)),
        "acc5": np.mean(binned(y, five) == binned(p, five)), "f1": sk.f1_score(y2, p2, average="weighted"),
        "acc2_weak": np.mean((y2 == p2)[weak]) if weak.any() else None,
        "r2": sk.r2_score(y.astype(np.float64), p.astype(np.float64)) if np.ptp(y) > 0 else None,
        "spearman": spearman(p, y), "ccc": ccc(p, y),
    }


def sims(p, y):
    return {k: v for k, v in simsv2(p, y).items() if k not in ("acc2_weak", "r2")}


CONVENTIONS = {"mosi": mosi, "sims": sims, "simsv2": simsv2, "plain": plain}
CONSTANTS = np.concatenate([np.linspace(-3.25, 3.25, 27), [-0.9, -0.4, -0.05, 0.05, 0.4, 0.9]]).astype(f32)


def regression_floor(name, convention, y):
    """Brute force over a fine grid of constants and the labels themselves."""
    best = None
    extra = np.concatenate([y, [np.median(y), np.median(np.clip(y, -1, 1))]]).astype(f32)
    for c in np.concatenate([CONSTANTS, extra]):
        v = CONVENTIONS[convention](np.full(len(y), c, dtype=f32), y)[name]
        if v is not None and (best is None or (v < best if name == "mae" else v > best)):
            best = v
    return best


def regression_cases():
    thirds = rng.integers(-9, 10, 90) / 3.0
    halves = rng.integers(-6, 7, 80) / 2.0
    edges = np.array([-1.5, -1.0, -0.7, -0.4, -0.1, 0.0, 0.1, 0.4, 0.7, 1.0, 1.5])
    edges = np.concatenate([edges, np.nextafter(f32(0.1), f32(2)) * np.ones(1), np.nextafter(f32(-0.7), f32(-2)) * np.ones(1)])
    pairs = np.array([(a, b) for a in edges for b in edges])
    yield "random", rng.normal(0, 1.4, 90), thirds
    yield "exact_halves", rng.integers(-8, 9, 80) / 2.0, halves
    yield "halves_with_ties", np.repeat([0.5, 1.5, 2.5, -0.5, -1.5, -2.5], 12), np.tile([0.0, 1.0, 2.0, 0.5, -2.0, -3.0], 12)
    yield "bin_edges", pairs[:, 0], pairs[:, 1]
    yield "constant_predictions", np.full(60, 0.1), rng.integers(-3, 4, 60)
    yield "constant_labels", rng.normal(size=50), np.full(50, 0.3)
    yield "zero_labels", rng.normal(size=40), np.zeros(40)
    yield "both_constant", np.full(20, 0.2), np.full(20, -0.4)
    yield "one_sample", np.array([0.4]), np.array([0.6])
    yield "large_offset", rng.normal(0, 1, 70) + 1e4, rng.normal(0, 1, 70) + 1e4
    yield "signed_zero", np.array([-0.0, 0.0, 1e-30, -1e-30, -0.0, 2.0]), np.array([0.0, -0.0, 1.0, -1.0, 1.0, 0.0])
    yield "sims_labels", rng.uniform(-1.3, 1.3, 120), rng.integers(-5, 6, 120) * 0.2


def softmax(z):
    return special.softmax(z.astype(np.float64), axis=1)


def ece(prob, y):
    """15 bins of equal mass by mid-rank, debiased as Kumar, Liang and Ma (2019) do for the l1 error: the plug-in minus
    what resampling each bin's accuracy from its normal approximation adds, here integrated instead of sampled."""
    n = len(y)
    if n < 150:
        return None
    conf, right = prob.max(axis=1), prob.argmax(axis=1) == y
    bins = np.floor(15 * (stats.rankdata(conf) - 0.5) / n).astype(int)
    total = 0.0
    for b in range(15):
        inside = bins == b
        m = inside.sum()
        if m == 0:
            continue
        acc, gap = right[inside].mean(), abs(right[inside].mean() - conf[inside].mean())
        sd = np.sqrt(acc * (1 - acc) / m)
        noisy = gap if sd == 0 else stats.foldnorm.mean(gap / sd, scale=sd)
        total += m / n * (gap - (noisy - gap))
    return total


def losses(prob, y, logits=None):
    """Of logits the logarithm stays finite where the probability is too small for a double."""
    onehot = np.eye(prob.shape[1])[y]
    zero = bool((prob[np.arange(len(y)), y] == 0).any())
    nll = None if zero else sk.log_loss(y, prob, labels=range(prob.shape[1]), eps=1e-300)
    if logits is not None:
        from_logits = -special.log_softmax(logits.astype(np.float64), axis=1)[np.arange(len(y)), y].mean()
        assert zero or abs(from_logits - nll) < 1e-9
        nll = from_logits
    return {"ece": ece(prob, y), "brier": np.mean(np.sum((prob - onehot) ** 2, axis=1)), "nll": nll}


def top_k(p, y, k):
    """Stable: the first of equals ranks before the others, as argmax has it."""
    best = np.argsort(-p, axis=1, kind="stable")[:, :k]
    return np.mean((best == y[:, None]).any(axis=1))


def classification(p, y, labels, probabilities=False):
    k = len(labels)
    decided = p.argmax(axis=1)
    one_class = len(set(y)) < 2
    f1 = sk.f1_score(y, decided, labels=range(k), average=None, zero_division=0)
    result = {
        "accuracy": sk.accuracy_score(y, decided), "uar": sk.balanced_accuracy_score(y, decided),
        "mcc": None if one_class else sk.matthews_corrcoef(y, decided),
        "f1_macro": sk.f1_score(y, decided, average="macro"), "f1_weighted": sk.f1_score(y, decided, average="weighted"),
        "f1_weighted_swapped": sk.f1_score(decided, y, average="weighted"),
        "precision_macro": sk.precision_score(y, decided, average="macro", zero_division=0),
        "recall_macro": sk.recall_score(y, decided, average="macro", zero_division=0),
    }
    for top in range(2, min(k, 6)):
        result[f"top{top}"] = top_k(p, y, top)
        if len(np.unique(p, axis=1)[0]) == k and all(len(set(row)) == k for row in p):
            assert abs(result[f"top{top}"] - sk.top_k_accuracy_score(y, p, k=top, labels=range(k))) < 1e-12
    result.update(losses(p.astype(np.float64), y) if probabilities else losses(softmax(p), y, p))
    for c, label in enumerate(labels):
        result["f1_" + label] = f1[c] if c in y or c in decided else None
    return result


def proper_score_floor(name, y, k):
    """The best constant probabilities by numerical search over softmax(z), z unbounded."""
    def value(z):
        prob = np.tile(special.softmax(z), (len(y), 1))
        return losses(prob, y)[name]
    counts = np.bincount(y, minlength=k)
    if (counts == 0).any() or len(y) < 2:  # the optimum lies at infinity: the limit, checked against the search
        share = counts / counts.sum()
        limit = 1 - np.sum(share**2) if name == "brier" else -np.sum(share[share > 0] * np.log(share[share > 0]))
        found = optimize.minimize(value, np.log(share + 1e-9), method="BFGS").fun
        assert found > limit - 1e-9 and found < limit + 1e-4, (name, found, limit)
        return limit
    return optimize.minimize(value, np.zeros(k), method="BFGS", options={"gtol": 1e-12}).fun


def classification_floor(name, y, labels):
    if name == "mcc":
        return 0.0
    if name == "ece":
        return None
    if name in ("brier", "nll"):
        return proper_score_floor(name, y, len(labels))
    if name.startswith("top"):  # every set of classes that a constant ranking can put first
        k = int(name[3:])
        return max(np.isin(y, subset).mean() for subset in itertools.combinations(range(len(labels)), k))
    best = None
    for c in range(len(labels)):
        v = classification(np.tile(np.eye(len(labels))[c], (len(y), 1)), y, labels)[name]
        if v is not None and (best is None or v > best):
            best = v
    return best


def classification_cases():
    for k, n in ((3, 90), (7, 150)):
        y = rng.choice(k, n, p=rng.dirichlet(np.ones(k)))
        yield f"random_{k}", rng.normal(size=(n, k)) + 1.2 * np.eye(k)[y], y
    y = rng.choice(2, 60)  # two of four classes in the labels, a third one only predicted
    yield "empty_classes", np.concatenate([rng.normal(size=(60, 3)), np.full((60, 1), -9.0)], axis=1), y
    yield "constant_predictions", np.tile([0.0, 2.0, 1.0], (50, 1)), rng.choice(3, 50)
    yield "one_class", rng.normal(size=(30, 3)), np.zeros(30, dtype=int)
    yield "ties", np.tile([1.0, 1.0, 0.5], (24, 1)), rng.choice(3, 24)
    yield "one_sample", np.array([[0.1, 0.9]]), np.array([1])
    y = rng.choice(4, 400, p=[0.4, 0.3, 0.2, 0.1])  # enough for calibration; overconfident
    yield "calibration", 2.5 * (rng.normal(size=(400, 4)) + np.eye(4)[y]), y
    y = rng.choice(3, 300)  # few distinct confidences: whole runs of ties fall into a bin
    yield "tied_confidences", np.log(np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8], [0.4, 0.35, 0.25]]))[
        rng.choice(4, 300)], y
    yield "far_logits", np.tile([800.0, 0.0, -800.0], (160, 1)), rng.choice(2, 160)


def probability_cases():
    y = rng.choice(3, 240, p=[0.5, 0.3, 0.2])
    yield "probabilities", softmax(rng.normal(size=(240, 3)) + 1.5 * np.eye(3)[y]), y
    yield "certain_and_wrong", np.tile([1.0, 0.0], (180, 1)), rng.choice(2, 180)


def t_quantile(p, df):
    """By the incomplete beta function: stats.t.ppf of SciPy 1.10 has eight correct digits only."""
    x = special.betaincinv(df / 2, 0.5, 2 * (1 - p))
    return np.sqrt(df * (1 / x - 1))


def jackknife(function, p, y, groups):
    full = function(p, y)
    ids = np.unique(groups)
    k = len(ids)
    without = np.array([function(p[groups != g], y[groups != g]) for g in ids])
    se = np.sqrt((k - 1) / k * np.sum((without - full) ** 2))
    half = t_quantile(0.975, k - 1) * se
    return {"value": float(full), "low": float(full - half), "high": float(full + half)}


def interval_cases():
    n, k = 160, 13
    groups = rng.choice(k, n, p=rng.dirichlet(np.full(k, 2.0)))
    groups[:k] = np.arange(k)
    effect = rng.normal(0, 0.5, k)
    y = (rng.integers(-9, 10, n) / 3.0).astype(f32)
    p = (0.6 * y + effect[groups] + rng.normal(0, 0.6, n)).astype(f32)
    p[::7] = np.round(p[::7])  # ties
    names = ("mae", "corr", "spearman", "ccc", "acc2_has0", "f1_has0", "f1_non0", "acc7")
    yield {"convention": "mosi", "predictions": p.tolist(), "labels": y.tolist(), "groups": groups.tolist(),
           "scores": {m: jackknife(lambda a, b, m=m: mosi(a, b)[m], p, y, groups) for m in names}}


golden = {"regression": [], "classification": [], "intervals": list(interval_cases())}
for case, p, y in regression_cases():
    p, y = np.asarray(p).astype(f32), np.asarray(y).astype(f32)
    conventions = {}
    for convention, function in CONVENTIONS.items():
        values = function(p, y)
        floors = {name: 0.0 if name in ("corr", "spearman", "ccc", "r2") else regression_floor(name, convention, y)
                  for name in values}
        conventions[convention] = {"values": {k: defined(v) for k, v in values.items()},
                                   "floors": {k: defined(v) for k, v in floors.items()}}
    golden["regression"].append({"case": case, "predictions": p.tolist(), "labels": y.tolist(),
                                 "conventions": conventions})
for probabilities, cases in ((False, classification_cases()), (True, probability_cases())):
    for case, p, y in cases:
        labels = ["neutral", "joy", "anger", "fear", "sadness", "disgust", "surprise"][:p.shape[1]]
        values = classification(p, y, labels, probabilities)
        golden["classification"].append(
            {"case": case, "labels": labels, "probabilities": probabilities, "outputs": p.tolist(), "truth": y.tolist(),
             "values": {k: defined(v) for k, v in values.items()},
             "floors": {k: defined(classification_floor(k, y, labels)) for k in values}})
ps = [0.01, 0.04, 0.03, 0.005, 0.5, 0.02, 0.02, 1.0]
golden["holm"] = {"p": ps, "adjusted": multipletests(ps, method="holm")[1].tolist()}
golden["benjamini_hochberg"] = {"p": ps, "adjusted": multipletests(ps, method="fdr_bh")[1].tolist()}
golden["t"] = [{"p": q, "df": d, "quantile": float(t_quantile(q, d)), "cdf_of_1.3": float(stats.t.cdf(1.3, d))}
               for q in (0.95, 0.975) for d in (4, 9, 30, 99)]
json.dump(golden, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
