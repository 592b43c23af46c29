//! Data: round trips, known answers, and what each bad input is told.

use cornu::data::{self, ConfusionMatrix, Standardizer, Table};
use cornu::files::archive::{Compression, write_archive};
use cornu::{Array, DType, Shape};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder of its own for one test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cornu-data-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: cornu::Result<T>, expected: &str) {
    let message = result.expect_err("this is bad input").to_string();
    assert!(message.contains(expected), "expected {expected:?} in:\n{message}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn decode_npy(bytes: &[u8]) -> cornu::Result<Array> {
    data::decode_npy(bytes, Path::new("x.npy"))
}

#[test]
fn npy_keeps_every_dtype() {
    for dtype in DType::ALL.into_iter().filter(|&dtype| dtype != DType::BF16) {
        for shape in [vec![], vec![0], vec![5], vec![2, 3], vec![2, 0, 3], vec![2, 3, 4]] {
            let shape = Shape::from(shape);
            let values: Vec<f64> = (0..shape.size()).map(|i| (i * 3 % 7) as f64).collect();
            let array = Array::from_f64(shape, dtype, &values).unwrap();
            let bytes = data::encode_npy(&array).unwrap();
            assert_eq!((bytes.len() - array.byte_size()) % 64, 0, "the data begin at a multiple of 64");
            assert_eq!(decode_npy(&bytes).unwrap(), array);
        }
    }
    refused(data::encode_npy(&Array::zeros([2], DType::BF16)), "NumPy has no bfloat16");
}

#[test]
fn npy_reads_orders_and_versions() {
    // Column-major [2, 3] of 0, 1, 2 / 3, 4, 5 in big-endian int16.
    let data: Vec<u8> = [0i16, 3, 1, 4, 2, 5].into_iter().flat_map(i16::to_be_bytes).collect();
    let header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }  \n";
    let expected = Array::new([2, 3], vec![0i32, 1, 2, 3, 4, 5]).unwrap();
    assert_eq!(decode_npy(&npy(header, &data)).unwrap(), expected);
    for version in [2, 3] {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([version, 0]);
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(&data);
        assert_eq!(decode_npy(&bytes).unwrap(), expected);
    }
    // A key order and spacing of other writers, and Python 2's long integers.
    let header = r#"{"shape":(2L,),"fortran_order":False,"descr":"<u2"}"#;
    assert_eq!(decode_npy(&npy(header, &[1, 0, 255, 255])).unwrap(), Array::from_vec(vec![1i32, 65535]));
    let header = "{'descr': '<f2', 'fortran_order': True, 'shape': (2, 2, 2)}";
    let data: Vec<u8> = (0..8).flat_map(|i| half::f16::from_f32(i as f32).to_le_bytes()).collect();
    let values = decode_npy(&npy(header, &data)).unwrap().to_f64();
    assert_eq!(values, [0., 4., 2., 6., 1., 5., 3., 7.]);
}

#[test]
fn npy_refuses() {
    let header = |descr: &str, shape: &str| {
        format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}")
    };
    let good = npy(&header("'<f4'", "(3,)"), &[0; 12]);
    decode_npy(&good).unwrap();
    refused(decode_npy(b""), "this is not an .npy file");
    refused(decode_npy(b"PK\x03\x04"), "this is not an .npy file");
    refused(decode_npy(&good[..7]), "ends within its header");
    refused(decode_npy(&good[..20]), "ends within its header");
    refused(decode_npy(&good[..good.len() - 1]), "claims 12 bytes for shape [3], the file has 11");
    refused(decode_npy(&[&good[..], b"x"].concat()), "claims 12 bytes for shape [3], the file has 13");
    refused(decode_npy(b"\x93NUMPY\x09\x00\x00\x00"), "version 9");
    refused(decode_npy(&npy(&header("'<f4'", "(-3,)"), &[0; 12])), "has an extent of -3");
    refused(decode_npy(&npy(&header("'<f4'", "(99999999999,)"), &[0; 12])), "the file has 12");
    refused(decode_npy(&npy(&header("'<f4'", "(4294967296, 4294967296, 0)"), &[])), "larger than any memory");
    refused(decode_npy(&npy(&header("'<f4'", "(0, 18446744073709551615)"), &[])), "larger than any memory");
    refused(decode_npy(&npy(&header("'<f4'", "3"), &[0; 12])), "a shape that is no tuple");
    refused(decode_npy(&npy(&header("'|O'", "(1,)"), &[0; 12])), "Python objects");
    refused(decode_npy(&npy(&header("[('a', '<f4')]", "(1,)"), &[0; 4])), "records of several fields");
    refused(decode_npy(&npy(&header("'<c8'", "(1,)"), &[0; 8])), "type \"<c8\" are not supported");
    refused(decode_npy(&npy(&header("'<U3'", "(1,)"), &[0; 12])), "not supported");
    refused(decode_npy(&npy(&header("'<u8'", "(1,)"), &[255; 8])), "a uint64 of 2^63 or more");
    refused(decode_npy(&npy("{'descr': '<f4'}", &[])), "has no fortran_order");
    refused(decode_npy(&npy("import os", &[])), "is not a dictionary");
    refused(decode_npy(&npy("{", &[])), "is not a dictionary");
    refused(data::read_npy("no_such.npy"), "there is no such file");
    refused(data::read_npy(std::env::temp_dir()), "this is a folder");
}

