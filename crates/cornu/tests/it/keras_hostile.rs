//! `.keras` files that are damaged, or made to do harm.

use crate::keras_files::{Folder, goldens};
use cornu::files::archive::{Compression, Limits, encode_archive, read_archive, write_archive};
use cornu::files::load;
use cornu::graph::philox::Random;
use cornu::{Model, Trainer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// What all errors of files are: named file, what happened, what to do.
#[track_caller]
fn assert_told(result: Result<impl std::fmt::Debug, cornu::Error>, path: &Path, expected: &str, what: &str) {
    let message = result.expect_err(what).to_string();
    assert!(message.contains(expected), "{what}: expected {expected:?} in:\n{message}");
    assert!(message.contains(&format!("\n   at {}", path.display())), "{what}: no file in:\n{message}");
    assert!(message.contains("\n help: "), "{what}: no help in:\n{message}");
}

/// The members of a file, to be changed.
type Members = BTreeMap<String, Vec<u8>>;

fn members(name: &str) -> Members {
    read_archive(goldens().join(name), Limits::default()).unwrap()
}

fn write(path: &Path, members: &Members) {
    let members = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    write_archive(path, members, Compression::Stored).unwrap();
}

/// The config of a file, changed by `change`, beside the file's weights.
fn with_config(name: &str, change: impl FnOnce(&mut Value)) -> Members {
    let mut members = members(name);
    let mut config: Value = serde_json::from_slice(&members["config.json"]).unwrap();
    change(&mut config);
    members.insert("config.json".into(), config.to_string().into_bytes());
    members
}

#[test]
fn configs_that_cannot_be() {
    let folder = Folder::new("hostile");
    let path = folder.file("model.keras");
    type Change = (&'static str, &'static str, fn(&mut Value));
    let sequential: &[Change] = &[
        ("not an object", "no JSON object", |c| *c = json!([1, 2])),
        ("null", "no JSON object", |c| *c = Value::Null),
        ("no class", "no class_name", |c| c["class_name"] = json!(7)),
        ("no config", "no config", |c| c["config"] = json!("x")),
        ("own class", "not known", |c| c["class_name"] = json!("MyModel")),
        ("no layers", "has no layers", |c| c["config"]["layers"] = json!([])),
        ("layers are a text", "no list of layers", |c| c["config"]["layers"] = json!("dense")),
        ("a layer is a number", "no JSON object", |c| c["config"]["layers"][1] = json!(3)),
        ("unknown layer", "is a Hologram, which Cornu does not have", |c| {
            c["config"]["layers"][3]["class_name"] = json!("Hologram");
        }),
        ("lambda", "`dense` is a Lambda", |c| c["config"]["layers"][3]["class_name"] = json!("Lambda")),
        ("unknown operation", "there is no operation `Dense` in keras.src.ops.numpy", |c| {
            c["config"]["layers"][3]["module"] = json!("keras.src.ops.numpy");
        }),
        ("an operation's unknown setting", "the operation `Relu` has no setting", |c| {
            c["config"]["layers"][3]["module"] = json!("keras.src.ops.nn");
            c["config"]["layers"][3]["class_name"] = json!("Relu");
        }),
        ("own layer", "from mine>Dense", |c| {
            c["config"]["layers"][3]["registered_name"] = json!("mine>Dense");
        }),
        ("own module", "from os.path", |c| c["config"]["layers"][3]["module"] = json!("os.path")),
        ("own initializer", "uses Zeros from evil", |c| {
            c["config"]["layers"][3]["config"]["bias_initializer"]["module"] = json!("evil");
        }),
        ("unknown precision", "no dtype policy `mixed_float7`", |c| {
            c["config"]["layers"][3]["config"]["dtype"] = json!("mixed_float7");
        }),
        ("absurd units", "dense/kernel", |c| {
            c["config"]["layers"][3]["config"]["units"] = json!(1_000_000_000_000_000_000u64);
        }),
        ("many units", "not as many numbers", |c| {
            c["config"]["layers"][3]["config"]["units"] = json!(2_000_000_000u64);
        }),
        ("negative units", "does not fit", |c| c["config"]["layers"][3]["config"]["units"] = json!(-3)),
        ("units are text", "does not fit", |c| c["config"]["layers"][3]["config"]["units"] = json!("8")),
        ("no units", "units of at least 1", |c| c["config"]["layers"][3]["config"]["units"] = json!(0)),
        ("unknown option", "does not fit", |c| c["config"]["layers"][3]["config"]["turbo"] = json!(true)),
        ("other units", "shape", |c| c["config"]["layers"][3]["config"]["units"] = json!(7)),
        ("no bias", "has 1 weights, the file has 2", |c| {
            c["config"]["layers"][3]["config"]["use_bias"] = json!(false);
        }),
        ("one layer less", "batch_normalization/gamma has shape [6]", |c| {
            drop(c["config"]["layers"].as_array_mut().unwrap().remove(3))
        }),
        ("names twice", "two layers are called", |c| {
            c["config"]["layers"][6]["config"]["name"] = json!("dense");
        }),
        ("a name with slash", "names have no `/`", |c| {
            c["config"]["layers"][3]["config"]["name"] = json!("a/b")
        }),
        ("absurd input", "cannot be fed", |c| {
            c["config"]["layers"][0]["config"]["batch_shape"] = json!([null, 1u64 << 40, 1u64 << 40]);
        }),
        ("empty input", "cannot be fed", |c| {
            c["config"]["layers"][0]["config"]["batch_shape"] = json!([null, 0]);
        }),
        ("no input", "batch_shape", |c| c["config"]["layers"][0]["config"]["batch_shape"] = json!(null)),
        ("an input later", "not the first layer", |c| {
            let input = c["config"]["layers"][0].clone();
            c["config"]["layers"].as_array_mut().unwrap().push(input);
        }),
    ];
    let functional: &[Change] = &[
        ("circle", "depend on each other", |c| history(c, "both", "hidden")),
        ("itself", "depend on each other", |c| history(c, "hidden", "hidden")),
        ("missing layer", "`ghost`, which is not there", |c| history(c, "hidden", "ghost")),
        ("missing call", "call 9", |c| {
            tensor(c, "hidden")["config"]["keras_history"][1] = json!(9);
        }),
        ("missing output", "output 4", |c| {
            tensor(c, "hidden")["config"]["keras_history"][2] = json!(4);
        }),
        ("negative call", "no layer's output", |c| {
            tensor(c, "hidden")["config"]["keras_history"][1] = json!(-1);
        }),
        ("no tensor", "no layer's output", |c| *tensor(c, "hidden") = json!({"class_name": "x"})),
        ("unconnected", "connected to nothing", |c| layer(c, "hidden")["inbound_nodes"] = json!([])),
        ("an input with inputs", "called on others", |c| {
            let calls = layer(c, "hidden")["inbound_nodes"].clone();
            layer(c, "left")["inbound_nodes"] = calls;
        }),
        ("unknown argument", "takes no argument `hope`", |c| {
            layer(c, "norm")["inbound_nodes"][0]["kwargs"]["hope"] = json!(true);
        }),
        ("names twice", "is there twice", |c| layer(c, "hidden")["name"] = json!("both")),
        ("unknown output", "`ghost`, which is not there", |c| {
            c["config"]["output_layers"][0][0] = json!("ghost");
        }),
        ("unlisted input", "does not list the input `extra`", |c| {
            drop(c["config"]["input_layers"].as_array_mut().unwrap().pop());
        }),
        ("a layer as input", "no input layer", |c| c["config"]["input_layers"][0][0] = json!("hidden")),
        ("an input twice", "twice", |c| c["config"]["input_layers"][1][0] = json!("left")),
        ("named outputs", "say nothing", |c| c["config"]["output_layers"] = json!({"a": ["kind", 0]})),
        ("no outputs", "no outputs", |c| c["config"]["output_layers"] = json!([])),
        ("a dead end", "leads to no output", |c| {
            drop(c["config"]["output_layers"].as_array_mut().unwrap().pop());
        }),
        ("unfitting", "skip: expects inputs whose shapes broadcast", |c| {
            layer(c, "hidden")["config"]["units"] = json!(13)
        }),
    ];
    let compiled: &[Change] = &[
        ("unknown optimizer", "`Guess`", |c| c["compile_config"]["optimizer"]["class_name"] = json!("Guess")),
        ("no optimizer", "optimizer", |c| c["compile_config"]["optimizer"] = json!(null)),
        ("unknown loss", "`hope`", |c| c["compile_config"]["loss"]["kind"] = json!("hope")),
        ("no loss", "has no loss", |c| c["compile_config"]["loss"]["kind"] = json!(null)),
        ("a loss too many", "output `ghost`", |c| c["compile_config"]["loss"]["ghost"] = json!("mse")),
        ("metrics of one", "one list for each", |c| c["compile_config"]["metrics"] = json!(["mae"])),
        ("unknown metric", "`joy`", |c| c["compile_config"]["metrics"]["kind"] = json!(["joy"])),
        ("weights", "no number", |c| c["compile_config"]["loss_weights"]["kind"] = json!("much")),
        ("other optimizer", "variables, the file has 22", |c| {
            c["compile_config"]["optimizer"]["config"]["centered"] = json!(true);
        }),
    ];
    for (file, changes) in [("sequential.keras", sequential), ("functional.keras", functional)] {
        for (what, expected, change) in changes {
            write(&path, &with_config(file, change));
            assert_told(Model::load(&path), &path, expected, what);
            assert!(load(&path).is_err() && Trainer::load(&path).is_err(), "{what}");
        }
    }
    for (what, expected, change) in compiled {
        write(&path, &with_config("functional.keras", change));
        assert_told(Trainer::load(&path), &path, expected, what);
        assert!(Model::load(&path).is_ok(), "{what}: the model alone");
    }
}

fn layer<'a>(config: &'a mut Value, name: &str) -> &'a mut Value {
    let layers = config["config"]["layers"].as_array_mut().unwrap();
    layers.iter_mut().find(|layer| layer["name"] == name).unwrap()
}

