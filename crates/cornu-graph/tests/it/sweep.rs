//! Every law, for every sample of every operation and function.

use crate::check::{all_samples, batching, call, close, derive, draw, gradient, own_batch, own_grad, report};
use cornu_graph::ops::Sample;
use cornu_graph::philox::Random;
use cornu_graph::{Builder, Graph, Op, evaluate_f64, simplify, verify};

/// Runs a law over all samples.
fn sweep(law: impl Fn(&Sample) -> Result<(), String>) {
    let complaint = |(name, sample): (&str, Sample)| {
        law(&sample).err().map(|message| format!("{name}, {}: {message}", sample.name))
    };
    report(all_samples().into_iter().filter_map(complaint).collect());
}

/// The graph of the call as it is, and with its derivatives where it has some.
fn graphs(sample: &Sample) -> Result<Vec<Graph>, String> {
    let builder = Builder::new();
    let (_, y) = call(sample, &builder, true);
    let mut graphs = vec![builder.build(&[("y", &y)], &[]).map_err(|errors| errors.to_string())?];
    graphs.extend(derive(sample, &own_grad)?.map(|derived| derived.graph));
    Ok(graphs)
}

#[test]
fn every_operation_has_samples() {
    for name in Op::NAMES {
        assert!(Op::samples().iter().any(|(of, _)| of == name), "{name} has no sample");
    }
}

#[test]
fn samples_build_as_they_are() {
    sweep(|sample| {
        let builder = Builder::new();
        let (_, y) = call(sample, &builder, false);
        builder.build(&[("y", &y)], &[]).map(drop).map_err(|errors| errors.to_string())
    });
}

#[test]
fn gradients_agree_with_differences() {
    sweep(|sample| gradient(sample, &own_grad));
}

#[test]
fn batches_agree_with_loops() {
    sweep(|sample| batching(sample, &own_batch, true));
}

#[test]
fn graphs_are_well_formed() {
    sweep(|sample| graphs(sample)?.iter().try_for_each(|graph| verify(graph).map_err(|e| e.to_string())));
}

#[test]
fn text_is_read_back() {
    sweep(|sample| {
        for graph in graphs(sample)? {
            let text = graph.to_string();
            let read = Graph::parse(&text).map_err(|errors| format!("{errors}\n{text}"))?;
            let same = read
                .nodes()
                .iter()
                .zip(graph.nodes())
                .all(|(a, b)| a.op == b.op && a.inputs == b.inputs && a.ty == b.ty && a.label == b.label);
            if !same || read.nodes().len() != graph.nodes().len() || read.to_string() != text {
                return Err(format!("read back as\n{read}from\n{text}"));
            }
        }
        Ok(())
    });
}

#[test]
fn simplifying_changes_no_value_and_costs_nothing() {
    sweep(|sample| {
        let x = draw(sample, &mut Random::new(3, 3), &vec![None; sample.inputs.len()]);
        for graph in graphs(sample)? {
            let simple = simplify(&graph);
            verify(&simple).map_err(|errors| errors.to_string())?;
            if simple.inputs() != graph.inputs() || simple.parameters() != graph.parameters() {
                return Err("the declarations have changed".into());
            }
            // No row has anything left to say, also of nodes that it was not asked about again.
            let again = simplify(&simple).to_string();
            if again != simple.to_string() {
                return Err(format!("simplified again,\n{simple}became\n{again}"));
            }
            let (before, after) = (cost(&graph), cost(&simple));
            if after > before {
                return Err(format!("cost {before} became {after}:\n{graph}became\n{simple}"));
            }
            let values = |graph: &Graph| evaluate_f64(graph, &x, &[]).map_err(|error| error.to_string());
            let (old, new) = (values(&graph)?, values(&simple)?);
            for ((_, a), (_, b)) in graph.outputs().iter().zip(simple.outputs()) {
                close(&new[b.index()].elements, &old[a.index()].elements, 1e-9)
                    .map_err(|message| format!("{message}:\n{graph}became\n{simple}"))?;
            }
        }
        Ok(())
    });
}

/// How many elements the graph's nodes have altogether, given or repeated ones left out.
fn cost(graph: &Graph) -> usize {
    let free = |op: &Op| {
        matches!(
            op,
            Op::Input(_)
                | Op::Parameter(_)
                | Op::Constant(_)
                | Op::Iota(_)
                | Op::Broadcast(_)
                | Op::Reshape(_)
        )
    };
    graph.nodes().iter().filter(|node| !free(&node.op)).map(|node| node.ty.shape.size()).sum()
}

#[test]
fn gradients_stay_on_the_users_line_and_layer() {
    let builder = Builder::new();
    let x = builder.input("x", [3]);
    builder.set_label(Some("dense".into()));
    let y = x.tanh().sum_all();
    let line = line!() - 1;
    builder.set_label(None);
    let gradient = cornu_graph::grad(&y, &[&x]);
    let graph = builder.build(&[("dx", &gradient[0])], &[]).unwrap();
    let product = graph.nodes().iter().find(|node| node.op.name() == "mul").unwrap();
    assert_eq!(product.location.unwrap().line(), line);
    assert_eq!(product.label.as_deref(), Some("dense"));
}
