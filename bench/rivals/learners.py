"""Fits scikit-learn's learners, beside which `npm run bench:learners` sets ours.

    python3 bench/rivals/learners.py MATRIX LABELS --columns 40 --trees 100

MATRIX holds 32-bit floats row by row, LABELS a byte for each row; the last fifth is the test. One thread. Prints a JSON list of
{ "learner", "rows", "cpuSeconds", "logLoss" }.
"""

import argparse
import json
import os
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"

import numpy as np  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.metrics import log_loss  # noqa: E402
from sklearn.svm import SVC, LinearSVC  # noqa: E402
from sklearn.tree import DecisionTreeClassifier  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("matrix")
parser.add_argument("labels")
parser.add_argument("--columns", type=int, required=True)
parser.add_argument("--trees", type=int, required=True)
options = parser.parse_args()

features = np.fromfile(options.matrix, dtype=np.float32).reshape(-1, options.columns)
labels = np.fromfile(options.labels, dtype=np.uint8)
learned = len(labels) * 4 // 5
boosting = dict(max_iter=options.trees, max_leaf_nodes=31, max_depth=12, l2_regularization=1, min_samples_leaf=1)
shared = dict(min_samples_leaf=10, max_depth=16)
learners = {
    "gradient-boosting": (1, HistGradientBoostingClassifier(early_stopping=False, **boosting)),
    "decision-tree": (1, DecisionTreeClassifier(min_samples_leaf=20, max_depth=8)),
    "logistic-regression": (1, LogisticRegression(C=1, solver="newton-cholesky")),
    "random-forest": (10, RandomForestClassifier(options.trees, max_features=0.25, n_jobs=1, **shared)),
    "linear-svm": (10, LinearSVC(C=0.01, dual=True, max_iter=100)),
    "rbf-svm": (100, SVC(C=1, gamma=1 / options.columns, cache_size=256)),
}
found = []
for name, (part, learner) in learners.items():
    rows = learned // part
    started = time.process_time()
    learner.fit(features[:rows], labels[:rows])
    seconds = time.process_time() - started
    asked = hasattr(learner, "predict_proba")
    loss = log_loss(labels[learned:], learner.predict_proba(features[learned:])[:, 1]) if asked else None
    found.append({"learner": name, "rows": rows, "cpuSeconds": seconds, "logLoss": loss})
print(json.dumps(found))
