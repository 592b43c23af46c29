//! Data sets in `.npy` files: the same rows as in arrays, in flat memory.

use crate::data::npy;
use cornu::data::pipeline::{Position, Sample};
use cornu::data::{self, NpyDataset, Pipeline};
use cornu::prelude::*;
use std::path::{Path, PathBuf};

/// A folder of its own that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cornu-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    fn save(&self, name: &str, array: &Array) -> PathBuf {
        self.write(name, &data::encode_npy(array).unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `rows` rows of two bytes, and a number for each.
fn arrays(start: usize, rows: usize) -> (Array, Array) {
    let x = (start..start + rows).flat_map(|i| [i as u8, (2 * i) as u8]).collect();
    let y = (start..start + rows).map(|i| i as f32).collect();
    (Array::new([rows, 2], x).unwrap(), Array::from_vec::<f32>(y))
}

/// 40 rows in files of 23 and 17, in blocks of 4.
fn forty(folder: &Folder) -> NpyDataset {
    let save = |name: &str, start, rows| {
        let (x, y) = arrays(start, rows);
        [folder.save(&format!("x{name}.npy"), &x), folder.save(&format!("y{name}.npy"), &y)]
    };
    let first = NpyDataset::open(save("0", 0, 23)).unwrap();
    first.append(save("1", 23, 17)).unwrap().block_bytes(4 * 6).buffer_bytes(3 * 4 * 6)
}

fn pieces(pipeline: &Pipeline, pass: u64) -> Vec<Sample> {
    pipeline.pass(pass).collect::<Result<_>>().unwrap()
}

fn targets(pipeline: &Pipeline, pass: u64) -> Vec<f64> {
    pieces(pipeline, pass).iter().flat_map(|piece| piece[1].to_f64()).collect()
}

#[test]
fn batches_are_those_of_the_arrays() {
    let folder = Folder::new("npy-batches");
    let (x, y) = arrays(0, 40);
    let of_arrays = |size: usize| pieces(&Pipeline::from_arrays([&x, &y]).unwrap().batch(size), 0);
    let files = forty(&folder);
    assert_eq!(files.rows(), 40);
    for size in [1, 3, 4, 7, 23, 40, 99] {
        let batches = files.clone().batch_size(size).pipeline();
        assert_eq!(pieces(&batches, 0), of_arrays(size), "batches of {size}");
        assert_eq!(pieces(&batches, 1), of_arrays(size), "batches of {size}, again");
        assert_eq!(batches.len(), Some(of_arrays(size).len()));
    }
    let whole = files.clone().batch_size(7).drop_remainder().pipeline();
    assert_eq!((pieces(&whole, 0), whole.len()), (of_arrays(7)[..5].to_vec(), Some(5)));
    let rows = files.batch_size(None).pipeline();
    assert_eq!(rows.len(), Some(40));
    assert_eq!(pieces(&rows, 0)[9], [Array::from_vec(vec![9u8, 18]), Array::scalar(9f32)]);
    let rows = Pipeline::from_npy([folder.path("x1.npy"), folder.path("y1.npy")]).unwrap();
    assert_eq!(pieces(&rows.batch(17), 0), [vec![arrays(23, 17).0, arrays(23, 17).1]]);
}

#[test]
fn types_and_byte_orders_are_those_of_whole_files() {
    let folder = Folder::new("npy-types");
    let header = "{'descr': '>i2', 'fortran_order': True, 'shape': (3,), }";
    let path = folder.write("big.npy", &npy(header, &[0, 1, 255, 255, 1, 0]));
    let whole = pieces(&NpyDataset::open([&path]).unwrap().pipeline(), 0);
    assert_eq!(whole, [[data::read_npy(&path).unwrap()]]);
    assert_eq!(whole[0][0], Array::from_vec(vec![1i32, -1, 256]));
    let empty = folder.save("empty.npy", &Array::zeros([0, 3], DType::F32));
    assert_eq!(pieces(&NpyDataset::open([&empty]).unwrap().pipeline(), 0).len(), 0);
}

#[test]
fn shuffling_mixes_blocks_and_rows_anew_in_each_pass() {
    let folder = Folder::new("npy-shuffled");
    let batches = forty(&folder).batch_size(7).shuffle(5).pipeline();
    let (first, second) = (targets(&batches, 0), targets(&batches, 1));
    assert_ne!(first, second);
    assert_eq!(first, targets(&batches, 0), "the seed and the pass decide");
    assert_ne!(first, targets(&forty(&folder).batch_size(7).shuffle(6).pipeline(), 0));
    let in_order: Vec<f64> = (0..40).map(f64::from).collect();
    for mut order in [first.clone(), second] {
        order.sort_by(f64::total_cmp);
        assert_eq!(order, in_order);
    }
    // A buffer holds three blocks, from anywhere, and their rows are mixed.
    let buffer: Vec<usize> = first[..11].iter().map(|&row| row as usize).collect();
    assert!(buffer.windows(2).filter(|pair| pair[1] == pair[0] + 1).count() < 6, "{buffer:?}");
    assert!(buffer.iter().max().unwrap() - buffer.iter().min().unwrap() > 12, "{buffer:?}");
    for batch in pieces(&batches, 2) {
        for (x, y) in batch[0].to_f64().chunks(2).zip(batch[1].to_f64()) {
            assert_eq!(x, [y, 2.0 * y]);
        }
    }
}

#[test]
fn passes_go_on_where_they_stopped() {
    let folder = Folder::new("npy-resumed");
    let files = forty(&folder);
    let pipelines = [
        files.clone().batch_size(7).pipeline(),
        files.clone().batch_size(3).shuffle(1).pipeline(),
        files.clone().batch_size(12).drop_remainder().shuffle(2).pipeline().prefetch(2),
        files.batch_size(None).shuffle(3).pipeline().batch(5),
    ];
    for (number, pipeline) in pipelines.iter().enumerate() {
        for pass in 0..2 {
            let whole = pieces(pipeline, pass);
            for taken in 0..=whole.len() + 1 {
                let rest = pipeline.iter_from(Position { pass, taken }).unwrap();
                let rest: Vec<Sample> = rest.collect::<Result<_>>().unwrap();
                assert_eq!(rest, whole[taken.min(whole.len())..], "pipeline {number} from {taken}");
            }
            // Leaving pieces out in the middle of a pass.
            let some: Vec<Sample> = (pipeline.clone().take(1).iter())
                .chain(pipeline.clone().skip(1).skip(1).pass(0))
                .collect::<Result<_>>()
                .unwrap();
            let first = pieces(pipeline, 0);
            assert_eq!(some, [&first[..1], &first[2..]].concat(), "pipeline {number}");
        }
    }
}

fn trainer() -> Trainer {
    let model = Sequential::new().add(Input::new([2])).add(Rescaling::new(0.01)).add(Dense::new(1));
    model.compile(Compile::new("adam", "mse")).unwrap()
}

#[test]
fn training_on_files_is_training_on_their_arrays() {
    let folder = Folder::new("npy-trained");
    let (x, y) = arrays(0, 40);
    let (mut a, mut b) = (trainer(), trainer());
    a.fit(&x, &y, Fit::new().epochs(2).batch_size(7).shuffle(false).silent()).unwrap();
    let batches = forty(&folder).batch_size(7).pipeline().prefetch(1);
    b.fit_pipeline(&batches, Fit::new().epochs(2).silent()).unwrap();
    assert_eq!(a.get_weights(), b.get_weights());
}

#[test]
fn files_that_cannot_be_read_row_by_row_are_told() {
    let folder = Folder::new("npy-refused");
    let message = |opened: Result<NpyDataset>| opened.unwrap_err().to_string();
    let check = |opened: Result<NpyDataset>, what: &str, help: &str| {
        let text = message(opened);
        assert!(text.contains(what) && text.contains(help), "{text}");
    };
    let (x, y) = arrays(0, 6);
    let (x, y) = (folder.save("x.npy", &x), folder.save("y.npy", &y));
    let none: [&Path; 0] = [];
    check(NpyDataset::open(none), "there is no file to read from", "name the files of the inputs");
    check(NpyDataset::open([folder.path("z.npy")]), "there is no such file", "correct the path");
    check(NpyDataset::open([&folder.0]), "this is not a regular file", "name an .npy file");
    let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }";
    let columns = folder.write("columns.npy", &npy(header, &[0; 16]));
    check(NpyDataset::open([columns]), "lies column by column (fortran_order)", "numpy.ascontiguousarray");
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    let cut = folder.write("cut.npy", &npy(header, &[0; 15]));
    check(NpyDataset::open([cut]), "claims 16 bytes for shape [2, 2], the file has 15", "make it again");
    let single = folder.save("single.npy", &Array::scalar(1f32));
    check(NpyDataset::open([single]), "this is a single number, and has no rows", "an array of rows");
    let more = folder.save("more.npy", &arrays(0, 7).1);
    let text = message(NpyDataset::open([&x, &more]));
    let expected = format!(
        "this file has 7 rows, and {} has 6\n   at {}\n help: every row of x needs its row of y",
        x.display(),
        more.display()
    );
    assert_eq!(text, expected);

    let both = || NpyDataset::open([&x, &y]).unwrap();
    check(both().append([&x]), "the data set has 2 files, and more rows come in 1", "for each array");
    let text = "this file has rows of shape [] of f32, and";
    check(both().append([&y, &y]), text, "rows of one data set are of one kind");

    // A file that is cut while it is read.
    let batches = both().batch_size(4).pipeline();
    std::fs::OpenOptions::new().write(true).open(&y).unwrap().set_len(130).unwrap();
    let error = batches.iter().find_map(Result::err).unwrap().to_string();
    assert!(error.contains("the file has become shorter: it ends before row 6"), "{error}");
    std::fs::remove_file(&x).unwrap();
    let error = trainer().fit_pipeline(&batches, Fit::new().silent()).unwrap_err().to_string();
    assert!(error.contains("there is no such file"), "{error}");
}