#[test]
fn npy_survives_mutations() {
    let array = Array::zeros([3, 5], DType::F32);
    let good = data::encode_npy(&array).unwrap();
    let mut random = cornu_graph::philox::Random::new(1, 0);
    for _ in 0..5000 {
        let mut bytes = good.clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(128);
            bytes[at] = random.word() as u8;
        }
        bytes.truncate(bytes.len() - random.below(2) * random.below(150));
        let _ = decode_npy(&bytes);
    }
}

#[test]
fn npz_round_trip_and_refusals() {
    let folder = Folder::new("npz");
    let (x, y) = (Array::zeros([4, 2], DType::F32), Array::from_vec(vec![0i64, 1, 2, 3]));
    let path = folder.file("a.npz");
    for compression in [Compression::Stored, Compression::Deflated] {
        data::write_npz(&path, [("x", &x), ("y", &y)], compression).unwrap();
        let first = fs::read(&path).unwrap();
        let arrays = data::read_npz(&path).unwrap();
        assert_eq!((arrays.len(), &arrays["x"], &arrays["y"]), (2, &x, &y));
        data::write_npz(&path, [("x", &x), ("y", &y)], compression).unwrap();
        assert_eq!(fs::read(&path).unwrap(), first, "the same arrays give the same bytes");
    }
    let old = fs::read(&path).unwrap();
    refused(data::write_npz(&path, [("x", &x), ("x", &y)], Compression::Stored), "Duplicate");
    refused(data::write_npz(&path, [("../x", &x)], Compression::Stored), "cannot be the name");
    assert_eq!(fs::read(&path).unwrap(), old, "a failed write leaves the old file");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "and nothing beside it");
    write_archive(&path, [("x.npy", b"no".as_slice())], Compression::Stored).unwrap();
    refused(data::read_npz(&path), "x.npy: this is not an .npy file");
    write_archive(&path, [("x.txt", b"no".as_slice())], Compression::Stored).unwrap();
    refused(data::read_npz(&path), "\"x.txt\" is not an .npy array");
}

