//! Attention with a cache, step by step, against all steps at once.

use cornu::arguments::Arguments;
use cornu::layers::{GroupQueryAttention, Layer, MultiHeadAttention};
use cornu::{Array, Connect, DType, Input, Model, Symbol};
use cornu_graph::philox::Random;

const BATCH: usize = 2;
const STEPS: usize = 5;
const FEATURES: usize = 4;

fn random(shape: &[usize], seed: i64) -> Array {
    let mut random = Random::new(seed, 0);
    let values: Vec<f64> = (0..shape.iter().product()).map(|_| 2.0 * random.uniform() - 1.0).collect();
    Array::from_f64(shape, DType::F32, &values).unwrap()
}

/// The part of `[batch, steps, features]` from step `from` up to `to`.
fn part(x: &Array, from: usize, to: usize) -> Array {
    let (values, width) = (x.to_f64(), x.shape()[2]);
    let steps = x.shape()[1];
    let rows = (0..x.shape()[0]).flat_map(|row| (from..to).map(move |step| row * steps + step));
    let chosen: Vec<f64> = rows.flat_map(|row| values[row * width..(row + 1) * width].to_vec()).collect();
    Array::from_f64([x.shape()[0], to - from, width], DType::F32, &chosen).unwrap()
}

fn close(a: &Array, b: &Array) {
    assert_eq!(a.shape(), b.shape());
    let far = a.to_f64().into_iter().zip(b.to_f64()).any(|(a, b)| (a - b).abs() > 1e-5);
    assert!(!far, "{a:?} {b:?}");
}

/// A model that attends to itself, causally, all steps at once.
fn whole(layer: impl Layer + 'static) -> Model {
    let x = Input::new([STEPS, FEATURES]).symbol();
    let called = Arguments::each([x.clone(), x.clone()]).with_value("use_causal_mask", true);
    Model::new([&x], [&layer.on(called)]).unwrap()
}

/// The same for `n` steps, with a cache of all of them that has `heads` heads of length `dim`.
fn stepwise(layer: impl Layer + 'static, n: usize, heads: usize, dim: usize) -> Model {
    let x = Input::new([n, FEATURES]).symbol();
    let cache: Vec<Symbol> = (0..2).map(|_| Input::new([STEPS, heads, dim]).symbol()).collect();
    let index = Input::new([]).dtype(DType::I32).symbol();
    let called = Arguments::each([x.clone(), x.clone()])
        .with_value("use_causal_mask", true)
        .with_list("cache", cache.clone())
        .with("cache_index", index.clone());
    let y = layer.on(called);
    Model::new([&x, &cache[0], &cache[1], &index], [&y, &y.output(1), &y.output(2)]).unwrap()
}

fn generates<L: Layer + Clone + 'static>(layer: L, heads: usize, dim: usize) {
    let mut all = whole(layer.clone());
    let weights: Vec<Array> =
        all.weights().enumerate().map(|(i, (_, w))| random(w.shape(), 50 + i as i64)).collect();
    all.set_weights(&weights).unwrap();
    let x = random(&[BATCH, STEPS, FEATURES], 1);
    let expected = all.predict_on_batch(std::slice::from_ref(&x)).unwrap().remove(0);
    for chunks in [vec![1; STEPS], vec![2, 1, 2], vec![3, 2]] {
        let zeros = || Array::zeros([BATCH, STEPS, heads, dim], DType::F32);
        let (mut keys, mut values, mut at) = (zeros(), zeros(), 0);
        for n in chunks {
            let mut model = stepwise(layer.clone(), n, heads, dim);
            model.set_weights(&weights).unwrap();
            let index = Array::from_vec(vec![at as i32; BATCH]);
            let fed = [part(&x, at, at + n), keys, values, index];
            let mut outputs = model.predict_on_batch(&fed[..]).unwrap();
            close(&outputs[0], &part(&expected, at, at + n));
            values = outputs.remove(2);
            keys = outputs.remove(1);
            at += n;
        }
    }
}

#[test]
fn a_cache_gives_what_all_steps_at_once_give() {
    generates(MultiHeadAttention::new(2, 3), 2, 3);
    generates(MultiHeadAttention::new(2, 3).use_gate(true).sliding_window(3), 2, 3);
    generates(GroupQueryAttention::new(3, 4, 2), 2, 3);
}

#[test]
fn samples_may_be_at_places_of_their_own() {
    let layer = MultiHeadAttention::new(2, 3);
    let mut all = whole(layer.clone());
    let weights: Vec<Array> =
        all.weights().enumerate().map(|(i, (_, w))| random(w.shape(), 50 + i as i64)).collect();
    all.set_weights(&weights).unwrap();
    let x = random(&[BATCH, STEPS, FEATURES], 1);
    let expected = all.predict_on_batch(std::slice::from_ref(&x)).unwrap().remove(0);
    let mut first = stepwise(layer.clone(), 4, 2, 3);
    first.set_weights(&weights).unwrap();
    let zeros = || Array::zeros([BATCH, STEPS, 2, 3], DType::F32);
    let start = Array::from_vec(vec![0i32; BATCH]);
    let mut outputs = first.predict_on_batch(&[part(&x, 0, 4), zeros(), zeros(), start][..]).unwrap();
    let (values, keys) = (outputs.remove(2), outputs.remove(1));
    // The first sample gives step 1 once more, the second goes on with step 4.
    let mixed = [part(&x, 1, 2), part(&x, 4, 5)].map(|part| part.to_f64());
    let mixed = [&mixed[0][..FEATURES], &mixed[1][FEATURES..]].concat();
    let mixed = Array::from_f64([BATCH, 1, FEATURES], DType::F32, &mixed).unwrap();
    let mut one = stepwise(layer, 1, 2, 3);
    one.set_weights(&weights).unwrap();
    let y =
        one.predict_on_batch(&[mixed, keys, values, Array::from_vec(vec![1i32, 4])][..]).unwrap().remove(0);
    let expected = [part(&expected, 1, 2), part(&expected, 4, 5)].map(|part| part.to_f64());
    let expected = [&expected[0][..FEATURES], &expected[1][FEATURES..]].concat();
    close(&y, &Array::from_f64([BATCH, 1, FEATURES], DType::F32, &expected).unwrap());
}

#[test]
fn a_cache_that_does_not_fit_is_told() {
    let x = Input::new([2, FEATURES]).symbol();
    let cache = Input::new([1, 2, 3]).symbol();
    let index = Input::new([]).dtype(DType::I32).symbol();
    let called = Arguments::each([x.clone(), x.clone()])
        .with_list("cache", [cache.clone(), cache.clone()])
        .with("cache_index", index.clone());
    let y = MultiHeadAttention::new(2, 3).on(called);
    let error = Model::new([&x, &cache, &index], [&y]).unwrap_err().to_string();
    assert!(
        error.contains("expects a cache of keys [") && error.contains("with room for 2 steps"),
        "{error}"
    );
}