/// What a layer is first called on.
fn tensor<'a>(config: &'a mut Value, name: &str) -> &'a mut Value {
    let argument = &mut layer(config, name)["inbound_nodes"][0]["args"][0];
    if argument.is_array() { &mut argument[0] } else { argument }
}

fn history(config: &mut Value, name: &str, other: &str) {
    tensor(config, name)["config"]["keras_history"][0] = json!(other);
}

#[test]
fn files_that_are_damaged() {
    let folder = Folder::new("damaged");
    let path = folder.file("model.keras");
    let whole = fs::read(goldens().join("sequential.keras")).unwrap();
    for part in 0..60 {
        fs::write(&path, &whole[..whole.len() * part / 60]).unwrap();
        assert_told(load(&path), &path, "", &format!("cut at {part}/60"));
    }
    for name in ["config.json", "model.weights.h5"] {
        let mut members = members("sequential.keras");
        members.remove(name);
        write(&path, &members);
        assert_told(load(&path), &path, &format!("it has no {name}"), name);
        for bytes in [b"".as_slice(), b"{", b"\xff\xfe", b"[[[[", &[b'['; 100_000]] {
            members.insert(name.into(), bytes.to_vec());
            write(&path, &members);
            assert_told(load(&path), &path, "", name);
        }
    }
    let mut without = members("sequential.keras");
    without.remove("metadata.json");
    write(&path, &without);
    assert!(load(&path).is_ok(), "the metadata say nothing that a model needs");
    let other = members("functional.keras")["model.weights.h5"].clone();
    without.insert("model.weights.h5".into(), other);
    write(&path, &without);
    assert_told(load(&path), &path, "dense", "another model's weights");
    fs::write(&path, b"this is no archive").unwrap();
    assert_told(load(&path), &path, "not a zip archive", "text");
    assert_told(load(folder.file("none.keras")), &folder.file("none.keras"), "", "missing");
    assert_told(load(&folder.0), &folder.0, "folder", "a folder");
    // A name that leads outside, which our own writer refuses: it is put in afterwards.
    let mut bytes = Cursor::new(Vec::new());
    encode_archive(&mut bytes, [("aa/evil", b"x".as_slice())], Compression::Stored).unwrap();
    let mut raw = bytes.into_inner();
    for start in 0..raw.len() - 7 {
        if &raw[start..start + 7] == b"aa/evil" {
            raw[start..start + 2].copy_from_slice(b"..");
        }
    }
    fs::write(&path, &raw).unwrap();
    assert_told(load(&path), &path, "lead outside", "traversal");
}