#[test]
fn idx_types_and_refusals() {
    let decode = |bytes: &[u8]| data::decode_idx(bytes, Path::new("train-labels"));
    let shorts = [0, 0, 0x0B, 1, 0, 0, 0, 2, 0xff, 0xfe, 0, 5];
    assert_eq!(decode(&shorts).unwrap(), Array::from_vec(vec![-2i32, 5]));
    assert_eq!(decode(&gzip(&shorts)).unwrap(), Array::from_vec(vec![-2i32, 5]));
    let float = [&[0, 0, 0x0D, 0][..], &1.5f32.to_be_bytes()].concat();
    assert_eq!(decode(&float).unwrap(), Array::scalar(1.5f32));
    refused(decode(b""), "cut short");
    refused(decode(&[0, 0, 8]), "cut short");
    refused(decode(&[1, 0, 8, 1, 0, 0, 0, 0]), "this is not an IDX file");
    refused(decode(&[0, 0, 7, 1, 0, 0, 0, 0]), "0x07 is not one of its types");
    refused(decode(&[0, 0, 8, 2, 0, 0, 0, 1]), "cut short");
    refused(decode(&shorts[..11]), "has only 3 of 4 bytes");
    refused(decode(&[0, 0, 8, 1, 0, 0, 0, 3, 1, 2]), "has only 2 of 3 bytes");
    refused(decode(&[0, 0, 8, 1, 0, 0, 0, 1, 1, 2]), "goes on after 1 bytes");
    refused(decode(&[&[0, 0, 8, 255][..], &[255; 1020]].concat()), "255 axes");
    refused(decode(&[&[0, 0, 8, 4][..], &[255; 16]].concat()), "larger than any memory");
    let packed = gzip(&[&[0, 0, 8, 1, 0, 0, 4, 0][..], &[7; 1024]].concat());
    decode(&packed).unwrap();
    refused(decode(&packed[..packed.len() - 9]), "");
    refused(decode(&packed[..packed.len() - 4]), "");
    refused(decode(&packed[..8]), "");
    let mut wrong_checksum = packed.clone();
    let at = wrong_checksum.len() - 8;
    wrong_checksum[at] ^= 1;
    refused(decode(&wrong_checksum), "damaged");
    // 3 GiB claimed by a kilobyte.
    let liar = gzip(&[&[0, 0, 8, 1, 0xC0, 0, 0, 0][..], &[0; 1 << 20]].concat());
    refused(decode(&liar), "claims shape [3221225472]");
    // A small claim, and a bomb behind it: what follows is not unpacked.
    refused(decode(&gzip(&[&[0, 0, 8, 1, 0, 0, 0, 1][..], &[0; 1 << 20]].concat())), "goes on after 1 bytes");
}

#[test]
fn csv_reads() {
    let decode = |text: &str| Table::decode(text.as_bytes(), Path::new("t.csv")).unwrap();
    let table = decode("\u{feff}a,b\r\n1,2\r\n\r\n 3 ,-4e1\r\n");
    assert_eq!((table.columns(), table.rows()), (&["a".to_string(), "b".to_string()][..], 2));
    assert_eq!(table.select(&["b", "a"]).unwrap(), Array::new([2, 2], vec![2f32, 1., -40., 3.]).unwrap());
    assert_eq!(table.column("b").unwrap(), [2.0, -40.0]);
    let table = decode("1;2\n3;4");
    assert_eq!((table.columns()[1].as_str(), table.rows()), ("column_2", 2));
    assert_eq!(decode("a\tb, c\n1\t2\n").columns(), ["a", "b, c"]);
    assert_eq!(decode("\"x;1\",y\n1,2\n").columns(), ["x;1", "y"]);
    assert_eq!(decode("7\n8\n").rows(), 2);
}

#[test]
fn csv_refuses() {
    let decode = |text: &str| Table::decode(text.as_bytes(), Path::new("t.csv"));
    refused(decode(""), "this file is empty");
    refused(decode("\n\n"), "this file is empty");
    refused(decode("a,b\n"), "has a header, but no rows");
    refused(decode("a,b\n1,2\n3\n"), "row 3 has 1 cells, expected 2");
    refused(decode("a,b\r\n1,2\r\n3,4,5\r\n"), "row 3 has 3 cells, expected 2");
    refused(decode("a,b\n1,2\n\n3,\n"), "row 4, column b: the cell is empty");
    refused(decode("a,b\r\n1,2\r\n3,red\r\n"), "row 3, column b: \"red\" is not a number");
    refused(decode("5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n"), "row 1, column column_3: \"Iris-setosa\"");
    refused(decode("a,b\n1,NaN\n"), "row 2, column b: NaN is not a finite number");
    refused(decode("a,b\n1,inf\n"), "not a finite number");
    refused(decode("a,b\n1,1e999\n"), "not a finite number");
    refused(decode("a;b\n1;2,5\n"), "write numbers with a decimal point");
    refused(decode("a,a\n1,2\n"), "two columns are named \"a\"");
    refused(decode("a,b\n\"1,2\n3,4\n"), "row 2 has 1 cells");
    refused(Table::decode(b"\xff\xfea\0,\0", Path::new("t.csv")), "UTF-16");
    refused(Table::decode(b"a,b\n\xff,1\n", Path::new("t.csv")), "row 2, column a");
    refused(Table::read("no_such.csv"), "there is no such file");
    refused(decode("a,b\n1,2\n").unwrap().select(&["c"]), "the columns are a, b");
    refused(decode("a,b\n1,1e300\n").unwrap().select(&["b"]), "too large for float32");
}

