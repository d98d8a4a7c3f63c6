"""Purchase models beside their peers: the time of a fit, how high it climbed, and the scoring of ten million customers.

Each contestant answers in a process of its own, so that its memory is its own too.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from bench.one import _peak_mb
from okaeri.predictions.clv import betageometric, paretonbd
from okaeri.predictions.clv.bgnbd import BGNBD, BGNBDFit
from okaeri.predictions.clv.histories import Floats, Histories, compress
from okaeri.predictions.clv.paretonbd import ParetoNBD
from okaeri.predictions.clv.value import clv as value_of
from tests.predictions.clv.simulated import simulate_bgnbd, simulate_paretonbd

Shop = dict[str, Floats]
Fitter = Callable[[str, Shop], dict[str, float]]
CDNOW = Path(os.environ.get("OKAERI_DATA") or Path(__file__).parents[2] / "shared" / "data") / "cdnow"
LIKELIHOODS = {"BG/NBD": betageometric.log_likelihoods, "Pareto/NBD": paretonbd.log_likelihoods}
FITS = (
    ("BG/NBD", "cdnow-sample"),
    ("BG/NBD", "cdnow-all"),
    ("BG/NBD", "simulated-1000000"),
    ("Pareto/NBD", "cdnow-sample"),
    ("Pareto/NBD", "busy-2000"),
)
MOST_CUSTOMERS = {"pymc-marketing": 100_000}
MODULES = {"okaeri": "okaeri", "lifetimes": "lifetimes", "pymc-marketing": "pymc_marketing"}
SCORED = 10_000_000
LONG, ENOUGH, MANY = 5.0, 2.0, 100
FEW = 500


def clv(*, repeat: int) -> list[Table]:
    """The fits beside each other, and the scoring."""
    return [_fits(repeat), _scoring()]


def _fits(repeat: int) -> Table:
    table = Table("fit", "who", "seconds (best)", "×", "log-likelihood", "peak MB", title="purchase models, one thread")
    for model, shop in FITS:
        ours = _child("fit", model, shop, "okaeri", str(repeat))
        for who in MODULES:
            run = ours if who == "okaeri" else _peer(model, shop, who, repeat)
            told = [run.get("why", "")]
            if not told[0]:
                seconds, height, peak = run["seconds"], run["log_likelihood"], run["peak_mb"]
                told = [f"{seconds:.4f}", f"{seconds / ours['seconds']:.1f}", f"{height:,.2f}", f"{peak:,.0f}"]
            table.add_row(f"{model}\n{shop}" if run is ours else "", who, *told)
    return table


def _peer(model: str, shop: str, who: str, repeat: int) -> dict[str, Any]:
    if find_spec(MODULES[who]) is None:
        return {"why": "not installed"}
    _kind, _dash, size = shop.rpartition("-")
    if size.isdigit() and int(size) > MOST_CUSTOMERS.get(who, int(size)):
        return {"why": "not asked"}
    return _child("fit", model, shop, who, str(repeat))


def _scoring() -> Table:
    run = _child("score", str(SCORED))
    table = Table("what", "seconds", title=f"{SCORED:,} customers, {run['histories']:,} different histories")
    for what, seconds in run["seconds"].items():
        table.add_row(what, f"{seconds:.1f}")
    table.add_row("peak MB", f"{run['peak_mb']:,.0f}")
    return table


def _child(*words: str) -> dict[str, Any]:
    """An answer from a process with one thread."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "bench.clv", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=one_thread)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def fit(model: str, shop: str, who: str, repeat: str) -> dict[str, Any]:
    """One contestant's best time, and the likelihood of what it found, by one yardstick."""
    found: list[dict[str, float]] = []
    times: list[float] = []
    histories = shop_of(shop)
    try:
        FITTERS[who](model, {name: column[:FEW] for name, column in histories.items()})  # imports and compiles
        # short ones need many to find a quiet moment
        while len(times) < int(repeat) or (sum(times) < ENOUGH and len(times) < MANY):
            began = time.perf_counter()
            found.append(FITTERS[who](model, histories))
            times.append(time.perf_counter() - began)
            if times[-1] > LONG:
                break
    except Exception as error:  # a peer that fails is an answer too
        return {"why": f"fails: {type(error).__name__}"}
    return {"seconds": min(times), "log_likelihood": _height(model, histories, found[-1]), "peak_mb": _peak_mb()}


def _height(model: str, shop: Shop, parameters: dict[str, float]) -> float:
    rows = compress(Histories.of(**shop))
    if not all(math.isfinite(value) for value in parameters.values()):
        return math.nan
    found, _slopes = LIKELIHOODS[model](rows, parameters)
    return float(rows.count @ found)


