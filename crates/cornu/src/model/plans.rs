//! The plans that a model has been compiled to so far, one for each signature.

use super::Signature;
use cornu_cpu::Plan;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// Compiled plans by signature; a copy of a model begins without any.
#[derive(Default)]
pub(crate) struct Plans(Mutex<Vec<(Signature, Plan)>>);

/// Plans kept at most; batch sizes that were used longest ago are compiled anew.
const KEPT: usize = 16;

impl Plans {
    /// The plans, for this caller alone.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<(Signature, Plan)>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The plans, for the model's only holder: nothing is locked.
    pub(crate) fn own(&mut self) -> &mut Vec<(Signature, Plan)> {
        self.0.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Forgets all plans.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Adds a plan, in the place of the oldest if there are many.
    pub(crate) fn add(list: &mut Vec<(Signature, Plan)>, signature: Signature, plan: Plan) {
        if list.len() >= KEPT {
            list.remove(0);
        }
        list.push((signature, plan));
    }
}

impl Clone for Plans {
    fn clone(&self) -> Plans {
        Plans::default()
    }
}

impl fmt::Debug for Plans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} plans", self.lock().len())
    }
}
