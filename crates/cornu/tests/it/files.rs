//! Files: written in full or not at all, and read without trusting them.

use cornu::files::archive::{
    Compression, Limits, decode_archive, encode_archive, read_archive, write_archive,
};
use cornu::files::hdf5::{self, Attribute, Group};
use cornu::files::{read_file, write_atomically};
use cornu::{Array, DType, Shape};
use cornu_graph::philox::Random;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

/// A folder of its own for one test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cornu-files-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
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

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

#[test]
fn a_failed_write_leaves_the_old_file() {
    let folder = Folder::new("atomic");
    let path = folder.file("weights.bin");
    write_atomically(&path, |writer| writer.write_all(b"old")).unwrap();
    let failed = write_atomically(&path, |writer| {
        writer.write_all(&[0; 100_000])?;
        Err(std::io::ErrorKind::StorageFull.into())
    });
    refused(failed, "no space is left");
    assert_eq!(
        (fs::read(&path).unwrap(), folder.names()),
        (b"old".to_vec(), vec!["weights.bin".to_string()])
    );
    let panicked = std::panic::catch_unwind(|| write_atomically(&path, |_| panic!("planned")));
    assert!(panicked.is_err());
    assert_eq!(
        (fs::read(&path).unwrap(), folder.names()),
        (b"old".to_vec(), vec!["weights.bin".to_string()])
    );
    write_atomically(&path, |writer| writer.write_all(b"new")).unwrap();
    assert_eq!(
        (fs::read(&path).unwrap(), folder.names()),
        (b"new".to_vec(), vec!["weights.bin".to_string()])
    );
}

#[test]
fn paths_that_cannot_be_written() {
    let folder = Folder::new("paths");
    let write = |path: &Path| write_atomically(path, |writer| writer.write_all(b"x"));
    let missing = folder.file("no/such/model.keras");
    refused(write(&missing), "there is no folder");
    refused(write(&missing), "make the folder first");
    refused(write(&folder.0), "this is a folder");
    refused(write(Path::new("/")), "this is a folder");
    refused(write(Path::new("")), "this is a folder");
    refused(write(&folder.file("a/")), "this is a folder");
    fs::write(folder.file("file"), "").unwrap();
    refused(write(&folder.file("file/model.keras")), "not a folder");
    let locked = folder.file("locked");
    fs::write(&locked, "old").unwrap();
    let mut permissions = fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&locked, permissions).unwrap();
    refused(write(&locked), "this file is read-only");
    assert_eq!(fs::read(&locked).unwrap(), b"old");
    refused(write(Path::new(&"x".repeat(300))), "x");
    assert_eq!(folder.names(), ["file", "locked"]);
    assert!(read_file(&folder.0).unwrap_err().to_string().contains("this is a folder"));
}

