"""Losses, under Keras's names."""

from typing import Any

from typing_extensions import Self

class Loss:
    def __init__(
        self,
        name: str | None = None,
        reduction: Any = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None: ...
    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any: ...
    def get_config(self) -> dict[str, Any]: ...
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self: ...
    def __getattr__(self, name: str) -> Any: ...

class BinaryCrossentropy(Loss):
    """The crossentropy of yes-or-no labels."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int | tuple[int, ...] | None = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None: ...

class BinaryFocalCrossentropy(Loss):
    """The crossentropy of yes-or-no labels, in which easy samples count less."""

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int | tuple[int, ...] | None = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None: ...

class CTC(Loss):
    """The negative log-likelihood of labels that are not aligned to steps."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: Any = None,
    ) -> None: ...

class CategoricalCrossentropy(Loss):
    """The crossentropy of one-hot labels."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int | tuple[int, ...] | None = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None: ...

class CategoricalFocalCrossentropy(Loss):
    """The crossentropy of one-hot labels, in which easy samples count less."""

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int | tuple[int, ...] | None = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None: ...

class CategoricalGeneralizedCrossEntropy(Loss):
    """A crossentropy that wrong labels disturb less."""

    def __init__(
        self,
        q: float = 0.5,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None: ...

class CategoricalHinge(Loss):
    """The hinge loss of several classes."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "categorical_hinge",
        dtype: Any = None,
    ) -> None: ...

class Circle(Loss):
    """Pulls embeddings of one class together, and those of several apart."""

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None: ...

class CosineSimilarity(Loss):
    """The angle between labels and predictions."""

    def __init__(
        self,
        axis: int | tuple[int, ...] | None = -1,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None: ...

class Dice(Loss):
    """How little predicted regions overlap the labelled ones."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "dice",
        axis: int | tuple[int, ...] | None = None,
        dtype: Any = None,
    ) -> None: ...

class Hinge(Loss):
    """Distance from the right side of a margin."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "hinge",
        dtype: Any = None,
    ) -> None: ...

class Huber(Loss):
    """Squares near zero, straight lines further out."""

    def __init__(
        self,
        delta: float = 1.0,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None: ...

class KLDivergence(Loss):
    """How far one distribution is from another."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "kl_divergence",
        dtype: Any = None,
    ) -> None: ...

class LogCosh(Loss):
    """The logarithm of the hyperbolic cosine of the difference."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "log_cosh",
        dtype: Any = None,
    ) -> None: ...

class MeanAbsoluteError(Loss):
    """The mean of absolute differences."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_absolute_error",
        dtype: Any = None,
    ) -> None: ...

class MeanAbsolutePercentageError(Loss):
    """The mean of differences relative to the labels."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None: ...

class MeanSquaredError(Loss):
    """The mean of squared differences."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_squared_error",
        dtype: Any = None,
    ) -> None: ...

class MeanSquaredLogarithmicError(Loss):
    """The mean of squared differences of logarithms."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None: ...

class Poisson(Loss):
    """The negative log-likelihood of counts."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "poisson",
        dtype: Any = None,
    ) -> None: ...

class SparseCategoricalCrossentropy(Loss):
    """The crossentropy of labels that are the numbers of classes."""

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: Any = None,
        reduction: Any = "sum_over_batch_size",
        axis: int | tuple[int, ...] | None = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None: ...

class SquaredHinge(Loss):
    """Squared distance from the right side of a margin."""

    def __init__(
        self,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "squared_hinge",
        dtype: Any = None,
    ) -> None: ...

class Tversky(Loss):
    """How little regions overlap, with misses and false alarms weighed."""

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: Any = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: int | tuple[int, ...] | None = None,
        dtype: Any = None,
    ) -> None: ...

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

def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: Any) -> Any:
    """A crossentropy that wrong labels disturb less."""

def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """The hinge loss of several classes."""

def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """Pulls embeddings of one class together, and those of several apart."""

def cosine_similarity(y_true: Any, y_pred: Any, axis: int | tuple[int, ...] | None = -1) -> Any:
    """The angle between labels and predictions."""

def ctc(y_true: Any, y_pred: Any) -> Any:
    """The negative log-likelihood of labels that are not aligned to steps."""

def dice(y_true: Any, y_pred: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """How little predicted regions overlap the labelled ones."""

def hinge(y_true: Any, y_pred: Any) -> Any:
    """Distance from the right side of a margin."""

def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Squares near zero, straight lines further out."""

def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """How far one distribution is from another."""

def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """The logarithm of the hyperbolic cosine of the difference."""

def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of absolute differences."""

def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of differences relative to the labels."""

def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of squared differences."""

def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of squared differences of logarithms."""

def poisson(y_true: Any, y_pred: Any) -> Any:
    """The negative log-likelihood of counts."""

def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: Any = None,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """The crossentropy of labels that are the numbers of classes."""

def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Squared distance from the right side of a margin."""

def tversky(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: int | tuple[int, ...] | None = None,
) -> Any:
    """How little regions overlap, with misses and false alarms weighed."""

def __getattr__(name: str) -> Any: ...
