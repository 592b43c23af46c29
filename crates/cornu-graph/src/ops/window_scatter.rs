//! Elements added where each window's greatest element is.

use super::*;

/// Zeros of the shape of `x`, the first operand, to which each [`Window`]'s element of the second is
/// added at the place of the first of the greatest elements that the window sees in `x`; where
/// windows share a place, in their order.
///
/// The second operand has an element for each window, and gets what `dy` has at those places
/// ([`WindowSelect`]); `x` itself only says where, and gets nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowScatter {
    /// The window over all axes.
    pub window: Window,
}

impl Tensor {
    /// Zeros to which each window's element of `other` is added at the place of the greatest element
    /// that the window sees in this tensor.
    #[track_caller]
    pub fn window_scatter(&self, other: &Tensor, window: Window) -> Tensor {
        self.builder().push(WindowScatter { window }, &[self, other])
    }
}

impl Operation for WindowScatter {
    const NAME: &'static str = "window_scatter";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        let (x, other) = (inputs[0], inputs[1]);
        let windows = self.window.infer(x)?;
        match windows == *other {
            true => Ok(x.clone()),
            false => Err(format!("the windows over {x} make {windows}, got {other}")),
        }
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![None, Some(rule.x(0).window_select(rule.dy, self.window.clone()))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(WindowScatter { window: self.window.with_leading() })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let mut y = vec![0.0; output.shape.size()];
        let greatest = self.window.greatest(inputs[0], &inputs[1].ty.shape);
        for (place, x) in greatest.into_iter().zip(&inputs[1].elements) {
            if let Some(place) = place {
                y[place] += x;
            }
        }
        y
    }

    fn attributes(&self) -> Attributes {
        self.window.attributes()
    }

    fn from_attributes(a: &Attributes) -> Result<WindowScatter, String> {
        Ok(WindowScatter { window: Window::from_attributes(a)? })
    }

    fn samples() -> Vec<Sample> {
        let range = (-1.0, 2.0);
        vec![
            Sample::new("pairs", &[&[7], &[3]], range, |_, x| {
                x[0].window_scatter(&x[1], Window::new(&[2]).strides(&[2]))
            }),
            Sample::new("an image", &[&[2, 5, 6, 3], &[2, 2, 6, 3]], range, |_, x| {
                let window = Window::new(&[1, 3, 2, 1]).strides(&[1, 2, 1, 1]);
                let window = window.padding(&[(0, 0), (1, 0), (0, 1), (0, 0)]);
                x[0].window_scatter(&x[1], window)
            }),
            Sample::new("ties, some padding alone", &[&[5, 6], &[7, 6]], range, |_, x| {
                let window = Window::new(&[2, 2]).dilations(&[1, 2]).padding(&[(2, 1), (-1, 3)]);
                x[0].floor().window_scatter(&x[1], window)
            }),
        ]
    }
}
