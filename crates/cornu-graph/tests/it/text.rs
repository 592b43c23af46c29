//! Text that is no graph: told by its line, and never a panic.

use crate::check::{all_samples, call, derive, own_grad};
use cornu_graph::philox::Random;
use cornu_graph::{Array, Builder, Declaration, Graph, batch, evaluate, simplify, verify};

fn refused(text: &str, expected: &str) {
    match Graph::parse(text) {
        Ok(graph) => panic!("accepted as\n{graph}"),
        Err(errors) => assert_eq!(errors.to_string(), expected, "{text}"),
    }
}

#[test]
fn mistakes_are_told_by_their_line() {
    let x = "input \"x\" : f32[3]\n\n# a comment\n%0 = input {index=0} : f32[3]\n";
    refused("nonsense", "line 1: expected a node, input, parameter, output or update, got `nonsense`");
    refused("input x : f32[3]", "line 1: expected a name in quotes, got `x : f32[3]`");
    refused("input \"x : f32[3]", "line 1: a name in quotes does not end");
    refused("input \"x\" f32[3]", "line 1: expected `:`, got `f32[3]`");
    refused("input \"x\" : f99[3]", "line 1: there is no dtype `f99`");
    refused("input \"x\" : f32[3", "line 1: expected `,`, got the end of the line");
    refused("input \"x\" : f32[-3]", "line 1: `-3` is no extent");
    refused(&format!("{x}%2 = exp(%0) : f32[3]"), "line 5: the next node is %1, not %2");
    refused(&format!("{x}%1 = exq(%0) : f32[3]"), "line 5: there is no operation `exq`");
    refused(&format!("{x}%1 = sum(%0) : f32[]"), "line 5: attribute `axes` is missing");
    refused(&format!("{x}%1 = exp(%0) : f32[3] and"), "line 5: expected the end of the line, got `and`");
    refused(
        &format!("{x}%1 = sum(%0) {{axes=[0.5]}} : f32[]"),
        "line 5: attribute `axes` is no list of whole numbers",
    );
    refused(
        &format!("{x}%1 = cast(%0) {{dtype=i8}} : f32[3]"),
        "%1 = cast: it is said to be f32[3], but is i8[3]",
    );
    refused(&format!("{x}output \"y\" = 0"), "line 5: expected a node such as %0, got `0`");
    // What reads well may still not be a graph.
    refused(&format!("{x}%1 = exp() : f32[3]"), "%1 = exp: it takes 1 operands, got 0");
    refused(&format!("{x}%1 = exp(%1) : f32[3]"), "%1 = exp: operand %1 does not come before it");
    refused(&format!("{x}%1 = exp(%0) : f32[4]"), "%1 = exp: it is said to be f32[4], but is f32[3]");
    refused(&format!("{x}output \"y\" = %7"), "output `y` is %7, but there are 1 nodes");
}

#[test]
fn names_of_any_kind_are_read_back() {
    let builder = Builder::new();
    let x = builder.input("a \"quoted\"\n\tname \\ with é, 漢 and \u{1}", [2]);
    builder.set_label(Some("block/dense \"1\"".into()));
    let y = x.exp();
    let graph = builder.build(&[("", &y)], &[]).unwrap();
    let read = Graph::parse(&graph.to_string()).unwrap();
    assert_eq!(read.to_string(), graph.to_string());
    assert_eq!(read.inputs(), graph.inputs());
    assert_eq!(read.nodes()[1].label, graph.nodes()[1].label);
}

#[test]
fn numbers_of_any_kind_are_read_back() {
    use cornu_graph::DType;
    let values = [0.1, -0.0, 1e-45, 3.4e38, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1.0 / 3.0, 7.0];
    for dtype in DType::ALL {
        let builder = Builder::new();
        let array = Array::from_f64([values.len()], dtype, &values).unwrap();
        let graph = builder.build(&[("c", &builder.constant(&array))], &[]).unwrap();
        let read = Graph::parse(&graph.to_string()).unwrap();
        assert!(read.nodes()[0].op == graph.nodes()[0].op, "{dtype}: {graph}{read}");
    }
}

/// Evaluates, simplifies and batches a graph, whatever it computes; none of it may panic.
fn use_in_every_way(graph: &Graph) {
    if graph.nodes().iter().map(|node| node.ty.shape.size()).sum::<usize>() > 5000 {
        return;
    }
    let zeros = |declarations: &[Declaration]| -> Vec<Array> {
        let few = |d: &Declaration| d.ty.shape.size() <= 5000;
        declarations.iter().filter(|d| few(d)).map(|d| Array::zeros(&d.ty.shape, d.ty.dtype)).collect()
    };
    // Inputs that no node names may be of any size; leaving them out is an error, not a panic.
    let _ = evaluate(graph, &zeros(graph.inputs()), &zeros(graph.parameters()));
    verify(&simplify(graph)).unwrap();
    if let Ok(many) = batch(graph, 2, &vec![true; graph.inputs().len()]) {
        verify(&many).unwrap();
    }
}

/// Changes a graph's text at random; whatever comes out is read or refused.
#[test]
fn changed_text_never_panics() {
    let mut random = Random::new(9, 0);
    let texts: Vec<String> = all_samples()
        .iter()
        .flat_map(|(_, sample)| {
            let builder = Builder::new();
            let (_, y) = call(sample, &builder, false);
            let plain = builder.build(&[("y", &y)], &[]).ok();
            let derived = derive(sample, &own_grad).ok().flatten().map(|derived| derived.graph);
            plain.into_iter().chain(derived).map(|graph| graph.to_string()).collect::<Vec<_>>()
        })
        .collect();
    const PIECES: &[&str] = &[
        "%",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "=",
        ":",
        "\"",
        "\\",
        "\\u{",
        "-",
        ".",
        "0",
        "1",
        "9",
        "é",
        "18446744073709551615",
        "4611686018427387904",
        "%4294967295",
        "NaN",
        "inf",
        "f32",
        "bool",
        "in ",
        "axes=[0, 0]",
        "\n",
        "update 0 = %1\n",
        "",
    ];
    let mut accepted = 0;
    for _ in 0..30_000 {
        let mut text = texts[random.below(texts.len())].clone();
        for _ in 0..1 + random.below(3) {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            if places.is_empty() {
                break;
            }
            let start = random.below(places.len());
            let end = (start + random.below(4)).min(places.len() - 1);
            let piece = PIECES[random.below(PIECES.len())];
            text.replace_range(places[start]..places[end], piece);
        }
        if let Ok(graph) = Graph::parse(&text) {
            accepted += 1;
            use_in_every_way(&graph);
        }
    }
    // Some changes leave a graph: the test reaches beyond the reader, to the verifier and inference.
    assert!(accepted > 300, "{accepted}");
}
