"""Metrics, under Keras's names."""

from typing import Any

from typing_extensions import Self

class Metric:
    def __init__(self, dtype: Any = None, name: str | None = None) -> None: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class AUC(Metric):
    """The area under a curve of right against wrong answers."""

    def __init__(
        self,
        num_thresholds: float = 200,
        curve: Any = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: float | list[float] | None = None,
        multi_label: bool = False,
        num_labels: Any = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None: ...

class Accuracy(Metric):
    """How many predictions equal their labels."""

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None: ...

class BinaryAccuracy(Metric):
    """How many yes-or-no answers are right."""

    def __init__(
        self,
        name: str | None = "binary_accuracy",
        dtype: Any = None,
        threshold: float = 0.5,
    ) -> None: ...

class BinaryCrossentropy(Metric):
    """The crossentropy of yes-or-no labels."""

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None: ...

class BinaryIoU(Metric):
    """How far predicted regions cover the labelled ones, for yes-or-no labels."""

    def __init__(
        self,
        target_class_ids: Any = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class CategoricalAccuracy(Metric):
    """How many one-hot labels have the greatest probability."""

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None: ...

class CategoricalCrossentropy(Metric):
    """The crossentropy of one-hot labels."""

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class CategoricalHinge(Metric):
    """The hinge loss of several classes."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None: ...

class ConcordanceCorrelation(Metric):
    """How far predictions equal labels, by their moments."""

    def __init__(
        self,
        name: str | None = "concordance_correlation",
        dtype: Any = None,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class CosineSimilarity(Metric):
    """The cosine of the angle between labels and predictions."""

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: Any = None,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class F1Score(Metric):
    """The harmonic mean of precision and recall."""

    def __init__(
        self,
        average: Any = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None: ...

class FBetaScore(Metric):
    """The weighted harmonic mean of precision and recall."""

    def __init__(
        self,
        average: Any = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None: ...

class FalseNegatives(Metric):
    """How many noes are wrong."""

    def __init__(
        self,
        thresholds: float | list[float] | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class FalsePositives(Metric):
    """How many yeses are wrong."""

    def __init__(
        self,
        thresholds: float | list[float] | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class Hinge(Metric):
    """Distance from the right side of a margin."""

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None: ...

class IoU(Metric):
    """How far predicted regions cover the labelled ones."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: Any = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class KLDivergence(Metric):
    """How far one distribution is from another."""

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None: ...

class LogCoshError(Metric):
    """The mean of log-cosh of differences."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None: ...

class Mean(Metric):
    """The mean of values."""

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None: ...

class MeanAbsoluteError(Metric):
    """The mean of absolute differences."""

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None: ...

class MeanAbsolutePercentageError(Metric):
    """The mean of differences relative to the labels."""

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None: ...

class MeanIoU(Metric):
    """The mean over all classes of how far predicted regions cover the labelled ones."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: Any = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class MeanMetricWrapper(Metric):
    """The mean over samples of any loss."""

    def __init__(self, fn: Any, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None: ...

class MeanSquaredError(Metric):
    """The mean of squared differences."""

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None: ...

class MeanSquaredLogarithmicError(Metric):
    """The mean of squared differences of logarithms."""

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None: ...

class OneHotIoU(Metric):
    """How far predicted regions cover those of one-hot labels."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Any,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: Any = None,
        sparse_y_pred: bool = False,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class OneHotMeanIoU(Metric):
    """The mean over all classes of how far predicted regions cover those of one-hot labels."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: Any = None,
        sparse_y_pred: bool = False,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class PearsonCorrelation(Metric):
    """How far predictions and labels lie on one line."""

    def __init__(
        self,
        name: str | None = "pearson_correlation",
        dtype: Any = None,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class Poisson(Metric):
    """The negative log-likelihood of counts."""

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None: ...

class Precision(Metric):
    """What part of the yeses is right."""

    def __init__(
        self,
        thresholds: float | list[float] | None = None,
        top_k: Any = None,
        class_id: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class PrecisionAtRecall(Metric):
    """The greatest precision where recall is high enough."""

    def __init__(
        self,
        recall: float,
        num_thresholds: float = 200,
        class_id: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class R2Score(Metric):
    """How much of the labels' variance predictions explain."""

    def __init__(
        self,
        class_aggregation: Any = "uniform_average",
        num_regressors: float = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None: ...

class Recall(Metric):
    """What part of the labelled yeses is found."""

    def __init__(
        self,
        thresholds: float | list[float] | None = None,
        top_k: Any = None,
        class_id: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class RecallAtPrecision(Metric):
    """The greatest recall where precision is high enough."""

    def __init__(
        self,
        precision: float,
        num_thresholds: float = 200,
        class_id: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class RootMeanSquaredError(Metric):
    """The root of the mean of squared differences."""

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None: ...

class SensitivityAtSpecificity(Metric):
    """The greatest sensitivity where specificity is high enough."""

    def __init__(
        self,
        specificity: float,
        num_thresholds: float = 200,
        class_id: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SparseCategoricalAccuracy(Metric):
    """How many labelled classes have the greatest probability."""

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None: ...

class SparseCategoricalCrossentropy(Metric):
    """The crossentropy of labels that are the numbers of classes."""

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: Any = None,
        axis: int | tuple[int, ...] | None = -1,
    ) -> None: ...

class SparseTopKCategoricalAccuracy(Metric):
    """How many labelled classes are among the greatest probabilities."""

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None: ...

class SpecificityAtSensitivity(Metric):
    """The greatest specificity where sensitivity is high enough."""

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: float = 200,
        class_id: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class SquaredHinge(Metric):
    """Squared distance from the right side of a margin."""

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None: ...

class Sum(Metric):
    """The sum of values."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None: ...

class TopKCategoricalAccuracy(Metric):
    """How many one-hot labels are among the greatest probabilities."""

    def __init__(
        self,
        k: int = 5,
        name: str | None = "top_k_categorical_accuracy",
        dtype: Any = None,
    ) -> None: ...

class TrueNegatives(Metric):
    """How many noes are right."""

    def __init__(
        self,
        thresholds: float | list[float] | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

class TruePositives(Metric):
    """How many yeses are right."""

    def __init__(
        self,
        thresholds: float | list[float] | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None: ...

def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """How many yes-or-no answers are right."""

def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of yes-or-no labels."""

def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of yes-or-no labels, in which easy samples count less."""

def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """How many one-hot labels have the greatest probability."""

def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of one-hot labels."""

def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of one-hot labels, in which easy samples count less."""

def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """The hinge loss of several classes."""

def concordance_correlation(y_true: Any, y_pred: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """How far predictions equal labels, by their moments."""

def hinge(y_true: Any, y_pred: Any) -> Any:
    """Distance from the right side of a margin."""

def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Squares near zero, straight lines further out."""

def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """How far one distribution is from another."""

def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """The mean of log-cosh of differences."""

def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of absolute differences."""

def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of differences relative to the labels."""

def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of squared differences."""

def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of squared differences of logarithms."""

def pearson_correlation(y_true: Any, y_pred: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """How far predictions and labels lie on one line."""

def poisson(y_true: Any, y_pred: Any) -> Any:
    """The negative log-likelihood of counts."""

def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """How many labelled classes have the greatest probability."""

def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: Any = None,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of labels that are the numbers of classes."""

def sparse_top_k_categorical_accuracy(
    y_true: Any,
    y_pred: Any,
    k: int = 5,
    from_sorted_ids: bool = False,
) -> Any:
    """How many labelled classes are among the greatest probabilities."""

def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Squared distance from the right side of a margin."""

def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """How many one-hot labels are among the greatest probabilities."""

def __getattr__(name: str) -> Any: ...