/// A model of models of models, each called many times: more calls than there are bytes.
#[test]
fn models_that_multiply() {
    let folder = Folder::new("multiply");
    let path = folder.file("model.keras");
    let input = |name: &str| {
        json!({"class_name": "InputLayer", "name": name, "inbound_nodes": [],
               "config": {"name": name, "batch_shape": [null, 2]}})
    };
    let tensor = |name: &str, call: usize| json!({"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, 0]}});
    let mut inner = json!({"class_name": "Rescaling", "config": {"name": "inner", "scale": 2.0}});
    for _ in 0..8 {
        inner["name"] = json!("inner");
        let calls: Vec<Value> = (0..20)
            .map(|i| if i == 0 { tensor("x", 0) } else { tensor("inner", i - 1) })
            .map(|tensor| json!({"args": [tensor], "kwargs": {}}))
            .collect();
        inner["inbound_nodes"] = json!(calls);
        let first = (inner["class_name"] == "Functional") as usize;
        inner = json!({"class_name": "Functional", "config": {
            "name": "inner", "layers": [input("x"), inner],
            "input_layers": ["x", 0, 0], "output_layers": ["inner", 19 + first, 0]}});
    }
    let mut members = members("sequential.keras");
    members.insert("config.json".into(), inner.to_string().into_bytes());
    write(&path, &members);
    assert_told(load(&path), &path, "more than 20000 times", "multiplying");
}

/// Changes one place of `json`, the `n`th in order.
fn mutate(json: &mut Value, n: &mut usize, random: &mut Random) {
    if *n == 0 {
        let other = [
            json!(null),
            json!(-1),
            json!(0),
            json!(3),
            json!(1u64 << 40),
            json!(u64::MAX),
            json!(1e300),
            json!(0.5),
            json!(true),
            json!(""),
            json!("Dense"),
            json!("dense"),
            json!([]),
            json!([1, 2]),
            json!({}),
            json!([[[[3]]]]),
        ];
        *json = other[random.below(other.len())].clone();
        *n = usize::MAX;
        return;
    }
    *n -= 1;
    match json {
        Value::Object(fields) => fields.values_mut().for_each(|value| {
            if *n != usize::MAX {
                mutate(value, n, random);
            }
        }),
        Value::Array(values) => values.iter_mut().for_each(|value| {
            if *n != usize::MAX {
                mutate(value, n, random);
            }
        }),
        _ => {}
    }
}

fn places(json: &Value) -> usize {
    1 + match json {
        Value::Object(fields) => fields.values().map(places).sum(),
        Value::Array(values) => values.iter().map(places).sum(),
        _ => 0,
    }
}

#[test]
fn configs_changed_at_random() {
    let folder = Folder::new("mutated");
    let path = folder.file("model.keras");
    let mut random = Random::new(1, 0);
    for i in 0..2000 {
        let name =
            ["functional.keras", "sequential.keras", "nested.keras", "optimizer_schedule.keras"][i % 4];
        let changed = with_config(name, |config| {
            let mut place = random.below(places(config));
            mutate(config, &mut place, &mut random);
        });
        write(&path, &changed);
        if let Err(error) = load(&path) {
            assert_told(Err::<(), _>(error), &path, "", &String::from_utf8_lossy(&changed["config.json"]));
        }
    }
}

#[test]
fn files_changed_at_random() {
    let folder = Folder::new("bits");
    let path = folder.file("model.keras");
    let mut random = Random::new(2, 0);
    let mut pick = |n: usize| random.below(n);
    for i in 0..2000 {
        let name = ["functional.keras", "nested.keras"][i % 2];
        match i % 3 {
            // The archive itself, which checksums guard.
            0 => {
                let mut bytes = fs::read(goldens().join(name)).unwrap();
                let at = pick(bytes.len());
                bytes[at] = bytes[at].wrapping_add(1 + pick(255) as u8);
                fs::write(&path, bytes).unwrap();
            }
            // What is in it, which nothing guards.
            _ => {
                let mut members = members(name);
                let member = ["model.weights.h5", "config.json", "model.weights.h5"][pick(3)];
                let bytes = members.get_mut(member).unwrap();
                for _ in 0..1 + pick(3) {
                    let at = pick(bytes.len());
                    bytes[at] = pick(256) as u8;
                }
                write(&path, &members);
            }
        }
        if let Err(error) = load(&path) {
            assert_told(Err::<(), _>(error), &path, "", name);
        }
    }
}
