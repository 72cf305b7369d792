"""Plots what a store has exchanged: documents by month, and how long receivers took to answer.

    python figures.py STORE [figures.png]      the store of a connector; it may be at work
    python figures.py --made-up [figures.png]  made-up figures, to see what it looks like

Needs pandas and matplotlib. It reads ids, organs, codes and times, and no content.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd  # type: ignore[import-untyped,unused-ignore]

import lienthong

COLOURS = {"sent": "#1f6f8b", "came": "#e08e45"}
STEPS = {"01": "arrived", "03": "registered", "06": "finished"}


def exchanged(store: str) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Documents that were sent and came; and for each status how long it took, in hours."""
    documents: List[Dict[str, Any]] = []
    answers: List[Dict[str, Any]] = []
    if not Path(store).is_dir():
        raise SystemExit(f"{store}: no such folder")
    # Questions need no organ of our own.
    with lienthong.open(store, role="client", organs="-") as connector:
        for way, prefix in (("sent", "out"), ("came", "in")):
            number = 0
            while True:
                number += 1
                try:
                    view: Any = connector.why(f"{prefix}-{number}").packet
                except lienthong.NotFoundError:
                    break
                if view.kind != "document":
                    continue
                at = view.created if way == "sent" else view.received
                documents.append({"at": at, "way": way})
                if way == "sent":
                    for status in connector.statuses(view.id):
                        hours = (status.received - at).total_seconds() / 3600
                        row = {"organ": status.organ, "code": status.code, "hours": hours}
                        answers.append(row)
    return pd.DataFrame(documents), pd.DataFrame(answers)


def made_up() -> "tuple[pd.DataFrame, pd.DataFrame]":
    """A year of a province that does not exist."""
    import numpy

    chance = numpy.random.default_rng(7)
    documents: List[Dict[str, Any]] = []
    answers: List[Dict[str, Any]] = []
    for month in range(1, 12):
        for way, usual in (("sent", 420), ("came", 610)):
            for _ in range(int(usual * chance.uniform(0.7, 1.3))):
                at = pd.Timestamp(2026, month, int(chance.integers(1, 29)), tz="UTC")
                documents.append({"at": at, "way": way})
    for organ, slow in (("H99.02", 1), ("H99.03", 3), ("H99.04", 9), ("H99.05", 2)):
        for code, hours_usual in (("01", 0.05), ("03", 5.0), ("06", 60.0)):
            for hours in chance.lognormal(numpy.log(hours_usual * slow), 0.9, 120):
                answers.append({"organ": organ, "code": code, "hours": float(hours)})
    return pd.DataFrame(documents), pd.DataFrame(answers)


def plot(documents: pd.DataFrame, answers: pd.DataFrame, path: Path) -> None:
    """Both pictures, side by side."""
    plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), width_ratios=(3, 2))
    figure.suptitle("lienthong: documents exchanged", x=0.01, ha="left", weight="bold")
    months(documents, left)
    response_times(answers, right)
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    plt.close(figure)


def months(documents: pd.DataFrame, axes: Any) -> None:
    axes.set_title("Documents by month", loc="left")
    if documents.empty:
        axes.text(0.5, 0.5, "none", ha="center", va="center", transform=axes.transAxes)
        return
    local = pd.to_datetime(documents["at"]).dt.tz_convert("Asia/Ho_Chi_Minh")
    counts = (
        documents.assign(month=local.dt.tz_localize(None).dt.to_period("M"))
        .groupby(["month", "way"])
        .size()
        .unstack(fill_value=0)
    )
    every = pd.period_range(counts.index.min(), counts.index.max(), freq="M")
    counts = counts.reindex(every, fill_value=0)
    ways = [way for way in ("sent", "came") if way in counts]
    wide = 0.8 / len(ways)
    for index, way in enumerate(ways):
        places = [at + (index - (len(ways) - 1) / 2) * wide for at in range(len(counts))]
        bars = axes.bar(places, counts[way], wide * 0.92, label=way, color=COLOURS[way])
        if len(counts) <= 12:
            axes.bar_label(bars, padding=2, fontsize=7, color="#444444")
    step = max(1, len(counts) // 12)
    axes.set_xticks(range(0, len(counts), step))
    axes.set_xticklabels([period.strftime("%m/%Y") for period in counts.index[::step]])
    axes.tick_params(axis="x", rotation=30 if len(counts) > 6 else 0, length=0)
    axes.set_ylabel("documents")
    axes.yaxis.get_major_locator().set_params(integer=True)
    # A few months are no reason for bars as wide as the page.
    spare = max(0, 6 - len(counts)) / 2
    axes.set_xlim(-0.6 - spare, len(counts) - 0.4 + spare)
    axes.margins(y=0.15)
    axes.yaxis.grid(True, color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, ncols=2, loc="upper left")


def response_times(answers: pd.DataFrame, axes: Any) -> None:
    axes.set_title("Time until a status: ● half of them, | nine of ten", loc="left")
    if not answers.empty:
        answers = answers[answers["code"].isin(list(STEPS))]
    if answers.empty:
        axes.text(0.5, 0.5, "none", ha="center", va="center", transform=axes.transAxes)
        return
    hours = answers.groupby(["organ", "code"])["hours"].quantile([0.5, 0.9]).unstack()
    # Those who take longest stand on top, twenty at most.
    slowest = answers.groupby("organ")["hours"].median().sort_values().index[-20:]
    shades = dict(zip(STEPS, ("#9ecae1", "#4292c6", "#08519c")))
    for row, organ in enumerate(slowest):
        for index, code in enumerate(STEPS):
            if (organ, code) not in hours.index:
                continue
            half, most = hours.loc[(organ, code)]
            place = row + (1 - index) * 0.24
            axes.plot([half, most], [place, place], color=shades[code], linewidth=2)
            axes.plot(half, place, "o", color=shades[code], markersize=6)
            axes.plot(most, place, "|", color=shades[code], markersize=9)
    for code, name in STEPS.items():
        axes.plot([], [], "o-", color=shades[code], label=f"{code} {name}")
    axes.set_yticks(range(len(slowest)))
    axes.set_yticklabels(slowest)
    axes.set_xscale("log")
    ticks = {
        1 / 36000: "0.1 s",
        1 / 3600: "1 s",
        1 / 360: "10 s",
        1 / 60: "1 min",
        1 / 6: "10 min",
        1: "1 h",
        6: "6 h",
    }
    ticks.update({24 * days: f"{days} d" for days in (1, 7, 30, 180)})
    low, high = axes.get_xlim()
    low, high = min(low * 0.8, 1 / 120), max(high, 12)
    axes.set_xlim(low, high)
    kept = {at: name for at, name in ticks.items() if low <= at <= high}
    if kept:
        axes.set_xticks(list(kept))
        axes.set_xticklabels(list(kept.values()))
        axes.minorticks_off()
    axes.xaxis.grid(True, color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_ylim(-0.6, len(slowest) - 0.1)
    axes.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.12))


def main(words: List[str]) -> None:
    if len(words) not in (1, 2):
        raise SystemExit(__doc__)
    documents, answers = made_up() if words[0] == "--made-up" else exchanged(words[0])
    path = Path(words[1] if len(words) == 2 else "figures.png")
    plot(documents, answers, path)
    print(f"{path}: documents {len(documents)}, answers {len(answers)}")


if __name__ == "__main__":
    main(sys.argv[1:])
