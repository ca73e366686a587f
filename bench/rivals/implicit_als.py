"""Implicit ALS of the Python package `implicit` (pip install implicit), for bench/models.ts to stand beside.

    python3 bench/rivals/implicit_als.py SEQUENCES.dat.gz --factors 64 --iterations 15 --regularization 20 --alpha 1

Reads sequences ("user item:rating item:rating ...", oldest first), trains on all but the last two items of every user, and
ranks all items not in the input for the last one, with the one before it in the input. Prints one JSON document.
"""

import argparse
import gzip
import json
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as implicit asks for

import implicit  # noqa: E402
import numpy  # noqa: E402
import scipy.sparse  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("sequences")
parser.add_argument("--factors", type=int, default=64)
parser.add_argument("--iterations", type=int, default=15)
parser.add_argument("--regularization", type=float, default=20.0)
parser.add_argument("--alpha", type=float, default=1.0)
parser.add_argument("--threads", type=int, default=0)
parser.add_argument("--hold", choices=["test", "validation"], default="test")
options = parser.parse_args()

keys = {}
sequences = []
with gzip.open(options.sequences, "rt") as lines:
    for line in lines:
        items = [word.split(":")[0] for word in line.split()[1:]]
        sequences.append([keys.setdefault(item, len(keys)) for item in items])
sequences = [sequence for sequence in sequences if len(sequence) >= 3]


def table(histories):
    rows = numpy.repeat(numpy.arange(len(histories)), [len(history) for history in histories])
    columns = numpy.concatenate([numpy.asarray(history) for history in histories])
    values = numpy.ones(len(columns), dtype=numpy.float32)
    return scipy.sparse.csr_matrix((values, (rows, columns)), shape=(len(histories), len(keys)))


seconds = []
model = implicit.als.AlternatingLeastSquares(
    factors=options.factors,
    iterations=options.iterations,
    regularization=options.regularization,
    alpha=options.alpha,
    num_threads=options.threads,
    random_state=1,
)
model.fit_callback = lambda iteration, elapsed, loss=None: seconds.append(elapsed)
model.fit(table([sequence[:-2] for sequence in sequences]), show_progress=False)

end = -1 if options.hold == "test" else -2
asked = table([sequence[:end] for sequence in sequences])
ranked, _ = model.recommend(
    numpy.arange(len(sequences)), asked, N=10, filter_already_liked_items=True, recalculate_user=True
)
targets = numpy.asarray([sequence[end] for sequence in sequences])
hits = ranked == targets[:, None]
print(
    json.dumps(
        {
            "implicit": implicit.__version__,
            "secondsPerIteration": float(numpy.median(seconds)),
            "HR@10": float(hits.any(axis=1).mean()),
            "NDCG@10": float((hits / numpy.log2(numpy.arange(2, 12))).sum(axis=1).mean()),
        }
    )
)
