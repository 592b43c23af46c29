//! Shapes as Keras writes them, with an open batch axis: `(None, 10)`.

use cornu_graph::Shape;

/// A shape whose first axis is the batch.
pub(crate) fn keras_shape(shape: &Shape) -> String {
    let extents: Vec<Option<usize>> =
        shape.iter().enumerate().map(|(axis, &extent)| (axis > 0).then_some(extent)).collect();
    open_shape(&extents)
}

/// A shape of which `None` stands for any extent.
pub(crate) fn open_shape(extents: &[Option<usize>]) -> String {
    let text = |extent: &Option<usize>| extent.map_or("None".to_string(), |extent| extent.to_string());
    match extents {
        [] => "()".to_string(),
        [one] => format!("({},)", text(one)),
        several => format!("({})", several.iter().map(text).collect::<Vec<_>>().join(", ")),
    }
}
