//! Small models as Keras serializes them, against what Keras computes with them.

use crate::golden;
use cornu::arguments::{Arguments, Masked};
use cornu::layers::AnyLayer;
use cornu::scope::{Mode, Scope};
use cornu::variables::Variables;
use cornu::{Array, DType, Model};
use cornu_graph::{Tensor, Type, evaluate, grad};
use serde_json::{Value, json};
use std::path::Path;

/// All cases of all families, with the family's name.
pub fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens/parity");
    let mut families: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".json").map(String::from))
        .filter(|family| family != "names")
        .collect();
    families.sort();
    let of_family = |family: String| {
        let golden = golden::read(&format!("parity/{family}.json"));
        golden::list(&golden, "cases").iter().map(|case| (family.clone(), case.clone())).collect::<Vec<_>>()
    };
    families.into_iter().flat_map(of_family).collect()
}

fn arrays(case: &Value, key: &str) -> Vec<Array> {
    golden::list(case, key).iter().map(golden::array).collect()
}

/// The configs of all layers, of models within the model too.
fn configs(model: &Value) -> Vec<&Value> {
    let layers = model["config"]["layers"].as_array().unwrap();
    layers
        .iter()
        .flat_map(|layer| match layer["config"].get("layers") {
            Some(_) => configs(layer),
            None => vec![layer],
        })
        .collect()
}

/// What a case of a family shows to be wrong; nothing if all is well.
pub fn check(case: &Value) -> Result<(), String> {
    let text = case["model"].to_string();
    let mut model = Model::from_json(&text).map_err(|error| format!("loading: {error}"))?;
    let written: Value = serde_json::from_str(&model.to_json()).unwrap();
    for (ours, keras) in configs(&written).into_iter().zip(configs(&case["model"])) {
        // The operation of a layer's name is read as the layer.
        let renamed = keras["module"] != "keras.layers" && ours["module"] == "keras.layers";
        if !renamed && !golden::agrees(&ours["config"], &keras["config"]) {
            return Err(format!("config: {} and Keras's {}", ours["config"], keras["config"]));
        }
        if ours["inbound_nodes"] != Value::Null && ours["inbound_nodes"] != keras["inbound_nodes"] {
            let same = |a: &Value, b: &Value| golden::calls_agree(a, b);
            if !same(&ours["inbound_nodes"], &keras["inbound_nodes"]) {
                let (ours, keras) = (&ours["inbound_nodes"], &keras["inbound_nodes"]);
                return Err(format!("calls: {ours} and Keras's {keras}"));
            }
        }
    }
    let again = Model::from_json(&model.to_json()).map_err(|error| format!("loading again: {error}"))?;
    if again.to_json() != model.to_json() {
        return Err("the config does not go there and back".into());
    }
    let shapes = json!(model.output_shapes());
    if shapes != case["output_shapes"] {
        return Err(format!("output shapes {shapes}, Keras has {}", case["output_shapes"]));
    }
    let paths: Vec<&str> = model.weights().map(|(path, _)| path).collect();
    let keras: Vec<&str> =
        golden::list(case, "weights").iter().map(|weight| weight["path"].as_str().unwrap()).collect();
    if paths != keras {
        return Err(format!("weights {paths:?}, Keras has {keras:?}"));
    }
    let weights: Vec<Array> =
        golden::list(case, "weights").iter().map(|weight| golden::array(&weight["value"])).collect();
    model.set_weights(&weights).map_err(|error| error.to_string())?;
    let inputs = arrays(case, "inputs");
    let tolerance = case["tolerance"].as_f64().unwrap_or(1e-5);
    let outputs = model.predict_on_batch(&inputs).map_err(|error| format!("running: {error}"))?;
    for (i, (ours, keras)) in outputs.iter().zip(arrays(case, "outputs")).enumerate() {
        golden::close(ours, &keras, tolerance).map_err(|what| format!("output {i}: {what}"))?;
    }
    in_f64(case, &model, &inputs, tolerance)
}

