//! Rewrites before and after, as text.

use cornu_graph::{Array, Builder, DType, Graph, Shape, Tensor, evaluate, simplify};

/// Simplifies a graph of one input `x` (`%0`) and checks what its nodes become.
fn becomes(ty: &str, nodes: &str, expected: &str) {
    let text = |nodes: &str| {
        let lines: Vec<&str> = nodes.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines.len();
        let mut text = format!("input \"x\" : {ty}\n%0 = input {{index=0}} : {ty}\n");
        for line in lines {
            text += &format!("{line}\n");
        }
        text + &format!("output \"y\" = %{last}\n")
    };
    let before = Graph::parse(&text(nodes)).unwrap_or_else(|errors| panic!("{errors}\n{}", text(nodes)));
    assert_eq!(simplify(&before).to_string(), text(expected), "{before}");
}

/// `%1 = number`, `%2 = repeated`, then the node.
fn with_number(number: &str, node: &str) -> String {
    format!("%1 = constant {{values=[{number}]}} : f32[]\n%2 = broadcast(%1) : f32[3]\n%3 = {node} : f32[3]")
}

#[test]
fn neutral_numbers_go() {
    for (number, node) in [
        ("0.0", "add(%0, %2)"),
        ("0.0", "add(%2, %0)"),
        ("0.0", "sub(%0, %2)"),
        ("1.0", "mul(%0, %2)"),
        ("1.0", "mul(%2, %0)"),
        ("1.0", "div(%0, %2)"),
        ("1.0", "pow(%0, %2)"),
    ] {
        becomes("f32[3]", &with_number(number, node), "");
    }
}

#[test]
fn numbers_that_mean_something_simpler() {
    becomes("f32[3]", &with_number("0.0", "sub(%2, %0)"), "%1 = neg(%0) : f32[3]");
    becomes("f32[3]", &with_number("-1.0", "mul(%0, %2)"), "%1 = neg(%0) : f32[3]");
    becomes("f32[3]", &with_number("2.0", "pow(%0, %2)"), "%1 = mul(%0, %0) : f32[3]");
    becomes("f32[3]", &with_number("0.5", "pow(%0, %2)"), "%1 = sqrt(%0) : f32[3]");
    becomes("f32[3]", &with_number("4.0", "div(%0, %2)"), &with_number("0.25", "mul(%0, %2)"));
    // A third is no number of f32: the division stays.
    becomes("f32[3]", &with_number("3.0", "div(%0, %2)"), &with_number("3.0", "div(%0, %2)"));
    becomes("f32[3]", &with_number("0.0", "mul(%0, %2)"), &with_number("0.0", "mul(%0, %2)"));
    becomes(
        "i32[3]",
        "%1 = constant {values=[0]} : i32[]
         %2 = broadcast(%1) : i32[3]
         %3 = mul(%0, %2) : i32[3]
         %4 = add(%3, %0) : i32[3]",
        "",
    );
}

#[test]
fn signs_meet() {
    becomes("f32[3]", "%1 = neg(%0) : f32[3]\n%2 = neg(%1) : f32[3]", "");
    becomes("f32[3]", "%1 = neg(%0) : f32[3]\n%2 = abs(%1) : f32[3]", "%1 = abs(%0) : f32[3]");
    becomes(
        "f32[3]",
        "%1 = exp(%0) : f32[3]
         %2 = neg(%1) : f32[3]
         %3 = add(%0, %2) : f32[3]",
        "%1 = exp(%0) : f32[3]
         %2 = sub(%0, %1) : f32[3]",
    );
    becomes(
        "f32[3]",
        "%1 = exp(%0) : f32[3]
         %2 = sub(%0, %1) : f32[3]
         %3 = neg(%2) : f32[3]",
        "%1 = exp(%0) : f32[3]
         %2 = sub(%1, %0) : f32[3]",
    );
}