#[test]
fn digits_are_scikit_learns() {
    let digits = data::digits();
    assert_eq!(digits.x.shape()[..], [1797, 8, 8]);
    assert_eq!(digits.x.to_f64().iter().sum::<f64>(), 561_718.0);
    let counts: Vec<usize> = (0..10)
        .map(|digit| digits.y.as_slice::<u8>().unwrap().iter().filter(|&&y| y == digit).count())
        .collect();
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    assert_eq!(digits.x.as_slice::<u8>().unwrap()[8..16], [0, 0, 13, 15, 10, 15, 5, 0]);
}

/// The folder of the real data sets, or `None` where this machine has none.
fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("CORNU_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if folder.join("mnist").is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: CORNU_DATA is not set and {} does not exist", folder.display());
    None
}

#[test]
fn mnist_is_the_original() {
    let Some(folder) = real_data() else { return };
    for (parts, mean) in [
        (data::load("mnist", &folder).unwrap(), 0.13066),
        (data::load("fashion_mnist", &folder).unwrap(), 0.28604),
    ] {
        assert_eq!(parts.train.x.shape()[..], [60000, 28, 28]);
        assert_eq!(parts.test.x.shape()[..], [10000, 28, 28]);
        assert_eq!((parts.train.y.shape()[..].to_vec(), parts.test.y.rows()), (vec![60000], 10000));
        let pixels = parts.train.x.as_slice::<u8>().unwrap();
        let sum: u64 = pixels.iter().map(|&pixel| u64::from(pixel)).sum();
        assert!((sum as f64 / pixels.len() as f64 / 255.0 - mean).abs() < 1e-5);
    }
}

#[test]
fn mnist_refuses() {
    let folder = Folder::new("mnist");
    let error = data::mnist(&folder.0).unwrap_err().to_string();
    assert!(error.contains("train-images-idx3-ubyte is not in this folder"), "{error}");
    assert!(error.contains("help: get the four files from https://"), "{error}");
    let write = |name: &str, extents: &[u32], bytes: &[u8]| {
        let header = [0, 0, 8, extents.len() as u8];
        let extents: Vec<u8> = extents.iter().flat_map(|extent| extent.to_be_bytes()).collect();
        fs::write(folder.file(name), [&header, &extents[..], bytes].concat()).unwrap();
    };
    write("train-images-idx3-ubyte", &[2, 28, 28], &[0; 2 * 784]);
    write("train-labels.idx1-ubyte", &[3], &[0; 3]);
    write("t10k-images-idx3-ubyte", &[1, 28, 28], &[0; 784]);
    write("t10k-labels-idx1-ubyte", &[1], &[9]);
    refused(data::mnist(&folder.0), "expected 2 labels as u8, got u8 of shape [3]");
    write("train-labels.idx1-ubyte", &[2], &[3, 10]);
    refused(data::mnist(&folder.0), "there is a label 10");
    write("train-labels.idx1-ubyte", &[2], &[3, 4]);
    assert_eq!(data::mnist(&folder.0).unwrap().train.y, Array::from_vec(vec![3u8, 4]));
    write("train-images-idx3-ubyte", &[2, 14, 56], &[0; 2 * 784]);
    refused(data::mnist(&folder.0), "got u8 of shape [2, 14, 56]");
}

