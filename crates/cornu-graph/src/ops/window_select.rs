//! What lies where each window's greatest element is.

use super::*;

/// For each [`Window`], the element of the second operand at the place of the first of the greatest
/// elements that the window sees in the first, `x`; zero where it sees nothing but padding.
///
/// The second operand has the type of `x`, and gets `dy` at those places ([`WindowScatter`]); `x`
/// itself only says where, and gets nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WindowSelect {
    /// The window over all axes.
    pub window: Window,
}

impl Tensor {
    /// The element of `other` (of this tensor's type) at the place of the greatest element that each
    /// window sees in this tensor.
    #[track_caller]
    pub fn window_select(&self, other: &Tensor, window: Window) -> Tensor {
        self.builder().push(WindowSelect { window }, &[self, other])
    }
}

impl Operation for WindowSelect {
    const NAME: &'static str = "window_select";
    const OPERANDS: RangeInclusive<usize> = 2..=2;

    fn infer(&self, inputs: &[&Type]) -> Result<Type, String> {
        self.window.infer(&same(inputs)?)
    }

    fn grad(&self, rule: &Grad) -> Vec<Option<Tensor>> {
        vec![None, Some(rule.x(0).window_scatter(rule.dy, self.window.clone()))]
    }

    fn batch(&self, rule: &Batch) -> Tensor {
        rule.elementwise(WindowSelect { window: self.window.with_leading() })
    }

    fn eval(&self, inputs: &[&Value], output: &Type) -> Vec<f64> {
        let greatest = self.window.greatest(inputs[0], &output.shape).into_iter();
        greatest.map(|place| place.map_or(0.0, |place| inputs[1].elements[place])).collect()
    }

    fn attributes(&self) -> Attributes {
        self.window.attributes()
    }

    fn from_attributes(a: &Attributes) -> Result<WindowSelect, String> {
        Ok(WindowSelect { window: Window::from_attributes(a)? })
    }

    fn samples() -> Vec<Sample> {
        let range = (-1.0, 2.0);
        vec![
            Sample::new("pairs", &[&[7], &[7]], range, |_, x| {
                x[0].window_select(&x[1], Window::new(&[2]).strides(&[2]))
            }),
            Sample::new("an image", &[&[2, 5, 6, 3], &[2, 5, 6, 3]], range, |_, x| {
                let window = Window::new(&[1, 3, 2, 1]).strides(&[1, 2, 1, 1]);
                let window = window.padding(&[(0, 0), (1, 0), (0, 1), (0, 0)]);
                x[0].window_select(&x[1], window)
            }),
            Sample::new("ties, some padding alone", &[&[5, 6], &[5, 6]], range, |_, x| {
                let window = Window::new(&[2, 2]).dilations(&[1, 2]).padding(&[(2, 1), (-1, 3)]);
                x[0].floor().window_select(&x[1], window)
            }),
        ]
    }
}