#[test]
fn numbers_fold() {
    becomes(
        "f32[3]",
        "%1 = constant {values=[2.0]} : f32[]
         %2 = constant {values=[3.0]} : f32[]
         %3 = add(%1, %2) : f32[]
         %4 = exp(%3) : f32[]
         %5 = broadcast(%4) : f32[3]
         %6 = mul(%0, %5) : f32[3]",
        "%1 = constant {values=[148.41316]} : f32[]
         %2 = broadcast(%1) : f32[3]
         %3 = mul(%0, %2) : f32[3]",
    );
    // Repeated numbers meet before they are repeated.
    becomes(
        "f32[3]",
        "%1 = constant {values=[2.0]} : f32[]
         %2 = broadcast(%1) : f32[3]
         %3 = mul(%0, %2) : f32[3]
         %4 = mul(%3, %2) : f32[3]",
        &with_number("4.0", "mul(%0, %2)"),
    );
    becomes(
        "f32[3]",
        "%1 = constant {values=[2.0, 2.0, 2.0]} : f32[3]
         %2 = mul(%1, %1) : f32[3]
         %3 = mul(%0, %2) : f32[3]",
        &with_number("4.0", "mul(%0, %2)"),
    );
    // The product of the two would be zero.
    becomes(
        "f32[]",
        "%1 = constant {values=[1e-30]} : f32[]
         %2 = mul(%0, %1) : f32[]
         %3 = mul(%2, %1) : f32[]",
        "%1 = constant {values=[1e-30]} : f32[]
         %2 = mul(%0, %1) : f32[]
         %3 = mul(%2, %1) : f32[]",
    );
}

#[test]
fn work_on_a_repeated_scalar_is_done_once() {
    becomes(
        "f32[]",
        "%1 = broadcast(%0) : f32[2, 3]
         %2 = tanh(%1) : f32[2, 3]
         %3 = reshape(%2) : f32[6]",
        "%1 = tanh(%0) : f32[]
         %2 = broadcast(%1) : f32[6]",
    );
    becomes(
        "f32[]",
        "%1 = broadcast(%0) : f32[2, 3]
         %2 = sum(%1) {axes=[1]} : f32[2]",
        "%1 = constant {values=[3.0]} : f32[]
         %2 = mul(%0, %1) : f32[]
         %3 = broadcast(%2) : f32[2]",
    );
}

#[test]
fn parts_among_zeros_are_joined() {
    // What the gradients of four slices add up to, in whatever order; a gap stays.
    let b = Builder::new();
    let (x, y) = (b.input("x", [2, 3]), b.input("y", [2, 1]));
    let pad = |x: &Tensor, low: usize, high: usize| x.pad(&[(0, 0, 0), (low, high, 0)], 0.0);
    let sum = pad(&x, 5, 2) + pad(&y, 0, 9) + (pad(&x, 2, 5) + pad(&y, 9, 0));
    let graph = simplify(&b.build(&[("sum", &sum)], &[]).unwrap());
    let names: Vec<&str> = graph.nodes().iter().map(|node| node.op.name()).collect();
    assert_eq!(names.iter().filter(|name| ["pad", "add"].contains(name)).count(), 0, "{graph}");
    assert_eq!(names.iter().filter(|name| **name == "concat").count(), 1, "{graph}");
    let given = [
        Array::new([2, 3], (1..7).map(|i| i as f32).collect()).unwrap(),
        Array::new([2, 1], vec![8f32, 9.0]).unwrap(),
    ];
    let sum = evaluate(&graph, &given, &[]).unwrap().outputs[0].to_f64();
    assert_eq!(sum[..10], [8., 0., 1., 2., 3., 1., 2., 3., 0., 8.]);
    // Parts that overlap are still added.
    let graph = simplify(&b.build(&[("sum", &(pad(&x, 1, 0) + pad(&x, 0, 1)))], &[]).unwrap());
    assert!(graph.nodes().iter().any(|node| node.op.name() == "add"), "{graph}");
}