#[test]
fn splits_keep_rows_together_and_classes_even() {
    let labels: Vec<u8> = (0..100).map(|row| if row % 10 == 0 { 2 } else { (row % 2) as u8 }).collect();
    let (x, y) = (Array::from_vec((0..100).collect::<Vec<i32>>()), Array::from_vec(labels.clone()));
    let parts = data::train_test_split(&[&x, &y], 0.3, 7, Some(&y)).unwrap();
    assert_eq!(parts, data::train_test_split(&[&x, &y], 0.3, 7, Some(&y)).unwrap());
    assert_ne!(parts, data::train_test_split(&[&x, &y], 0.3, 8, Some(&y)).unwrap());
    let (rows, test) = (parts[0].1.as_slice::<i32>().unwrap(), parts[1].1.as_slice::<u8>().unwrap());
    assert!(rows.iter().zip(test).all(|(&row, &label)| labels[row as usize] == label));
    let count = |labels: &[u8], class| labels.iter().filter(|&&label| label == class).count();
    assert_eq!([0, 1, 2].map(|class| count(test, class)), [12, 15, 3]);
    let mut all = [parts[0].0.to_f64(), parts[0].1.to_f64()].concat();
    all.sort_by(f64::total_cmp);
    assert_eq!(all, x.to_f64());

    let folds = data::k_fold(100, 5, 3, Some(&y)).unwrap();
    let mut tested: Vec<usize> = folds.iter().flat_map(|fold| fold.test.clone()).collect();
    tested.sort();
    assert_eq!(tested, (0..100).collect::<Vec<_>>());
    for fold in &folds {
        assert_eq!((fold.train.len(), fold.test.len()), (80, 20));
        let test: Vec<u8> = fold.test.iter().map(|&row| labels[row]).collect();
        assert_eq!([0, 1, 2].map(|class| count(&test, class)), [8, 10, 2]);
        assert!(fold.train.iter().all(|row| !fold.test.contains(row)));
    }
    let sizes: Vec<usize> =
        data::k_fold(11, 3, 0, None).unwrap().iter().map(|fold| fold.test.len()).collect();
    assert_eq!(sizes, [4, 4, 3]);

    refused(data::train_test_split(&[&x], 0.0, 0, None), "between 0 and 1, got 0");
    refused(data::train_test_split(&[&x], f64::NAN, 0, None), "between 0 and 1, got NaN");
    refused(data::train_test_split(&[&x, &Array::from_vec(vec![1i32])], 0.5, 0, None), "differ in length");
    refused(data::train_test_split(&[&Array::from_vec(vec![1i32])], 0.5, 0, None), "cannot be split");
    refused(data::train_test_split(&[], 0.5, 0, None), "0 rows cannot be split");
    refused(data::train_test_split(&[&x], 0.5, 0, Some(&x)), "has only one row");
    refused(data::k_fold(3, 4, 0, None), "3 rows cannot be split into 4 folds");
}

#[test]
fn categorical_refuses() {
    let of = |labels: Vec<i64>| data::to_categorical(&Array::from_vec(labels), None);
    assert_eq!(of(vec![2, 0]).unwrap().shape()[..], [2, 3]);
    assert_eq!(of(vec![]).unwrap().shape()[..], [0, 0]);
    refused(of(vec![0, -1]), "row 1 is -1");
    refused(of(vec![0, 1 << 40]), "too large an array");
    refused(
        data::to_categorical(&Array::from_vec(vec![0u8, 3]), Some(3)),
        "row 1 is 3, expected a class number below 3",
    );
    refused(data::to_categorical(&Array::from_vec(vec![0.5f32]), None), "row 0 is 0.5");
    refused(data::to_categorical(&Array::from_vec(vec![f32::NAN]), None), "row 0 is NaN");
    refused(data::to_categorical(&Array::zeros([2, 2], DType::U8), None), "labels have shape [2, 2]");
}

#[test]
fn standardizer_survives_constant_columns() {
    let x = Array::new([3, 3], vec![1f64, 0.1, 5., 2., 0.1, 5., 6., 0.1, 5.]).unwrap();
    let standardizer = Standardizer::fit(&x).unwrap();
    assert_eq!(standardizer.std()[1..], [1.0, 1.0]);
    let z = standardizer.apply(&x).unwrap();
    assert!(z.is_finite());
    let column: Vec<f64> = z.to_f64().into_iter().step_by(3).collect();
    assert!(column.iter().sum::<f64>().abs() < 1e-6);
    assert!((column.iter().map(|z| z * z).sum::<f64>() / 3.0 - 1.0).abs() < 1e-6);
    let back = standardizer.invert(&z).unwrap();
    assert!(back.to_f64().iter().zip(x.to_f64()).all(|(a, b)| (a - b).abs() < 1e-6));
    refused(standardizer.apply(&Array::zeros([2, 2], DType::F32)), "fitted to 3 columns");
    refused(Standardizer::fit(&Array::from_vec(vec![1f32])), "shape [rows, columns]");
    refused(Standardizer::fit(&Array::zeros([0, 3], DType::F32)), "shape [rows, columns]");
    refused(Standardizer::fit(&Array::new([1, 1], vec![f32::NAN]).unwrap()), "NaN or infinity");
}

