//! Random parts of data: to train on and to test on.

use crate::error::{Error, Result};
use cornu_graph::Array;
use cornu_graph::philox::Random;
use std::collections::BTreeMap;

/// The stream of random numbers that splitting draws from.
const STREAM: u64 = 0x0073_706c_6974;

/// Row numbers of the two parts of one round of cross-validation.
#[derive(Clone, Debug, PartialEq)]
pub struct Fold {
    /// The rows to train on.
    pub train: Vec<usize>,
    /// The rows to test on.
    pub test: Vec<usize>,
}

/// Each of `arrays` as two: its training rows and its test rows, the same rows of each array, shuffled.
///
/// A share `test_size` of the rows, rounded up, is for testing. With `stratify`, an array of labels,
/// each class is as frequent in both parts. The same seed gives the same parts.
///
/// # Errors
/// If the arrays differ in length, if a part would be empty, or if a class has only one row.
///
/// ```
/// use cornu::{Array, data::train_test_split};
/// let (x, y) = (Array::from_vec((0..10).collect()), Array::from_vec((10..20).collect()));
/// let parts = train_test_split(&[&x, &y], 0.25, 42, None).unwrap();
/// let [(x_train, x_test), (_, y_test)] = &parts[..] else { unreachable!() };
/// assert_eq!((x_train.rows(), x_test.rows()), (7, 3));
/// let (x, y) = (x_test.as_slice::<i32>().unwrap()[0], y_test.as_slice::<i32>().unwrap()[0]);
/// assert_eq!(x + 10, y);
/// ```
#[track_caller]
pub fn train_test_split(
    arrays: &[&Array],
    test_size: f64,
    seed: i64,
    stratify: Option<&Array>,
) -> Result<Vec<(Array, Array)>> {
    let rows = arrays.first().map_or(0, |array| array.rows());
    if let Some(other) = arrays.iter().find(|array| array.rows() != rows || array.shape().rank() == 0) {
        let message =
            format!("the arrays differ in length: {rows} rows, and an array of shape {}", other.shape());
        return Err(Error::argument(message));
    }
    let (train, test) = split_indices(rows, test_size, seed, stratify)?;
    Ok(arrays.iter().map(|array| (array.take_rows(&train), array.take_rows(&test))).collect())
}

/// The numbers of the training rows and of the test rows out of `rows`; see [`train_test_split`].
#[track_caller]
pub fn split_indices(
    rows: usize,
    test_size: f64,
    seed: i64,
    stratify: Option<&Array>,
) -> Result<(Vec<usize>, Vec<usize>)> {
    if !(test_size > 0.0 && test_size < 1.0) {
        return Err(Error::argument(format!("test_size is a share between 0 and 1, got {test_size}")));
    }
    let n_test = (rows as f64 * test_size).ceil() as usize;
    if rows < 2 || n_test >= rows {
        let message = format!("{rows} rows cannot be split so that {test_size} of them are for testing");
        return Err(Error::argument(message).help("both parts need a row at least"));
    }
    let mut random = Random::new(seed, STREAM);
    let classes = classes(rows, stratify, &mut random)?;
    let mut train = Vec::with_capacity(rows - n_test);
    let mut test = Vec::with_capacity(n_test);
    for (class, n_test) in classes.iter().zip(apportion(&classes, rows, n_test)) {
        test.extend_from_slice(&class[..n_test]);
        train.extend_from_slice(&class[n_test..]);
    }
    // One class after the other would be a bad order to learn in.
    random.shuffle(&mut train);
    random.shuffle(&mut test);
    Ok((train, test))
}

/// `k` rounds of cross-validation: each row is tested on in one round and trained on in the others.
///
/// With `stratify`, an array of labels, each class is spread evenly over the rounds.
///
/// # Errors
/// If `k` is less than 2 or more than `rows`, or if a class has only one row.
///
/// ```
/// let folds = cornu::data::k_fold(10, 5, 0, None).unwrap();
/// assert_eq!((folds.len(), folds[0].train.len(), folds[0].test.len()), (5, 8, 2));
/// ```
#[track_caller]
pub fn k_fold(rows: usize, k: usize, seed: i64, stratify: Option<&Array>) -> Result<Vec<Fold>> {
    if k < 2 || k > rows {
        return Err(Error::argument(format!("{rows} rows cannot be split into {k} folds"))
            .help("there are 2 folds at least, and a row for each"));
    }
    let mut random = Random::new(seed, STREAM);
    let classes = classes(rows, stratify, &mut random)?;
    // Dealing goes on from class to class where it stopped, so that the folds stay of one size.
    let mut fold_of = vec![0; rows];
    for (turn, &row) in classes.iter().flatten().enumerate() {
        fold_of[row] = turn % k;
    }
    let mut order: Vec<usize> = (0..rows).collect();
    random.shuffle(&mut order);
    let fold = |fold: usize| {
        let (test, train) = order.iter().partition(|&&row| fold_of[row] == fold);
        Fold { train, test }
    };
    Ok((0..k).map(fold).collect())
}

/// The shuffled rows of each class in the order of the classes; all rows in one without `stratify`.
#[track_caller]
fn classes(rows: usize, stratify: Option<&Array>, random: &mut Random) -> Result<Vec<Vec<usize>>> {
    let mut classes = match stratify {
        None => vec![(0..rows).collect::<Vec<usize>>()],
        Some(labels) => {
            if labels.shape().rank() == 0 || labels.rows() != rows {
                return Err(Error::argument(format!("{rows} rows, but labels of shape {}", labels.shape())));
            }
            let width = labels.size() / rows.max(1);
            let values = labels.to_f64();
            // Equal rows are one class, be they numbers or one-hot.
            let mut classes: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
            for row in 0..rows {
                let key =
                    values[row * width..(row + 1) * width].iter().map(|value| value.to_bits()).collect();
                classes.entry(key).or_default().push(row);
            }
            if let Some((key, _)) = classes.iter().find(|(_, rows)| rows.len() < 2) {
                let class: Vec<f64> = key.iter().map(|&bits| f64::from_bits(bits)).collect();
                let error = Error::argument(format!("class {class:?} has only one row, too few to stratify"));
                return Err(error.help("merge or remove the class, or do not stratify"));
            }
            classes.into_values().collect()
        }
    };
    classes.iter_mut().for_each(|class| random.shuffle(class));
    Ok(classes)
}

/// How many of `n_test` rows each class gives: its share rounded down, and one more where the rest is
/// largest until the sum is right.
fn apportion(classes: &[Vec<usize>], rows: usize, n_test: usize) -> Vec<usize> {
    let share = |class: &Vec<usize>| class.len() as u128 * n_test as u128;
    let mut counts: Vec<usize> = classes.iter().map(|class| (share(class) / rows as u128) as usize).collect();
    let mut by_rest: Vec<usize> = (0..classes.len()).collect();
    by_rest.sort_by_key(|&i| std::cmp::Reverse(share(&classes[i]) % rows as u128));
    let missing = n_test - counts.iter().sum::<usize>();
    by_rest.into_iter().take(missing).for_each(|i| counts[i] += 1);
    counts
}
