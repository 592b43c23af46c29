//! Sums over windows.

use super::window::length;
use super::*;

/// The sum of what each [`Window`] sees; padding counts as zero. `dx` is the sum, over windows that
/// walk the other way, of `dy` with zeros between its elements where windows leap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowSum {
    /// The window over all axes.
    pub window: Window,
}

impl Tensor {
    /// The sum of what each window sees; padding counts as zero.
    ///
    /// ```
    /// use cornu_graph::{Array, Builder, evaluate, ops::Window};
    /// let b = Builder::new();
    /// let x = b.input("x", [4]);
    /// let y = x.window_sum(Window::new(&[3]).padding(&[(1, 0)]));
    /// let graph = b.build(&[("y", &y)], &[]).unwrap();
    /// let x = Array::from_vec(vec![1f32, 2.0, 3.0, 4.0]);
    /// assert_eq!(evaluate(&graph, &[x], &[]).unwrap().outputs[0].to_f64(), [3.0, 6.0, 9.0]);
    /// ```
    #[track_caller]
    pub fn window_sum(&self, window: Window) -> Tensor {
        self.unary(WindowSum { window })
    }
}

impl Operation for WindowSum {
    const NAME: &'static str = "window_sum";

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        self.window.infer(inputs[0])
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        let Window { size, stride, dilation, low, .. } = &self.window;
        let (x, y) = (rule.x(0).shape(), rule.y.shape());
        if x.size() == 0 || y.size() == 0 {
            return vec![Some(rule.x(0).full_like(0.0))];
        }
        let between: Vec<_> = stride.iter().map(|stride| (0, 0, stride - 1)).collect();
        let padding: Vec<(i64, i64)> = (0..x.rank())
            .map(|axis| {
                let reach = length(size[axis], dilation[axis]) - 1;
                let before = reach - low[axis];
                (before, x[axis] as i64 + reach - before - length(y[axis], stride[axis]))
            })
            .collect();
        let window = Window::new(size).dilations(dilation).padding(&padding);
        let apart = if stride.iter().all(|&stride| stride == 1) {
            rule.dy.clone()
        } else {
            rule.dy.pad(&between, 0.0)
        };
        vec![Some(apart.window_sum(window))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(WindowSum { window: self.window.with_leading() })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let mut y = vec![0.0; output.shape.size()];
        self.window.each(&inputs[0].ty.shape, &output.shape, |i, j| y[i] += inputs[0].elements[j]);
        y
    }

    fn attributes(&self) -> Attributes {
        self.window.attributes()
    }

    fn from_attributes(a: &Attributes) -> Result<WindowSum, String> {
        Ok(WindowSum { window: Window::from_attributes(a)? })
    }

    fn samples() -> Vec<Sample> {
        let range = (-1.0, 2.0);
        vec![
            Sample::new("pairs", &[&[7]], range, |_, x| x[0].window_sum(Window::new(&[2]).strides(&[2]))),
            Sample::new("an image", &[&[2, 5, 6, 3]], range, |_, x| {
                let window = Window::new(&[1, 3, 2, 1]).strides(&[1, 2, 1, 1]);
                x[0].window_sum(window.padding(&[(0, 0), (1, 0), (0, 1), (0, 0)]))
            }),
            Sample::new("channels first", &[&[2, 3, 5, 5]], range, |_, x| {
                x[0].window_sum(Window::new(&[1, 1, 2, 3]).strides(&[1, 1, 2, 2]))
            }),
            Sample::new("dilated", &[&[9, 4]], range, |_, x| {
                let window = Window::new(&[3, 2]).dilations(&[2, 1]).strides(&[3, 1]);
                x[0].window_sum(window.padding(&[(2, 1), (0, 2)]))
            }),
            Sample::new("without its ends", &[&[9, 2]], range, |_, x| {
                x[0].window_sum(Window::new(&[2, 1]).padding(&[(-2, -1), (0, 0)]))
            }),
            Sample::new("i32", &[&[4, 5]], range, |_, x| x[0].window_sum(Window::new(&[2, 3]))).operand(
                0,
                DType::I32,
                (-5.0, 9.0),
            ),
        ]
    }
}
