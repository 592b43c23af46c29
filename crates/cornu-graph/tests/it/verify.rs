//! Graphs that are not well formed: all mistakes told together.

use cornu_graph::Graph;

#[test]
fn all_mistakes_are_told() {
    let text = "\
input \"x\" : f32[3]
parameter \"w\" : f32[2]
%0 = input {index=0} : f32[4]
%1 = input {index=5} : f32[3]
%2 = parameter {index=0} : f32[2]
%3 = exp(%9) : f32[2]
%4 = sum(%2) {axes=[7]} : f32[]
%5 = add(%0, %1) : f32[99]
%6 = exp(%2) : f64[2]
%7 = neg(%2) : f32[2]
%8 = iota {axis=0} : i64[4611686018427387904]
%9 = sum(%2) {axes=[0]} : f32[]
output \"y\" = %77
update 0 = %9
update 0 = %7
update 3 = %7
";
    let expected = "\
%0 = input: input `x` is f32[3], not f32[4]
%1 = input: there is no input 5
%3 = exp: operand %9 does not come before it
%4 = sum: shape [2] has no axis 7
%6 = exp: it is said to be f64[2], but is f32[2]
%8 = iota: i64[4611686018427387904] would not fit in memory
output `y` is %77, but there are 10 nodes
parameter `w` is f32[2], its update is f32[]
parameter `w` is updated twice
there is no parameter 3 to update";
    assert_eq!(Graph::parse(text).unwrap_err().to_string(), expected);
}
