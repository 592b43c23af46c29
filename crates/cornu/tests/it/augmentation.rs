//! What augmentations of images leave to chance: how often, and how much.

use cornu::Array;
use cornu::arguments::{Arguments, Masked};
use cornu::graph::evaluate;
use cornu::graph::philox::Random;
use cornu::layers::*;
use cornu::scope::{Mode, Scope};
use cornu::variables::Variables;

/// What a layer gives for images while it trains, `[n, rows, columns, channels]`.
pub fn trained(layer: impl Into<AnyLayer>, x: &Array) -> Vec<f64> {
    let mut variables = Variables::new(5);
    let mut scope = Scope::new(Mode::Train, &mut variables);
    let b = scope.builder().clone();
    let input = b.input("x", x.shape());
    let y = scope.call("layer", &layer.into(), Arguments::of(Masked::from(input))).remove(0).tensor;
    let graph = b.build(&[("y", &y)], &[]).unwrap();
    evaluate(&graph, std::slice::from_ref(x), variables.values()).unwrap().outputs.remove(0).to_f64()
}

/// Images of values between 0 and 1.
fn images(shape: [usize; 4]) -> Array {
    let mut random = Random::new(3, 1);
    let values: Vec<f32> = (0..shape.iter().product()).map(|_| random.uniform() as f32).collect();
    Array::new(shape, values).unwrap()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
}

/// The share of images that are other afterwards.
fn changed(x: &Array, y: &[f64]) -> f64 {
    let (n, x) = (x.rows(), x.to_f64());
    let size = x.len() / n;
    let other = (0..n).filter(|i| x[i * size..(i + 1) * size] != y[i * size..(i + 1) * size]).count();
    other as f64 / n as f64
}

#[track_caller]
fn about(value: f64, expected: f64, off: f64) {
    assert!((value - expected).abs() < off, "{value}, not about {expected}");
}

#[test]
fn as_often_as_it_says() {
    let x = images([2000, 2, 3, 3]);
    about(changed(&x, &trained(RandomFlip::new(FlipMode::Horizontal), &x)), 0.5, 0.05);
    about(changed(&x, &trained(RandomGrayscale::new().factor(0.2), &x)), 0.2, 0.04);
    let unit = [0.0, 1.0];
    about(changed(&x, &trained(RandomInvert::new().factor([0.3, 0.3]).value_range(unit), &x)), 0.3, 0.05);
    about(changed(&x, &trained(RandomInvert::new().value_range(unit), &x)), 0.5, 0.05);
    let blur = RandomGaussianBlur::new().factor([0.6, 0.6]).sigma([0.5, 1.0]).value_range(unit);
    about(changed(&x, &trained(blur, &x)), 0.6, 0.05);
}

#[test]
fn as_much_as_it_says() {
    let x = Array::full([3000, 1, 1, 1], cornu::DType::F32, 0.5);
    // Uniform between -0.2 and 0.3.
    let y = trained(RandomBrightness::new([-0.2, 0.3]).value_range([0.0, 1.0]), &x);
    about(mean(&y), 0.55, 0.01);
    about(variance(&y), 0.25 / 12.0, 0.002);
    assert!(y.iter().all(|y| (0.3..=0.8).contains(y)));
}

/// Of two independent values mixed by a weight of the beta distribution of a and a, the variance is
/// theirs times `(a + 1) / (2 a + 1)`.
#[test]
fn weights_of_mixtures_follow_the_beta_distribution() {
    let x = images([6000, 1, 1, 1]);
    let own = variance(&x.to_f64());
    for alpha in [0.05, 0.2, 1.0, 5.0] {
        let y = trained(MixUp::new().alpha(alpha), &x);
        about(mean(&y), mean(&x.to_f64()), 0.02);
        about(variance(&y) / own, (alpha + 1.0) / (2.0 * alpha + 1.0), 0.04);
    }
}

#[test]
fn rectangles_are_as_large_as_they_should_be() {
    let x = Array::full([1500, 20, 20, 1], cornu::DType::F32, 1.0);
    let erase =
        RandomErasing::new().factor([1.0, 1.0]).scale([0.25, 0.25]).fill_value(0.0).value_range([0.0, 1.0]);
    about(mean(&trained(erase, &x)), 0.75, 0.01);
    // With a beta distribution of 1 and 1, half of each image comes from another one on average.
    let mut random = Random::new(4, 1);
    let values: Vec<f32> = (0..700).flat_map(|_| [random.uniform() as f32; 576]).collect();
    let x = Array::new([700, 24, 24, 1], values.clone()).unwrap();
    let y = trained(CutMix::new().factor([1.0, 1.0]), &x);
    let own = y.iter().zip(&values).filter(|(y, x)| **y == f64::from(**x)).count() as f64 / y.len() as f64;
    about(own, 0.5, 0.03);
}

#[test]
fn crops_come_from_everywhere() {
    let x = Array::new([1, 5, 6, 1], (0..30).map(|i| i as f32).collect()).unwrap();
    let mut firsts: Vec<f64> =
        (0..200).map(|seed| trained(RandomCrop::new(3, 4).seed(seed), &x)[0]).collect();
    firsts.sort_by(f64::total_cmp);
    firsts.dedup();
    assert_eq!(firsts, [0.0, 1.0, 2.0, 6.0, 7.0, 8.0, 12.0, 13.0, 14.0]);
}

#[test]
fn each_image_has_its_own() {
    let one = images([1, 4, 5, 3]).to_f32();
    let x = Array::new([8, 4, 5, 3], one.repeat(8)).unwrap();
    let layers: Vec<AnyLayer> = vec![
        RandomRotation::new(0.4).into(),
        RandomZoom::new(0.4).into(),
        RandomTranslation::new(0.4, 0.4).into(),
        RandomShear::new().x_factor(0.4).into(),
        RandomContrast::new(0.4).into(),
        RandomHue::new(0.4).value_range([0.0, 1.0]).into(),
        RandomSaturation::new([0.2, 0.8]).into(),
        RandomPerspective::new().factor([1.0, 1.0]).scale(0.4).into(),
        RandomElasticTransform::new().factor([1.0, 1.0]).value_range([0.0, 1.0]).into(),
    ];
    for layer in layers {
        let y = trained(layer.clone(), &x);
        let differ = y.chunks(60).skip(1).filter(|image| *image != &y[..60]).count();
        assert_eq!(differ, 7, "{layer:?}");
    }
}