/// Gradients and updates as the reference gives them.
fn in_f64(case: &Value, model: &Model, inputs: &[Array], tolerance: f64) -> Result<(), String> {
    let layer = AnyLayer::from(model.clone());
    let mut variables = Variables::new(0);
    let mut scope = Scope::new(Mode::Predict, &mut variables);
    let b = scope.builder().clone();
    let symbols: Vec<Tensor> = (inputs.iter().enumerate())
        .map(|(i, x)| b.input_of(&format!("x{i}"), Type::new(x.shape(), x.dtype())))
        .collect();
    let arguments = Arguments::list(symbols.iter().cloned().map(Masked::from));
    let outputs: Vec<Tensor> =
        scope.call("model", &layer, arguments).into_iter().map(|output| output.tensor).collect();
    let path = |index: usize| scope.variables().list()[index].path.clone();
    let numbers: Vec<usize> = (golden::list(case, "trainable").iter())
        .map(|path| scope.variables().index(&format!("model/{}", path.as_str().unwrap())).unwrap())
        .collect();
    let mut results: Vec<Tensor> = outputs.clone();
    let has_gradients = case.get("cotangents").is_some();
    let floats: Vec<&Tensor> = symbols.iter().filter(|x| x.dtype().is_float()).collect();
    if has_gradients {
        let mut loss = b.scalar(0.0, DType::F64);
        for (y, c) in outputs.iter().zip(arrays(case, "cotangents")) {
            loss = loss + (y.cast(DType::F64) * b.constant(&c).cast(DType::F64)).sum_all();
        }
        let weights: Vec<Tensor> = numbers.iter().map(|&index| scope.parameters()[index].clone()).collect();
        results.extend(grad(&loss, &floats.iter().copied().chain(&weights).collect::<Vec<_>>()));
    }
    let updates: Vec<(&Tensor, &Tensor)> =
        scope.updates().iter().map(|(index, value)| (&scope.parameters()[*index], value)).collect();
    let named: Vec<(&str, &Tensor)> = results.iter().map(|tensor| ("", tensor)).collect();
    let graph = b.build(&named, &updates).map_err(|errors| errors.to_string())?;
    let all: Vec<String> = (0..scope.variables().list().len()).map(path).collect();
    let mut values = scope.variables().values().to_vec();
    for (path, value) in model.weights() {
        let index = all.iter().position(|known| *known == format!("model/{path}")).unwrap();
        values[index] = value.clone();
    }
    let run = evaluate(&graph, inputs, &values).map_err(|error| error.to_string())?;
    for (i, (ours, keras)) in run.outputs.iter().zip(arrays(case, "outputs")).enumerate() {
        golden::close(ours, &keras, tolerance).map_err(|what| format!("output {i} in f64: {what}"))?;
    }
    if has_gradients {
        let gradients = &run.outputs[outputs.len()..];
        let (of_inputs, of_weights) = gradients.split_at(floats.len());
        for (what, ours, key) in
            [("input", of_inputs, "input_gradients"), ("weight", of_weights, "weight_gradients")]
        {
            for (i, (ours, keras)) in ours.iter().zip(arrays(case, key)).enumerate() {
                golden::close(ours, &keras, 5.0 * tolerance)
                    .map_err(|error| format!("gradient of {what} {i}: {error}"))?;
            }
        }
    }
    for (path, keras) in case["after"].as_object().into_iter().flatten() {
        let index = all.iter().position(|known| *known == format!("model/{path}"));
        let index = index.ok_or_else(|| format!("there is no {path}"))?;
        golden::close(&run.parameters[index], &golden::array(keras), tolerance)
            .map_err(|what| format!("{path} after the call: {what}"))?;
    }
    Ok(())
}

#[test]
fn agrees_with_keras() {
    let chosen = std::env::var("CASE").unwrap_or_default();
    let wrong: Vec<String> = cases()
        .iter()
        .filter(|(family, case)| format!("{family}: {}", case["name"]).contains(&chosen))
        .filter_map(|(family, case)| {
            check(case).err().map(|error| format!("{family}: {} {}: {error}", case["covers"], case["name"]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} cases differ\n{}", wrong.len(), wrong.join("\n"));
}