/// Bytes in a row of the files whose memory is measured.
const WIDTH: usize = 4096;

/// The most memory, in KiB, that a process took which trained on a file of so many rows, where it may
/// address 256 MiB.
#[cfg(target_os = "linux")]
fn peak(folder: &Folder, rows: usize) -> usize {
    let sparse = |name: &str, shape: String, bytes: usize| {
        let header = npy(&format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"), &[]);
        let path = folder.write(name, &header);
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len((header.len() + bytes) as u64).unwrap();
    };
    sparse("x.npy", format!("({rows}, {WIDTH})"), rows * WIDTH);
    sparse("y.npy", format!("({rows}, 1)"), rows);
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 262144 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["npy_dataset::a_process_that_trains", "--exact", "--ignored", "--nocapture"])
        .args(["--test-threads", "1"])
        .env("CORNU_STREAMED", &folder.0)
        // Else each thread reserves addresses, more than it uses.
        .env("MALLOC_ARENA_MAX", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let line = text.lines().find(|line| line.contains("VmHWM")).unwrap_or_else(|| panic!("{text}"));
    line.split_whitespace().rev().nth(1).unwrap().parse().unwrap()
}

/// Twice the address space of the process, or a quarter of it, in one file: it takes the same memory.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_flat_whatever_the_length_of_a_file() {
    let folder = Folder::new("npy-memory");
    let (short, long) = (peak(&folder, (64 << 20) / WIDTH), peak(&folder, (512 << 20) / WIDTH));
    // Less than a buffer more: how far the threads get ahead of each other differs from run to run.
    assert!(long < short + 16 * 1024, "{short} KiB for 64 MiB, {long} KiB for 512 MiB");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by memory_is_flat_whatever_the_length_of_a_file"]
fn a_process_that_trains() {
    let Some(folder) = std::env::var_os("CORNU_STREAMED").map(PathBuf::from) else { return };
    let files = NpyDataset::open([folder.join("x.npy"), folder.join("y.npy")]).unwrap();
    let batches = files.batch_size(256).shuffle(1).buffer_bytes(16 << 20).pipeline().prefetch(1);
    let model = Sequential::new().add(Input::new([WIDTH])).add(Dense::new(1));
    let mut trainer = model.compile(Compile::new("sgd", "mse")).unwrap();
    trainer.fit_pipeline(&batches, Fit::new().silent()).unwrap();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("\n{line}"));
}
