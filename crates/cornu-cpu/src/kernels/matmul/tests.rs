//! Products of every shape on every path, against the plain sum.

use super::*;

/// Numbers without a pattern that a wrong index could meet.
fn numbers<T: Number>(len: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            T::of((state >> 40) as f64 / (1u64 << 23) as f64 - 1.0)
        })
        .collect()
}

trait Number: Element + fmt::Debug {
    const EPSILON: f64;
    fn of(x: f64) -> Self;
    fn wide(self) -> f64;
}

impl Number for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;
    fn of(x: f64) -> f32 {
        x as f32
    }
    fn wide(self) -> f64 {
        self.into()
    }
}

impl Number for f64 {
    const EPSILON: f64 = f64::EPSILON;
    fn of(x: f64) -> f64 {
        x
    }
    fn wide(self) -> f64 {
        self
    }
}

/// The elements that a matrix reaches from its first one on.
fn extent([rows, columns]: [usize; 2], strides: [isize; 2]) -> usize {
    if rows == 0 || columns == 0 {
        return 0;
    }
    (rows - 1) * strides[0] as usize + (columns - 1) * strides[1] as usize + 1
}

/// Runs the parts in the order given; a, b and c end exactly where their memory ends.
fn run<T: Number>(product: &Product, isa: Isa, order: impl Iterator<Item = usize>) -> Vec<T> {
    let a: Box<[T]> = numbers(extent([product.m, product.k], product.a_strides), 1).into();
    let b: Box<[T]> = numbers(extent([product.k, product.n], product.b_strides), 2).into();
    let mut c: Vec<T> = numbers(extent([product.m, product.n], [product.c_row_stride, 1]), 3);
    let mut scratch = vec![T::of(f64::NAN); product.scratch_len()];
    for part in order {
        // SAFETY: the memory has the extent of the matrices, and one part runs at a time.
        unsafe {
            product.run_part(isa, part, a.as_ptr(), b.as_ptr(), c.as_mut_ptr(), &mut scratch);
        }
    }
    c
}

fn check<T: Number>(product: &Product) {
    let Product { m, n, k, a_strides, b_strides, c_row_stride, accumulate } = *product;
    let a: Vec<T> = numbers(extent([m, k], a_strides), 1);
    let b: Vec<T> = numbers(extent([k, n], b_strides), 2);
    let before: Vec<T> = numbers(extent([m, n], [c_row_stride, 1]), 3);
    let mut expected: Vec<f64> = before.iter().map(|x| x.wide()).collect();
    let mut magnitudes = vec![1.0; before.len()];
    for i in 0..m {
        for j in 0..n {
            let at = i * c_row_stride as usize + j;
            let mut sum = 0.0;
            for l in 0..k as isize {
                let x = a[(i as isize * a_strides[0] + l * a_strides[1]) as usize].wide();
                let y = b[(l * b_strides[0] + j as isize * b_strides[1]) as usize].wide();
                sum += x * y;
                magnitudes[at] += (x * y).abs();
            }
            expected[at] = if accumulate { expected[at] + sum } else { sum };
        }
    }
    for isa in Isa::available() {
        let c: Vec<T> = run(product, isa, 0..product.parts());
        for (at, (x, y)) in c.iter().zip(&expected).enumerate() {
            let (row, column) = (at / c_row_stride as usize, at % c_row_stride as usize);
            if column >= n {
                assert_eq!(*x, before[at], "{product:?} {isa:?} writes beside c, at row {row}");
            }
            // What k + 2 roundings of half a unit each can do at the very most.
            let bound = T::EPSILON / 2.0 * (k as f64 + 2.0) * magnitudes[at];
            assert!(
                (x.wide() - y).abs() <= bound,
                "{product:?} {} {isa:?}: [{row}, {column}] is {x:?}, expected {y}",
                product.path()
            );
        }
        let backwards: Vec<T> = run(product, isa, (0..product.parts()).rev());
        assert_eq!(c, backwards, "{product:?} {isa:?}: the order of parts matters");
    }
}

/// Row-major or transposed operands.
fn product(m: usize, n: usize, k: usize, a_turned: bool, b_turned: bool) -> Product {
    let strides = |rows: usize, columns: usize, turned| {
        if turned { [1, rows as isize] } else { [columns as isize, 1] }
    };
    Product {
        m,
        n,
        k,
        a_strides: strides(m, k, a_turned),
        b_strides: strides(k, n, b_turned),
        c_row_stride: n.max(1) as isize,
        accumulate: false,
    }
}

const SIZES: [usize; 15] = [1, 2, 3, 5, 7, 8, 10, 15, 16, 17, 31, 64, 65, 128, 200];

