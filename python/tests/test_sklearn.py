"""The estimators: scikit-learn's own checks, and what they are for."""

import pickle

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")

from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import cornu
from cornu.sklearn import CornuClassifier, CornuRegressor, CornuTransformer


@parametrize_with_checks([CornuClassifier(), CornuRegressor(), CornuTransformer()])
def test_what_scikit_learn_expects(estimator, check):
    check(estimator)


def test_defaults_learn():
    x, y = load_iris(return_X_y=True)
    assert CornuClassifier(random_state=0).fit(x, y).score(x, y) > 0.96
    x, y = load_diabetes(return_X_y=True)
    assert CornuRegressor(random_state=0, early_stopping=True).fit(x, y).score(x, y) > 0.4


def test_pipelines_searches_and_cross_validation():
    x, y = load_wine(return_X_y=True)
    pipeline = make_pipeline(MinMaxScaler(), CornuClassifier((16,), epochs=40, random_state=0))
    assert cross_val_score(pipeline, x, y, cv=3).mean() > 0.93
    search = GridSearchCV(CornuClassifier(random_state=0), {"epochs": [2, 30], "dropout": [0.0]}, cv=2)
    assert search.fit(x, y).best_params_["epochs"] == 30


def test_labels_may_be_text_and_columns_have_names():
    pd = pytest.importorskip("pandas")
    x, y = load_iris(return_X_y=True, as_frame=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    found = CornuClassifier(epochs=60, random_state=0).fit(x, names)
    assert list(found.feature_names_in_) == list(x.columns) and set(found.predict(x)) <= set(names)
    assert found.score(x, names) > 0.9
    with pytest.raises(ValueError, match="feature names"):
        found.predict(x.rename(columns={x.columns[0]: "other"}))
    assert isinstance(pd.Series(found.predict(x)), pd.Series)


def test_a_fitted_model_survives_pickle_and_goes_on():
    x, y = load_iris(return_X_y=True)
    found = CornuClassifier(epochs=5, random_state=0, warm_start=True).fit(x, y)
    back = pickle.loads(pickle.dumps(found))
    assert np.allclose(back.predict_proba(x), found.predict_proba(x))
    back.fit(x, y)
    assert back.n_epochs_ == 10 and back.loss_curve_[-1] < found.loss_curve_[-1]
    features = CornuTransformer((5,), epochs=3, random_state=0).fit(x, y)
    again = pickle.loads(pickle.dumps(features))
    assert np.allclose(again.transform(x), features.transform(x)) and again.transform(x).shape == (150, 5)


def test_partial_fit_needs_all_classes_at_first():
    x, y = load_iris(return_X_y=True)
    found = CornuClassifier(random_state=0)
    with pytest.raises(ValueError, match="first call"):
        found.partial_fit(x, y)
    for _ in range(15):
        found.partial_fit(x, y, classes=[0, 1, 2])
    assert found.score(x, y) > 0.85 and found.n_epochs_ == 15
    with pytest.raises(ValueError, match="among"):
        found.partial_fit(x, y + 1)


def test_several_targets_and_shapes():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(200, 3))
    y = np.stack([x[:, 0] * 100 + 5, -x[:, 1]], axis=1)
    found = CornuRegressor(random_state=0).fit(x, y)
    assert found.predict(x).shape == (200, 2) and found.score(x, y) > 0.95
    assert found.fit(x, y[:, :1]).predict(x).shape == (200, 1)
    assert found.fit(x, y[:, 0]).predict(x).shape == (200,)


def test_sparse_matrices_are_refused_in_words():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(TypeError, match="dense"):
        CornuClassifier().fit(sparse.csr_matrix(np.eye(4)), [0, 1, 0, 1])


def test_networks_of_ones_own():
    def build(n_features, n_outputs):
        return cornu.Sequential(
            [
                cornu.Input((n_features,)),
                cornu.layers.Dense(8, activation="tanh", name="inner"),
                cornu.layers.Dense(n_outputs, activation="softmax"),
            ]
        )

    x, y = load_iris(return_X_y=True)
    found = CornuClassifier(model=build, epochs=60, random_state=0, learning_rate=0.01).fit(x, y)
    assert found.score(x, y) > 0.9
    features = CornuTransformer(model=found.model_, layer="inner").fit(x)
    assert features.transform(x).shape == (150, 8)
    assert features.get_feature_names_out()[0] == "cornutransformer0"
    with pytest.raises(ValueError, match="layers"):
        CornuTransformer(model=found.model_, layer=7).fit(x)


def test_weights_of_classes():
    x, y = load_iris(return_X_y=True)
    found = CornuClassifier(epochs=20, random_state=0, class_weight={0: 1e4, 1: 1e-4, 2: 1e-4}).fit(x, y)
    assert (found.predict(x) == 0).mean() > 0.5
    assert CornuClassifier(epochs=2, class_weight="balanced").fit(x, y).classes_.tolist() == [0, 1, 2]


def test_early_stopping_ends_early():
    x, y = load_iris(return_X_y=True)
    found = CornuClassifier(early_stopping=True, patience=2, epochs=500, learning_rate=0.05, random_state=0)
    assert found.fit(x, y).n_epochs_ < 500 and found.score(x, y) > 0.9


def test_the_same_random_state_gives_the_same_network():
    x, y = load_iris(return_X_y=True)
    first, second = (CornuClassifier(epochs=5, dropout=0.2, random_state=3).fit(x, y) for _ in range(2))
    assert np.array_equal(first.predict_proba(x), second.predict_proba(x))