def shop_of(name: str) -> Shop:
    """The histories of a shop, in days where they are made up and in weeks where the papers have them."""
    if name == "cdnow-sample":
        return _cdnow(CDNOW / "CDNOW_sample.txt")
    if name == "cdnow-all":
        return _cdnow(CDNOW / "CDNOW_master.txt")
    kind, size = name.split("-")
    rng = np.random.default_rng(1)
    age = np.round(rng.uniform(200, 1100, int(size)))
    if kind == "busy":
        seen = simulate_paretonbd(int(size), r=2.0, alpha=1.5, s=0.8, beta=300.0, age=age, horizon=1, seed=1)
    else:
        seen = simulate_bgnbd(int(size), r=0.5, alpha=40.0, a=0.8, b=2.4, age=age, horizon=1, seed=1)
    return {**seen.histories, "last_purchase": np.ceil(seen.last_purchase)}


def _cdnow(path: Path) -> Shop:
    rows = [line.split() for line in path.read_text("ascii").splitlines()]
    told = [(row[0], row[-3]) for row in rows if row and row[0].isdigit()]
    dates = np.array([f"{date[:4]}-{date[4:6]}-{date[6:]}" for _who, date in told], "datetime64[D]")
    pairs = np.unique(np.stack([np.array([int(who) for who, _date in told]), dates.astype(np.int64)]), axis=1)
    end = int(np.datetime64("1997-09-30").astype(np.int64))
    who, day = pairs[:, pairs[1] <= end]
    _customers, first, purchases = np.unique(who, return_index=True, return_counts=True)
    born, last = day[first], day[first + purchases - 1]
    return {"frequency": purchases - 1.0, "last_purchase": (last - born) / 7, "age": (end - born) / 7}


def _okaeri(model: str, shop: Shop) -> dict[str, float]:
    fitter = BGNBD() if model == "BG/NBD" else ParetoNBD()
    return fitter.fit(**shop).parameters


def _lifetimes(model: str, shop: Shop) -> dict[str, float]:
    import lifetimes

    warnings.simplefilter("ignore")
    fitter = lifetimes.BetaGeoFitter() if model == "BG/NBD" else lifetimes.ParetoNBDFitter()
    fitter.fit(shop["frequency"], shop["last_purchase"], shop["age"])
    return {str(name): float(value) for name, value in fitter.params_.items()}


def _pymc(model: str, shop: Shop) -> dict[str, float]:
    """Its highest posterior under its own priors: next to the highest likelihood, and not the same."""
    import pandas as pd
    from pymc_marketing import clv as models

    warnings.simplefilter("ignore")
    frame = pd.DataFrame({"customer_id": np.arange(len(shop["age"])), "frequency": shop["frequency"]})
    frame = frame.assign(recency=shop["last_purchase"], T=shop["age"])
    kind = models.BetaGeoModel if model == "BG/NBD" else models.ParetoNBDModel
    fitted = kind(data=frame)
    fitted.fit(method="map")
    names = ("r", "alpha", "a", "b") if model == "BG/NBD" else ("r", "alpha", "s", "beta")
    posterior = (fitted.idata if hasattr(fitted, "idata") else fitted.fit_result).posterior
    return {name: float(posterior[name].to_numpy().ravel()[0]) for name in names}


FITTERS: dict[str, Fitter] = {"okaeri": _okaeri, "lifetimes": _lifetimes, "pymc-marketing": _pymc}


def score(customers: str) -> dict[str, Any]:
    """P(alive), purchases within a year, and their discounted worth."""
    shop = shop_of(f"simulated-{customers}")
    known = BGNBDFit(r=0.5, alpha=40.0, a=0.8, b=2.4)
    spend = np.full(int(customers), 20.0)
    x, last, age = shop["frequency"], shop["last_purchase"], shop["age"]

    def worth() -> Floats:
        return value_of(
            known, spend, frequency=x, last_purchase=last, age=age, unit="days", annual_discount=0.1, horizon=365.0
        )

    asked: dict[str, Callable[[], Floats]] = {
        "P(alive)": lambda: known.p_alive(**shop),
        "expected purchases": lambda: known.expected_purchases(365, **shop),
        "discounted value": worth,
    }
    seconds = {}
    for what, ask in asked.items():
        began = time.perf_counter()
        assert np.isfinite(ask()).all()
        seconds[what] = time.perf_counter() - began
    return {
        "seconds": {**seconds, "all three": sum(seconds.values())},
        "histories": len(compress(Histories.of(**shop)).frequency),
        "peak_mb": _peak_mb(),
    }


if __name__ == "__main__":
    answers: dict[str, Callable[..., dict[str, Any]]] = {"fit": fit, "score": score}
    print(json.dumps(answers[sys.argv[1]](*sys.argv[2:])))