#[test]
fn rearrangements_meet() {
    let ty = "f32[2, 3, 4]";
    becomes(ty, "%1 = reshape(%0) : f32[24]\n%2 = reshape(%1) : f32[6, 4]", "%1 = reshape(%0) : f32[6, 4]");
    becomes(ty, "%1 = reshape(%0) : f32[24]\n%2 = reshape(%1) : f32[2, 3, 4]", "");
    becomes(
        ty,
        "%1 = transpose(%0) {axes=[1, 2, 0]} : f32[3, 4, 2]
         %2 = transpose(%1) {axes=[1, 0, 2]} : f32[4, 3, 2]",
        "%1 = transpose(%0) {axes=[2, 1, 0]} : f32[4, 3, 2]",
    );
    becomes(
        ty,
        "%1 = transpose(%0) {axes=[1, 2, 0]} : f32[3, 4, 2]
         %2 = transpose(%1) {axes=[2, 0, 1]} : f32[2, 3, 4]",
        "",
    );
    becomes("f32[1, 3]", "%1 = transpose(%0) {axes=[1, 0]} : f32[3, 1]", "%1 = reshape(%0) : f32[3, 1]");
    becomes(
        "f32[3]",
        "%1 = broadcast(%0) : f32[2, 3]\n%2 = broadcast(%1) : f32[4, 2, 3]",
        "%1 = broadcast(%0) : f32[4, 2, 3]",
    );
    becomes("f32[3]", "%1 = broadcast(%0) : f32[1, 3]", "%1 = reshape(%0) : f32[1, 3]");
    becomes("f32[3]", "%1 = broadcast(%0) : f32[3]", "");
    becomes(ty, "%1 = slice(%0) {starts=[0, 0, 0], stops=[2, 3, 4], steps=[1, 1, 1]} : f32[2, 3, 4]", "");
    becomes(ty, "%1 = reverse(%0) {axes=[0]} : f32[2, 3, 4]\n%2 = reverse(%1) {axes=[0]} : f32[2, 3, 4]", "");
    becomes("f32[3]", "%1 = concat(%0) {axis=0} : f32[3]", "");
    becomes(
        "f32[3]",
        "%1 = constant {values=[5.0]} : f32[]
         %2 = pad(%0, %1) {low=[0], high=[0], interior=[0]} : f32[3]",
        "",
    );
    becomes("f32[3]", "%1 = sum(%0) {axes=[]} : f32[3]", "");
    becomes("f32[3, 1]", "%1 = reduce_max(%0) {axes=[1]} : f32[3]", "%1 = reshape(%0) : f32[3]");
}

#[test]
fn what_is_the_same_along_a_sum_is_taken_out() {
    becomes(
        "f32[2, 3]",
        "%1 = sum(%0) {axes=[0]} : f32[3]
         %2 = broadcast(%1) : f32[2, 3]
         %3 = exp(%0) : f32[2, 3]
         %4 = mul(%3, %2) : f32[2, 3]
         %5 = neg(%4) : f32[2, 3]
         %6 = sum(%5) {axes=[0]} : f32[3]",
        "%1 = sum(%0) {axes=[0]} : f32[3]
         %2 = exp(%0) : f32[2, 3]
         %3 = sum(%2) {axes=[0]} : f32[3]
         %4 = mul(%3, %1) : f32[3]
         %5 = neg(%4) : f32[3]",
    );
    // Along the other axis it is not.
    let kept = "%1 = sum(%0) {axes=[0]} : f32[3]
         %2 = broadcast(%1) : f32[2, 3]
         %3 = mul(%2, %0) : f32[2, 3]
         %4 = sum(%3) {axes=[1]} : f32[2]";
    becomes("f32[2, 3]", kept, kept);
}

