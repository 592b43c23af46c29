//! The activations by name, for layers that have one.

use crate::activations::Activation;

/// Layers with an activation: `Dense::new(64).relu()`.
pub trait Activated: Sized {
    /// This layer with an activation.
    fn activation(self, activation: Activation) -> Self;

    /// This layer with [`Activation::Sigmoid`].
    fn sigmoid(self) -> Self {
        self.activation(Activation::Sigmoid)
    }

    /// This layer with [`Activation::Tanh`].
    fn tanh(self) -> Self {
        self.activation(Activation::Tanh)
    }

    /// This layer with [`Activation::Relu`].
    fn relu(self) -> Self {
        self.activation(Activation::Relu)
    }

    /// This layer with [`Activation::LeakyRelu`].
    fn leaky_relu(self) -> Self {
        self.activation(Activation::LeakyRelu)
    }

    /// This layer with [`Activation::Elu`].
    fn elu(self) -> Self {
        self.activation(Activation::Elu)
    }

    /// This layer with [`Activation::Selu`].
    fn selu(self) -> Self {
        self.activation(Activation::Selu)
    }

    /// This layer with [`Activation::Gelu`].
    fn gelu(self) -> Self {
        self.activation(Activation::Gelu)
    }

    /// This layer with [`Activation::Silu`].
    fn silu(self) -> Self {
        self.activation(Activation::Silu)
    }

    /// This layer with [`Activation::Softplus`].
    fn softplus(self) -> Self {
        self.activation(Activation::Softplus)
    }

    /// This layer with [`Activation::Softmax`].
    fn softmax(self) -> Self {
        self.activation(Activation::Softmax)
    }

    /// This layer with [`Activation::LogSoftmax`].
    fn log_softmax(self) -> Self {
        self.activation(Activation::LogSoftmax)
    }
}
