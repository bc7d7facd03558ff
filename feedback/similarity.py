"""Which texts read alike, by their words and pieces of words; nothing is downloaded, and no language is assumed.

TF-IDF of words, pairs of words and runs of 3 to 5 letters, brought into few dimensions (latent semantic analysis, Deerwester
et al. 1990), compared by the cosine. `python -m bench.themes` says how well that does. Only tasks import this: the library
is too heavy for a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union
from sklearn.preprocessing import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

DIMENSIONS = 100
TEXTS_A_DIMENSION, LEAST = 5, 10
NOTHING = 0.1  # of a length of some 1.4
FEW = 200  # texts; below it a word that is used once is kept
APART = 0.65  # the mean cosine distance at which groups stay apart


def vectors(texts: Sequence[str]) -> Any:
    """A row of length 1 for each text; of zeros for one that shares nothing with the others."""
    least = 1 if len(texts) < FEW else 2
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=least)
    letters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5), min_df=least)
    try:
        found = make_union(words, letters).fit_transform(texts)
    except ValueError:  # not one word in all of them
        return np.zeros((len(texts), 1))
    wanted = max(len(texts) // TEXTS_A_DIMENSION, min(len(texts) // 2, LEAST))
    dimensions = min(DIMENSIONS, wanted, found.shape[1] - 1)
    with np.errstate(divide="ignore", invalid="ignore"):  # of texts that are all the same
        rows = TruncatedSVD(dimensions, random_state=0).fit_transform(found) if dimensions > 0 else found.toarray()
    rows[np.linalg.norm(rows, axis=1) < NOTHING] = 0  # it shares next to nothing with the others: made longer it would be noise
    rows[strangers(found)] = 0
    return normalize(rows)


def strangers(found: Any) -> Any:
    """Where texts are few, those with not a piece in common with any other: several such would fall into one dimension."""
    if found.shape[0] >= FEW:
        return []
    near = (found @ found.T).toarray()
    np.fill_diagonal(near, 0)
    return near.max(axis=1) < NOTHING


def likeness(rows: Any, to: Any) -> list[float]:
    """How like each row is to the nearest three of `to`: the mean cosine."""
    cosines = np.sort(rows @ to.T, axis=1)[:, -3:]
    return [float(mean) for mean in cosines.mean(axis=1)]


def grouped(rows: Any) -> list[int]:
    """The group of each row, numbered by its first; groups further apart than APART on average stay apart."""
    far = [n for n, row in enumerate(rows) if not row.any()]
    near = [n for n in range(len(rows)) if n not in set(far)]
    labels = fcluster(linkage(rows[near], "average", metric="cosine"), APART, "distance") if len(near) > 1 else [1] * len(near)
    found = dict(zip(near, map(int, labels), strict=True)) | {n: -n - 1 for n in far}
    first: dict[int, int] = {}
    for n in range(len(rows)):
        first.setdefault(found[n], n)
    return [first[found[n]] for n in range(len(rows))]
