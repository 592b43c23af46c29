//! Where the elements of an array lie: in memory of its own, or in that of others.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// The elements of an array, in its own memory or in that of others, which it reads where they are and copies
/// before it changes them.
///
/// ```
/// use cornu_graph::Buffer;
/// use std::sync::Arc;
/// let whole: Arc<Vec<f32>> = Arc::new(vec![1.0, 2.0]);
/// let mut buffer = Buffer::shared(whole.clone());
/// assert_eq!(buffer.as_ptr(), whole.as_ptr());
/// buffer[0] = 5.0;
/// assert_eq!((buffer[0], whole[0]), (5.0, 1.0));
/// ```
pub struct Buffer<T>(Place<T>);

enum Place<T> {
    Own(Vec<T>),
    Shared(Arc<dyn AsRef<[T]> + Send + Sync>),
}

impl<T> Buffer<T> {
    /// The elements that `owner` keeps, as long as it lives. What it gives must stay the same slice.
    pub fn shared(owner: Arc<dyn AsRef<[T]> + Send + Sync>) -> Buffer<T> {
        Buffer(Place::Shared(owner))
    }

    /// The elements as a vector; copied if they are another's.
    pub fn into_vec(self) -> Vec<T>
    where
        T: Clone,
    {
        match self.0 {
            Place::Own(values) => values,
            Place::Shared(owner) => (*owner).as_ref().to_vec(),
        }
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        match &self.0 {
            Place::Own(values) => values,
            Place::Shared(owner) => (**owner).as_ref(),
        }
    }
}

impl<T: Clone> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        if let Place::Shared(owner) = &self.0 {
            self.0 = Place::Own((**owner).as_ref().to_vec());
        }
        match &mut self.0 {
            Place::Own(values) => values,
            Place::Shared(_) => &mut [],
        }
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(values: Vec<T>) -> Buffer<T> {
        Buffer(Place::Own(values))
    }
}

impl<T: Clone> Clone for Buffer<T> {
    fn clone(&self) -> Buffer<T> {
        match &self.0 {
            Place::Own(values) => Buffer(Place::Own(values.clone())),
            Place::Shared(owner) => Buffer(Place::Shared(owner.clone())),
        }
    }
}

impl<T: PartialEq> PartialEq for Buffer<T> {
    fn eq(&self, other: &Buffer<T>) -> bool {
        **self == **other
    }
}

impl<T: fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