#[test]
fn casts_and_choices() {
    becomes("f32[3]", "%1 = cast(%0) : f64[3]\n%2 = cast(%1) : f32[3]", "");
    becomes("u8[3]", "%1 = cast(%0) : i32[3]\n%2 = cast(%1) : f32[3]", "%1 = cast(%0) : f32[3]");
    // Digits are lost on the way: both casts stay.
    let lossy = "%1 = cast(%0) : bf16[3]\n%2 = cast(%1) : f32[3]";
    becomes("f32[3]", lossy, lossy);
    becomes("f32[3]", "%1 = stop_gradient(%0) : f32[3]", "");
    becomes("f32[3]", "%1 = maximum(%0, %0) : f32[3]", "");
    becomes("bool[3]", "%1 = select(%0, %0, %0) : bool[3]", "");
    becomes(
        "bool[3]",
        "%1 = constant {values=[0]} : bool[]
         %2 = broadcast(%1) : bool[3]
         %3 = equal(%0, %2) : bool[3]
         %4 = equal(%3, %2) : bool[3]",
        "",
    );
    becomes(
        "f32[3]",
        "%1 = constant {values=[1]} : bool[]
         %2 = broadcast(%1) : bool[3]
         %3 = exp(%0) : f32[3]
         %4 = select(%2, %0, %3) : f32[3]",
        "",
    );
}

#[test]
fn equal_work_is_done_once_and_declarations_stay() {
    let text = "\
input \"unused\" : f32[7]
input \"x\" : f32[3]
parameter \"w\" : f32[3]
%0 = input {index=1} : f32[3]
%1 = parameter {index=0} : f32[3]
%2 = exp(%0) : f32[3]
%3 = exp(%0) : f32[3]
%4 = add(%2, %3) : f32[3]
%5 = sub(%1, %4) : f32[3] in \"dense\"
output \"y\" = %4
update 0 = %5
";
    let expected = "\
input \"unused\" : f32[7]
input \"x\" : f32[3]
parameter \"w\" : f32[3]
%0 = input {index=1} : f32[3]
%1 = parameter {index=0} : f32[3]
%2 = exp(%0) : f32[3]
%3 = add(%2, %2) : f32[3]
%4 = sub(%1, %3) : f32[3] in \"dense\"
output \"y\" = %3
update 0 = %4
";
    assert_eq!(simplify(&Graph::parse(text).unwrap()).to_string(), expected);
}

#[test]
fn indices_are_rearranged_instead_of_what_they_find() {
    let b = Builder::new();
    let (x, updates) = (b.input("x", [2, 5, 3]), b.input("updates", [3, 4, 6, 2]));
    let indices = b.iota([6, 4], 0, DType::I64) - b.iota([6, 4], 1, DType::I64) * b.scalar(2.0, DType::I64);
    let found = x.gather(&indices, 1).transpose(&[0, 2, 1, 3]);
    let added = b.zeros([3, 5, 2], DType::F32);
    let added = added.scatter_add(&indices, &updates.transpose(&[0, 2, 1, 3]), 1);
    // Here other axes move as well.
    let other = x.gather(&indices, 1).transpose(&[3, 2, 1, 0]);
    let before = b.build(&[("found", &found), ("added", &added), ("other", &other)], &[]).unwrap();
    let after = simplify(&before);
    for node in after.nodes().iter().filter(|node| node.op.name() == "transpose") {
        let of = after.node(node.inputs[0]);
        assert!(of.ty.dtype == DType::I64 || node.ty.shape == Shape::from([3, 4, 6, 2]), "{after}");
    }
    let numbers = |n: usize| (0..n).map(|i| (i * 7 % 11) as f32).collect();
    let given =
        [Array::new([2, 5, 3], numbers(30)), Array::new([3, 4, 6, 2], numbers(144))].map(Result::unwrap);
    let outputs = |graph: &Graph| evaluate(graph, &given, &[]).unwrap().outputs;
    for (a, b) in outputs(&before).iter().zip(outputs(&after)) {
        assert_eq!(a.to_f64(), b.to_f64(), "{after}");
    }
}