#[cfg(unix)]
#[test]
fn links_devices_and_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("unix");
    let write = |path: &Path| write_atomically(path, |writer| writer.write_all(b"new"));
    let real = folder.file("real");
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, folder.file("link")).unwrap();
    write(&folder.file("link")).unwrap();
    assert!(fs::symlink_metadata(folder.file("link")).unwrap().is_symlink());
    assert_eq!(fs::read(&real).unwrap(), b"new");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    symlink(folder.file("gone"), folder.file("dangling")).unwrap();
    refused(write(&folder.file("dangling")), "which is missing");
    refused(write(Path::new("/dev/null")), "not a regular file");
    refused(read_file("/dev/zero"), "not a regular file");
    let closed = folder.file("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    // Nothing is closed to root.
    if fs::write(closed.join("probe"), "").is_err() {
        refused(write(&closed.join("model.keras")), "permission denied");
        assert_eq!(fs::read_dir(&closed).unwrap().count(), 0);
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

fn zip(entries: &[(&str, &[u8])], compression: Compression) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    encode_archive(&mut bytes, entries.iter().copied(), compression).unwrap();
    bytes.into_inner()
}

fn unzip(bytes: &[u8], limits: Limits) -> cornu::Result<std::collections::BTreeMap<String, Vec<u8>>> {
    decode_archive(bytes, Path::new("model.keras"), limits)
}

/// `bytes` with each occurrence of `from` replaced by `to`, of the same length.
fn patched(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
    bytes
}

#[test]
fn archives_round_trip() {
    let folder = Folder::new("zip");
    let path = folder.file("a.zip");
    let large = vec![7u8; 1 << 20];
    let entries = [("config.json", b"{}".as_slice()), ("assets/large", &large), ("empty", b"")];
    for compression in [Compression::Stored, Compression::Deflated] {
        write_archive(&path, entries, compression).unwrap();
        let read = read_archive(&path, Limits::default()).unwrap();
        assert_eq!(read.len(), 3);
        assert!(entries.iter().all(|(name, content)| read[*name] == *content));
        assert_eq!(fs::read(&path).unwrap(), zip(&entries, compression), "the same bytes every time");
    }
    assert!(fs::metadata(&path).unwrap().len() < 10_000);
    refused(write_archive(&path, [("/etc/x", b"".as_slice())], Compression::Stored), "cannot be the name");
    assert_eq!(folder.names(), ["a.zip"]);
}

#[test]
fn keras_archives_are_read() {
    let entries = read_archive(tests().join("goldens/sequential.keras"), Limits::default()).unwrap();
    let names: Vec<&str> = entries.keys().map(String::as_str).collect();
    assert_eq!(names, ["config.json", "metadata.json", "model.weights.h5"]);
    assert!(entries["config.json"].starts_with(b"{"));
}

#[test]
fn hostile_archives_are_refused() {
    let limits = Limits { entries: 3, bytes: 1000 };
    let good = zip(&[("aaaa", b"content"), ("bbbb", b"content")], Compression::Stored);
    unzip(&good, limits).unwrap();
    refused(unzip(b"", limits), "not a zip archive");
    refused(unzip(b"PK\x03\x04 and no more", limits), "not a zip archive");
    refused(unzip(&good[..good.len() - 30], limits), "not a zip archive");
    for name in [b"/aaa", b"../a", b"a/..", b"a\\.b", b"c:/a", b"a//b", b"./ab"] {
        refused(unzip(&patched(&good, b"aaaa", name), limits), "would lead outside");
    }
    refused(unzip(&patched(&good, b"aaaa", b"bbbb"), limits), "same name");
    refused(unzip(&patched(&good, b"aaaa", b"aa\xff\xfe"), limits), "not UTF-8");
    refused(unzip(&patched(&good, b"content", b"c0ntent"), limits), "aaaa: ");
    let many = zip(&[("a", b""), ("b", b""), ("c", b""), ("d", b"")], Compression::Stored);
    refused(unzip(&many, limits), "4 entries; at most 3");
    let bomb = zip(&[("bomb", &vec![0; 1 << 20])], Compression::Deflated);
    assert!(bomb.len() < 2000);
    refused(unzip(&bomb, limits), "more than 1000 bytes");
    // The same bomb, which declares to unpack to 16 bytes.
    let liar = patched(&bomb, &(1u32 << 20).to_le_bytes(), &16u32.to_le_bytes());
    refused(unzip(&liar, limits), "");
    let two = zip(&[("a", &[1; 600]), ("b", &[1; 600])], Compression::Deflated);
    refused(unzip(&two, limits), "b: this archive unpacks to more than 1000 bytes");
    // The encrypted bit of both headers.
    let mut encrypted = good.clone();
    let starts: Vec<usize> = (0..good.len()).filter(|&at| good[at..].starts_with(b"PK\x03\x04")).collect();
    starts.iter().for_each(|&at| encrypted[at + 6] |= 1);
    let starts: Vec<usize> = (0..good.len()).filter(|&at| good[at..].starts_with(b"PK\x01\x02")).collect();
    starts.iter().for_each(|&at| encrypted[at + 8] |= 1);
    refused(unzip(&encrypted, limits), "encrypted");
    let mut method = good.clone();
    let local: Vec<usize> = (0..good.len()).filter(|&at| good[at..].starts_with(b"PK\x03\x04")).collect();
    local.iter().for_each(|&at| method[at + 8] = 14);
    starts.iter().for_each(|&at| method[at + 10] = 14);
    refused(unzip(&method, limits), "aaaa: packed by a method other than deflate");
    // Both entries at the place of the first: one block of data counted twice.
    let mut overlapping = good.clone();
    overlapping[starts[1] + 42..starts[1] + 46].fill(0);
    refused(unzip(&overlapping, limits), "overlap");
}

#[test]
fn archives_survive_mutations() {
    let good = zip(&[("config.json", b"{\"a\": 1}"), ("weights", &[5; 3000])], Compression::Deflated);
    let mut random = Random::new(2, 0);
    for _ in 0..3000 {
        let _ = unzip(&mutated(&good, &mut random), Limits { entries: 100, bytes: 1 << 20 });
    }
}

/// `good` with up to eight bytes changed, and cut short every other time.
fn mutated(good: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..random.below(9) {
        let at = random.below(bytes.len());
        bytes[at] = match random.below(3) {
            0 => 0xff,
            1 => 0,
            _ => random.word() as u8,
        };
    }
    if random.below(2) == 0 {
        bytes.truncate(random.below(bytes.len()));
    }
    bytes
}

fn read_h5(bytes: Vec<u8>) -> cornu::Result<Group> {
    hdf5::read(bytes, Path::new("model.weights.h5"))
}

#[test]
fn hdf5_reads_what_h5py_writes() {
    let file = read_h5(fs::read(tests().join("fixtures/h5py.h5")).unwrap()).unwrap();
    let text = |text: &str| Attribute::Text(text.to_string());
    let texts = |texts: &[&str]| Attribute::Texts(texts.iter().map(|text| text.to_string()).collect());
    assert_eq!(file.attributes["text"], text("vários"));
    assert_eq!(file.attributes["bytes"], text("fixed"));
    assert_eq!(file.attributes["texts"], texts(&["a", "bc"]));
    assert_eq!(file.attributes["layer_names"], texts(&["dense", "dense_1"]));
    assert_eq!(file.attributes["number"], Attribute::Numbers(Array::scalar(3i64)));
    assert_eq!(file.attributes["numbers"], Attribute::Numbers(Array::from_vec(vec![1.5f32, 2.5])));
    for (name, dtype) in [
        ("float16", DType::F16),
        ("float32", DType::F32),
        ("float64", DType::F64),
        ("int8", DType::I8),
        ("int16", DType::I32),
        ("int32", DType::I32),
        ("int64", DType::I64),
        ("uint8", DType::U8),
        ("uint16", DType::I32),
        ("uint32", DType::I64),
        ("uint64", DType::I64),
        ("bool", DType::Bool),
        ("big_f4", DType::F32),
        ("big_i2", DType::I32),
    ] {
        let expected = Array::from_f64([2, 3], dtype, &[0., 1., 2., 3., 4., 5.]).unwrap();
        assert_eq!(file.dataset(&format!("types/{name}")).unwrap(), &expected, "{name}");
        assert_eq!(file.dataset(&format!("again/{name}")).unwrap(), &expected, "{name}");
    }
    let bfloat16 = Array::from_f64([2], DType::BF16, &[1.0, 2.5]).unwrap();
    assert_eq!(file.dataset("types/bfloat16").unwrap(), &bfloat16);
    assert_eq!(file.dataset("scalar").unwrap(), &Array::scalar(7i64));
    assert_eq!(file.dataset("empty").unwrap(), &Array::zeros([0, 3], DType::F32));
    assert_eq!(file.group("nothing/in/here").unwrap(), &Group::default());
    let chunked = file.dataset("chunked").unwrap();
    assert_eq!(chunked.as_slice::<i32>().unwrap(), (0..1000).collect::<Vec<_>>());
}

#[test]
fn hdf5_reads_what_keras_writes() {
    for model in ["sequential", "functional", "nested", "optimizer_adam", "optimizer_sgd"] {
        let path = tests().join(format!("goldens/{model}.keras"));
        let bytes = read_archive(&path, Limits::default()).unwrap().remove("model.weights.h5").unwrap();
        let file = read_h5(bytes).unwrap();
        assert!(matches!(file.group("vars").unwrap().attributes["name"], Attribute::Text(_)), "{model}");
        assert!(!file.groups["layers"].groups.is_empty(), "{model}");
        assert_eq!(file.dataset("optimizer/vars/0").unwrap().shape(), &Shape::scalar(), "{model}");
    }
}

/// One of everything that can be written.
fn everything() -> Group {
    let mut file = Group::default();
    for dtype in DType::ALL {
        let array = Array::from_f64([2, 3], dtype, &[0., 1., 2., 3., 4., 5.]).unwrap();
        file.group_mut("types").datasets.insert(dtype.name().to_string(), array);
        file.group_mut("scalars")
            .datasets
            .insert(dtype.name().to_string(), Array::full(Shape::scalar(), dtype, 1.0));
        file.group_mut("empty").datasets.insert(dtype.name().to_string(), Array::zeros([0, 3], dtype));
    }
    let vars = file.group_mut("layers/dense/vars");
    vars.attributes.insert("name".to_string(), Attribute::Text("días".to_string()));
    vars.attributes.insert("texts".to_string(), Attribute::Texts(vec!["a".to_string(), "bc".to_string()]));
    vars.attributes.insert("step".to_string(), Attribute::Numbers(Array::scalar(3i64)));
    vars.attributes.insert("rates".to_string(), Attribute::Numbers(Array::from_vec(vec![0.5f32, 0.25])));
    for i in 0..100 {
        vars.datasets.insert(i.to_string(), Array::full([i % 5, 4], DType::F32, i as f64));
    }
    file.group_mut("layers/flatten/vars");
    file
}

#[test]
fn hdf5_round_trip() {
    let file = everything();
    let bytes = hdf5::write(&file).unwrap();
    assert_eq!(hdf5::write(&file).unwrap(), bytes, "the same bytes every time");
    assert_eq!(read_h5(bytes).unwrap(), file);
    assert_eq!(read_h5(hdf5::write(&Group::default()).unwrap()).unwrap(), Group::default());
}

/// Run with CORNU_PYTHON set to a Python that has h5py.
#[test]
fn h5py_reads_what_is_written() {
    let Some(python) = std::env::var_os("CORNU_PYTHON") else {
        eprintln!("skipped: CORNU_PYTHON is not set");
        return;
    };
    let folder = Folder::new("h5py");
    fs::write(folder.file("w.h5"), hdf5::write(&everything()).unwrap()).unwrap();
    let script = r#"
import h5py, numpy as np
f = h5py.File("w.h5")
names = dict(f32="<f4", f64="<f8", f16="<f2", i64="<i8", i32="<i4", u8="u1", i8="i1", bool="?")
for name, dtype in names.items():
    d = f["types"][name]
    assert d.dtype == np.dtype(dtype), (name, d.dtype)
    assert (d[...] == np.arange(6).reshape(2, 3).astype(dtype)).all(), name
    assert f["scalars"][name].shape == () and f["scalars"][name][()] == 1, name
    assert f["empty"][name].shape == (0, 3), name
bf = f["types/bf16"]
assert bf.dtype == np.dtype("V2") and bf.attrs["dtype"] == "bfloat16", bf.dtype
assert (np.frombuffer(bf[...].tobytes(), "<u2").astype("<u4") << 16).view("<f4").tolist() == [0, 1, 2, 3, 4, 5]
v = f["layers/dense/vars"]
assert v.attrs["name"] == "días" and type(v.attrs["name"]) is str
assert list(v.attrs["texts"]) == ["a", "bc"] and v.attrs["step"] == 3
assert v.attrs["rates"].tolist() == [0.5, 0.25]
assert len(v) == 100 and all((v[str(i)][...] == np.full((i % 5, 4), i)).all() for i in range(100))
assert len(f["layers/flatten/vars"]) == 0
"#;
    let output =
        std::process::Command::new(python).arg("-c").arg(script).current_dir(&folder.0).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn hdf5_refuses_what_it_cannot_write() {
    let mut file = Group::default();
    file.datasets.insert("a/b".to_string(), Array::scalar(1f32));
    refused(hdf5::write(&file), "contains a slash");
    let mut file = Group::default();
    file.groups.insert(String::new(), Group::default());
    refused(hdf5::write(&file), "cannot be a name");
    let mut file = Group::default();
    file.attributes.insert("a".to_string(), Attribute::Numbers(Array::zeros([2, 2], DType::F32)));
    refused(hdf5::write(&file), "has shape [2, 2]; it may have one axis");
    file.attributes.insert("a".to_string(), Attribute::Numbers(Array::scalar(true)));
    refused(hdf5::write(&file), "is of dtype bool");
}

#[test]
fn hdf5_refuses_damaged_files() {
    refused(read_h5(Vec::new()), "this is not an HDF5 file");
    refused(read_h5(b"PK\x03\x04".to_vec()), "this is not an HDF5 file");
    let good = hdf5::write(&everything()).unwrap();
    refused(read_h5(good[..40].to_vec()), "damaged");
    refused(read_h5(good[..good.len() / 2].to_vec()), "model.weights.h5");
}

#[test]
fn hdf5_survives_mutations() {
    let mut small = Group::default();
    small.group_mut("layers/dense/vars").datasets.insert("0".to_string(), Array::zeros([3, 4], DType::F32));
    small.group_mut("vars").attributes.insert("name".to_string(), Attribute::Text("model".to_string()));
    let keras = read_archive(tests().join("goldens/optimizer_sgd.keras"), Limits::default()).unwrap();
    let files = [
        hdf5::write(&small).unwrap(),
        fs::read(tests().join("fixtures/h5py.h5")).unwrap(),
        keras["model.weights.h5"].clone(),
    ];
    let mut random = Random::new(3, 0);
    for good in files {
        for _ in 0..1000 {
            let _ = read_h5(mutated(&good, &mut random));
        }
    }
}
