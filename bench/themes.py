"""How well texts that mean the same are gathered: pair precision, recall and F1, with bag of words beside it.

python -m bench.themes ../shared/data/banking77/train.csv. A pair of texts is right when both have one label. Bag of words is the
plain count of words, grouped by the same method at the distance that suits it best; ours is at the distance the product uses.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.feature_extraction.text import CountVectorizer

from feedback import similarity


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.themes", description=__doc__)
    parser.add_argument("file", type=Path, help="a CSV with the columns text and category")
    parser.add_argument("--texts", type=int, default=0, help="only so many, drawn by chance; 0 for all")
    arguments = parser.parse_args()
    texts, labels = read(arguments.file, arguments.texts)
    print(f"{len(texts):,} texts, {len(set(labels))} labels")
    words = bag_of_words(texts)
    tried = {f"bag of words, apart at {apart:.2f}": fcluster(words, apart, "distance") for apart in np.arange(0.3, 1, 0.05)}
    name = max(tried, key=lambda each: scores(list(tried[each]), labels)[2])
    tell(name, list(tried[name]), labels)
    began = time.perf_counter()
    found = similarity.grouped(similarity.vectors(texts))
    tell(f"ours, apart at {similarity.APART:.2f}", found, labels)
    print(f"ours took {time.perf_counter() - began:.1f} s")


def read(file: Path, some: int) -> tuple[list[str], list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(stream)]
    chosen = np.random.default_rng(1).permutation(len(rows))[: some or len(rows)]
    return [rows[n][0] for n in chosen], [rows[n][1] for n in chosen]


def bag_of_words(texts: list[str]) -> np.ndarray:
    counts = CountVectorizer().fit_transform(texts)
    rows = counts.astype(np.float32)
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
    near = (rows @ rows.T).toarray() / np.outer(lengths, lengths)
    upper = np.triu_indices(len(texts), 1)
    return linkage(np.clip(1 - near[upper], 0, 2), "average")


def scores(groups: list[int], labels: list[str]) -> tuple[float, float, float]:
    """Pair precision, recall and F1."""
    group, label = np.unique(groups, return_inverse=True)[1], np.unique(labels, return_inverse=True)[1]
    both = np.zeros((group.max() + 1, label.max() + 1), dtype=np.int64)
    np.add.at(both, (group, label), 1)
    right, proposed, wanted = (int((n * (n - 1) // 2).sum()) for n in (both, both.sum(axis=1), both.sum(axis=0)))
    precision, recall = right / max(proposed, 1), right / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def tell(name: str, groups: list[int], labels: list[str]) -> None:
    precision, recall, f1 = scores(groups, labels)
    print(f"{name:32} {len(set(groups)):6,} groups  precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")


if __name__ == "__main__":
    main()