#[test]
fn confusion_matrix_counts_and_prints() {
    let labels = Array::from_vec(vec![0u8, 1, 2, 2, 11]);
    let predictions = Array::new([5, 1], vec![0f32, 1., 2., 0., 11.]).unwrap();
    let matrix = ConfusionMatrix::new(&labels, &predictions).unwrap();
    assert_eq!(
        (matrix.classes(), matrix.count(2, 0), matrix.count(99, 0), matrix.accuracy()),
        (12, 1, 0, 0.8)
    );
    assert!(matrix.to_string().starts_with("actual \\ predicted   0   1   2"));
    let scores = Array::new([2, 3], vec![0.1f32, 0.8, 0.1, 0.4, 0.4, 0.2]).unwrap();
    let matrix = ConfusionMatrix::new(&Array::from_vec(vec![1u8, 1]), &scores).unwrap();
    assert_eq!(matrix.to_array().to_f64(), [0., 0., 0., 1., 1., 0., 0., 0., 0.]);
    refused(ConfusionMatrix::new(&labels, &scores), "5 labels, but 2 predictions");
    refused(ConfusionMatrix::new(&labels, &Array::from_vec(vec![0.3f32])), "turn probabilities into classes");
    refused(
        ConfusionMatrix::new(&Array::from_vec(vec![1i64 << 30]), &Array::from_vec(vec![0])),
        "more than 10000",
    );
}

#[test]
fn load_finds_files() {
    let folder = Folder::new("load");
    let (x, y) = (Array::zeros([10, 2], DType::F32), Array::from_vec(vec![0i64; 10]));
    let path = folder.file("d.npz");
    let source = path.to_str().unwrap();
    data::write_npz(&path, [("x", &x), ("y", &y)], Compression::Stored).unwrap();
    let parts = data::load(source, "").unwrap();
    assert_eq!((parts.train.x.rows(), parts.test.y.rows()), (8, 2));
    data::write_npz(
        &path,
        [("x_train", &x), ("y_train", &y), ("x_test", &x), ("y_test", &y)],
        Compression::Stored,
    )
    .unwrap();
    assert_eq!(data::load(source, "").unwrap().test.x.rows(), 10);
    data::write_npz(&path, [("a", &x), ("b", &y)], Compression::Stored).unwrap();
    refused(data::load(source, ""), "the arrays are a, b; expected x_train and y_train, or x and y");
    data::write_npz(&path, [("x", &x), ("y", &Array::from_vec(vec![0i64; 9]))], Compression::Stored).unwrap();
    refused(data::load(source, ""), "examples of shape [10, 2] do not go with targets of shape [9]");
    let path = folder.file("d.csv");
    fs::write(&path, "a,b,target\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n").unwrap();
    let parts = data::load(path.to_str().unwrap(), "").unwrap();
    assert_eq!((parts.train.x.shape()[..].to_vec(), parts.test.y.rows()), (vec![3, 2], 1));
    fs::write(&path, "a\n1\n2\n").unwrap();
    refused(data::load(path.to_str().unwrap(), ""), "there is only one column");
    refused(data::load("cifar", ""), "there is no data set \"cifar\"");
    refused(data::load("mnist", &folder.0), "train-images-idx3-ubyte is not in this folder");
    if let Some(real) = real_data() {
        for name in [
            "pima-diabetes/pima-indians-diabetes.csv",
            "wine-quality/winequality-red.csv",
            "concrete/concrete.csv",
        ] {
            assert!(
                data::load(real.join(name).to_str().unwrap(), "").unwrap().train.x.rows() > 600,
                "{name}"
            );
        }
        refused(
            data::load(real.join("iris/iris.csv").to_str().unwrap(), ""),
            "row 1, column column_5: \"Iris-setosa\"",
        );
        let housing = real.join("california-housing/housing.csv");
        refused(data::load(housing.to_str().unwrap(), ""), "row 2, column ocean_proximity");
    }
}