fn sweep<T: Number>() {
    for m in SIZES {
        for n in SIZES {
            for k in SIZES {
                // Half the grid of the large sizes says no more than all of it, and takes long.
                if m * n * k > 400_000 && (m + n + k) % 3 != 0 {
                    continue;
                }
                for turned in 0..4 {
                    let mut product = product(m, n, k, turned & 1 != 0, turned & 2 != 0);
                    if (m + n + k) % 2 == 0 {
                        product.c_row_stride += 3;
                        product.accumulate = true;
                    }
                    check::<T>(&product);
                }
            }
        }
    }
}

#[test]
fn every_path_agrees_with_the_plain_product_in_f32() {
    sweep::<f32>();
}

#[test]
fn every_path_agrees_with_the_plain_product_in_f64() {
    sweep::<f64>();
}

#[test]
fn long_and_large_products_agree_with_the_plain_product() {
    for (m, n, k) in [
        (33, 10, 2500),
        (3, 100, 2500),
        (300, 7, 1100),
        (300, 50, 1100),
        (900, 10, 784),
        (2000, 16, 64),
        (1, 2100, 300),
        (2100, 1, 300),
        (40, 700, 40),
        (600, 600, 9),
        (300, 200, 600),
    ] {
        for turned in 0..4 {
            check::<f32>(&product(m, n, k, turned & 1 != 0, turned & 2 != 0));
            check::<f64>(&product(m, n, k, turned & 1 != 0, turned & 2 != 0));
        }
    }
}

#[test]
fn odd_strides_and_repeated_rows_agree_with_the_plain_product() {
    for (m, n, k) in [(1, 1, 1), (5, 3, 40), (40, 10, 70), (70, 33, 20), (1, 50, 50), (50, 1, 50)] {
        for a_strides in [[2 * k as isize, 2], [3, 3 * m as isize], [0, 1], [1, 0], [0, 0]] {
            for b_strides in [[2 * n as isize, 2], [3, 3 * k as isize], [0, 1], [1, 0]] {
                let product = Product { a_strides, b_strides, ..product(m, n, k, false, false) };
                check::<f32>(&product);
                check::<f64>(&product);
            }
        }
    }
}

#[test]
fn nothing_to_sum_is_zero() {
    let product = product(3, 5, 0, false, false);
    assert_eq!(run::<f32>(&product, Isa::best(), 0..1), [0.0; 15]);
    let product = Product { accumulate: true, ..product };
    assert_eq!(run::<f32>(&product, Isa::best(), 0..1), numbers::<f32>(15, 3));
    assert_eq!(self::product(0, 5, 3, false, false).parts(), 1);
    assert_eq!(run::<f32>(&self::product(0, 5, 3, false, false), Isa::best(), 0..1), []);
}

#[test]
fn parts_cover_the_result_once() {
    for m in [1, 10, 64, 100, 128, 784, 1000, 10000] {
        for n in [1, 10, 64, 96, 100, 512, 784, 3000] {
            for k in [1, 10, 128, 1000] {
                for turned in 0..4 {
                    let product = product(m, n, k, turned & 1 != 0, turned & 2 != 0);
                    assert!(product.parts() <= MAX_PARTS, "{product:?}");
                    let mut covered = 0;
                    let mut seen: Vec<Part> = Vec::new();
                    for i in 0..product.parts() {
                        let part = product.part(i);
                        assert!(part.rows.end <= m && part.columns.end <= n, "{product:?} {part:?}");
                        assert!(!part.rows.is_empty() && !part.columns.is_empty(), "{product:?}");
                        for other in &seen {
                            let apart =
                                |x: &Range<usize>, y: &Range<usize>| x.end <= y.start || y.end <= x.start;
                            assert!(
                                apart(&part.rows, &other.rows) || apart(&part.columns, &other.columns),
                                "{product:?}: {part:?} and {other:?}"
                            );
                        }
                        covered += part.rows.len() * part.columns.len();
                        seen.push(part);
                    }
                    assert_eq!(covered, m * n, "{product:?}");
                }
            }
        }
    }
}

#[test]
fn the_layers_of_a_network_take_the_paths_meant_for_them() {
    let path = |m, n, k, a, b| product(m, n, k, a, b).path().to_string();
    assert_eq!(path(128, 10, 784, false, false), "packed dots");
    assert_eq!(path(784, 10, 128, true, false), "columns");
    assert_eq!(path(128, 784, 10, false, true), "packed panels");
    assert_eq!(path(128, 512, 784, false, false), "packed panels");
    assert_eq!(path(1, 512, 512, false, false), "rows");
    assert_eq!(path(1, 512, 512, false, true), "dots");
    assert_eq!(path(512, 1, 512, false, false), "dots");
}
