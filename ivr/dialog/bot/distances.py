"""How far texts lie on each intent's side, from their rows of features."""

from collections.abc import Sequence

import numpy
from meant import MeantDistances, mixed
from scipy.sparse import csr_matrix
from sentence_encoder import SIZE
from sklearn.svm import LinearSVC
from text_features import meant_in


class Distances:
    """How far a row lies on an intent's side: one linear SVM per intent."""

    def __init__(self, rows: csr_matrix, intents: Sequence[str], strength: float) -> None:
        svm = LinearSVC(C=strength, tol=1e-2, random_state=1).fit(rows, list(intents))
        self.intents = [str(intent) for intent in svm.classes_]
        two = len(self.intents) == 2  # scikit-learn then keeps the second intent's SVM only
        weights = numpy.vstack([-svm.coef_, svm.coef_]) if two else svm.coef_
        offsets = numpy.hstack([-svm.intercept_, svm.intercept_]) if two else svm.intercept_
        # Contiguous by feature: else each single text would copy the whole matrix.
        self.weights = numpy.ascontiguousarray(weights.T, dtype=numpy.float32)
        self.offsets = offsets.astype(numpy.float32)

    def of(self, rows: csr_matrix) -> numpy.ndarray:
        """One row per text, one column per intent."""
        return rows.dot(self.weights) + self.offsets

    def of_one(self, columns: list[int], values: numpy.ndarray) -> numpy.ndarray:
        """The same for a single text, many times faster than by a sparse matrix of one row."""
        return values @ self.weights[columns] + self.offsets


class MixedDistances(Distances):
    """The same for rows that end with what their texts mean, which is judged once more alone."""

    def __init__(self, rows: csr_matrix, intents: Sequence[str], strength: float) -> None:
        super().__init__(rows, intents, strength)
        self.meant = MeantDistances.learned(meant_in(rows).toarray(), intents)

    def of(self, rows: csr_matrix) -> numpy.ndarray:
        """One row per text, one column per intent."""
        return mixed(super().of(rows), self.meant.of(meant_in(rows).toarray()))

    def of_one(self, columns: list[int], values: numpy.ndarray) -> numpy.ndarray:
        """The same for a single text."""
        # A slice is read in place; only the pieces' rows have to be gathered.
        of_pieces = super().of_one(columns[:-SIZE], values[:-SIZE])
        of_svms = of_pieces + values[-SIZE:] @ self.weights[-SIZE:]
        return mixed(of_svms, self.meant.of(meant_in(values[None, :]))[0])
