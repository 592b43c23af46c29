//! The greatest element in each window.

use super::reduce_max::lowest;
use super::*;

/// The greatest element that each [`Window`] sees; NaN where it sees one. Padding is less than any
/// element. `dy` goes to the first of the greatest elements, in row-major order: [`WindowScatter`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowMax {
    /// The window over all axes.
    pub window: Window,
}

impl Tensor {
    /// The greatest element that each window sees; padding is less than any element.
    ///
    /// ```
    /// use cornu_graph::{Array, Builder, evaluate, ops::Window};
    /// let b = Builder::new();
    /// let x = b.input("x", [5]);
    /// let y = x.window_max(Window::new(&[2]).strides(&[2]).padding(&[(0, 1)]));
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let x = Array::from_vec(vec![1f32, 2.0, 4.0, 3.0, -1.0]);
    /// assert_eq!(evaluate(&graph, &[x], &[]).unwrap().outputs[0].to_f64(), [2.0, 4.0, -1.0]);
    /// ```
    #[track_caller]
    pub fn window_max(&self, window: Window) -> Tensor {
        self.unary(WindowMax { window })
    }
}

impl Operation for WindowMax {
    const NAME: &'static str = "window_max";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        self.window.infer(inputs[0])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![Some(rule.x(0).window_scatter(rule.dy, self.window.clone()))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(WindowMax { window: self.window.with_leading() })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let greatest = self.window.greatest(inputs[0], &output.shape).into_iter();
        greatest.map(|place| place.map_or(lowest(output.dtype), |place| inputs[0].elements[place])).collect()
    }

    fn attributes(&self) -> Attributes {
        self.window.attributes()
    }

    fn from_attributes(a: &Attributes) -> Result<WindowMax, String> {
        Ok(WindowMax { window: Window::from_attributes(a)? })
    }

    fn samples() -> Vec<Sample> {
        let range = (-1.0, 2.0);
        vec![
            Sample::new("pairs", &[&[7]], range, |_, x| x[0].window_max(Window::new(&[2]).strides(&[2]))),
            Sample::new("an image", &[&[2, 5, 6, 3]], range, |_, x| {
                let window = Window::new(&[1, 3, 2, 1]).strides(&[1, 2, 1, 1]);
                x[0].window_max(window.padding(&[(0, 0), (1, 0), (0, 1), (0, 0)]))
            }),
            Sample::new("channels first", &[&[2, 3, 5, 5]], range, |_, x| {
                x[0].window_max(Window::new(&[1, 1, 2, 3]).strides(&[1, 1, 2, 2]))
            }),
            Sample::new("dilated", &[&[9, 4]], (-3.0, -1.0), |_, x| {
                let window = Window::new(&[3, 2]).dilations(&[2, 1]).strides(&[3, 1]);
                x[0].window_max(window.padding(&[(2, 1), (0, 1)]))
            }),
            Sample::new("without its ends", &[&[9, 2]], range, |_, x| {
                x[0].window_max(Window::new(&[2, 1]).padding(&[(-2, -1), (0, 0)]))
            }),
            Sample::new("ties", &[&[6, 6]], range, |_, x| x[0].window_max(Window::new(&[2, 3]))).operand(
                0,
                DType::I32,
                (-2.0, 1.0),
            ),
            Sample::new("nothing but padding", &[&[3]], range, |_, x| {
                x[0].window_max(Window::new(&[2]).padding(&[(3, 2)]))
            })
            .not_differentiable(),
        ]
    }
}
