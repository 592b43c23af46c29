"""What `import cornu` has, for editors and type checkers; `python/cornu/__init__.py` says where it is."""

from typing import Any

from . import (
    activations as activations,
)
from . import (
    backend as backend,
)
from . import (
    callbacks as callbacks,
)
from . import (
    config as config,
)
from . import (
    constraints as constraints,
)
from . import (
    data as data,
)
from . import (
    datasets as datasets,
)
from . import (
    dtype_policies as dtype_policies,
)
from . import (
    initializers as initializers,
)
from . import (
    layers as layers,
)
from . import (
    losses as losses,
)
from . import (
    metrics as metrics,
)
from . import (
    mixed_precision as mixed_precision,
)
from . import (
    models as models,
)
from . import (
    ops as ops,
)
from . import (
    optimizers as optimizers,
)
from . import (
    preprocessing as preprocessing,
)
from . import (
    random as random,
)
from . import (
    regularizers as regularizers,
)
from . import (
    saving as saving,
)
from . import (
    sklearn as sklearn,
)
from . import (
    utils as utils,
)
from ._layer import Layer as Layer
from ._model import Model as Model
from ._sequential import Sequential as Sequential
from ._session import set_seed as set_seed
from ._session import set_threads as set_threads
from ._symbolic import Input as Input
from ._symbolic import InputSpec as InputSpec
from ._symbolic import KerasTensor as KerasTensor
from ._symbolic import Operation as Operation
from ._tape import GradientTape as GradientTape
from ._tensor import EagerTensor as EagerTensor
from ._tensor import Tensor as Tensor
from ._variable import Variable as Variable
from .backend import StatelessScope as StatelessScope
from .backend import device as device
from .backend import name_scope as name_scope
from .backend import version as version
from .dtype_policies import DTypePolicy as DTypePolicy
from .initializers import Initializer as Initializer
from .losses import Loss as Loss
from .metrics import Metric as Metric
from .optimizers import Optimizer as Optimizer
from .regularizers import Regularizer as Regularizer

__version__: str

# The package itself: `tf.keras.layers`.
keras: Any

def __getattr__(name: str) -> Any: ...
