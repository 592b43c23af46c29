//! Rows of arrays gathered to batches, while the batch before is worked on where that pays.

use cornu_graph::philox::Random;
use cornu_graph::{Array, Shape};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle, available_parallelism};

/// Bytes of a batch from which another thread gathers it: copying them takes longer than waking that
/// thread does.
const WORTH_A_THREAD: usize = 128 << 10;

/// Batches from which starting a thread is worth it: that takes as long as gathering a few.
const MANY: usize = 4;

/// The stream of random numbers that the order of pass 0 is drawn from; the next ones have the next
/// streams.
const STREAM: u64 = 0x2_0000;

/// A batch of a pass.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    pass: usize,
    batch: usize,
}

/// Arrays of equally many rows, and the order in which these are taken.
#[derive(Clone)]
pub(crate) struct Rows<'a> {
    arrays: Vec<&'a Array>,
    batch_size: usize,
    /// The seed of the order; `None` leaves it as it is.
    shuffle: Option<i64>,
    /// All rows in the order of `pass`, or those of one batch where the order is left as it is.
    order: Vec<usize>,
    pass: Option<usize>,
}

impl<'a> Rows<'a> {
    /// Batches of `batch_size` rows, the last of which may be smaller.
    pub(crate) fn new(arrays: Vec<&'a Array>, batch_size: usize, shuffle: Option<i64>) -> Rows<'a> {
        let batch_size = batch_size.clamp(1, arrays[0].rows().max(1));
        Rows { arrays, batch_size, shuffle, order: Vec::new(), pass: None }
    }

    /// Rows in a batch.
    pub(crate) fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// Batches in a pass.
    pub(crate) fn batches(&self) -> usize {
        self.arrays[0].rows().div_ceil(self.batch_size)
    }

    fn range(&self, batch: usize) -> Range<usize> {
        let start = batch * self.batch_size;
        start..self.arrays[0].rows().min(start + self.batch_size)
    }

    /// Copies the rows of a batch. After the first of a pass it allocates nothing.
    fn fill(&mut self, place: Place, batch: &mut [Array]) {
        let range = self.range(place.batch);
        let rows = match self.shuffle {
            Some(seed) => {
                if self.pass != Some(place.pass) {
                    self.order.clear();
                    self.order.extend(0..self.arrays[0].rows());
                    Random::new(seed, STREAM + place.pass as u64).shuffle(&mut self.order);
                    self.pass = Some(place.pass);
                }
                &self.order[range]
            }
            None => {
                self.order.clear();
                self.order.extend(range);
                &self.order[..]
            }
        };
        for (source, target) in self.arrays.iter().zip(batch) {
            source.copy_rows_to(rows, target);
        }
    }
}

/// Gives one batch after the other, in memory that is filled anew again and again.
pub(crate) struct Gather<'scope> {
    rows: Rows<'scope>,
    /// The thread that gathers; where there is none, the caller does.
    helper: Option<Helper<'scope>>,
    next: Place,
    /// Passes after which nothing more is wanted.
    passes: Option<usize>,
    /// Memory that nobody uses: for whole batches, and for the last of a pass.
    free: [Vec<Vec<Array>>; 2],
}

impl<'scope> Gather<'scope> {
    /// Batches of `rows`, in a model that runs on `threads` threads; `passes` where it is known how many
    /// passes will be made.
    pub(crate) fn new<'env>(
        scope: &'scope Scope<'scope, 'env>,
        rows: Rows<'scope>,
        threads: usize,
        passes: Option<usize>,
    ) -> Gather<'scope> {
        let width: usize = rows.arrays.iter().map(|array| array.byte_size() / array.rows().max(1)).sum();
        let many = passes.is_none_or(|passes| passes.saturating_mul(rows.batches()) >= MANY);
        let two = threads != 1 && available_parallelism().is_ok_and(|cores| cores.get() > 1);
        let pays = two && many && width * rows.batch_size >= WORTH_A_THREAD;
        let helper = pays.then(|| Helper::start(scope, rows.clone())).flatten();
        Gather { rows, helper, next: Place { pass: 0, batch: 0 }, passes, free: [Vec::new(), Vec::new()] }
    }

    /// Goes to the batch that comes after `n` ones.
    pub(crate) fn seek(&mut self, n: usize) {
        if let Some((place, arrays)) = self.helper.as_mut().and_then(Helper::filled) {
            self.put_back(place, arrays);
        }
        let batches = self.rows.batches();
        self.next = Place { pass: n / batches, batch: n % batches };
    }

    /// Has `work` done on the next batch; the one after it is gathered meanwhile.
    pub(crate) fn next<R>(&mut self, work: impl FnOnce(&[Array]) -> R) -> R {
        let place = self.next;
        self.next.batch += 1;
        if self.next.batch == self.rows.batches() {
            self.next = Place { pass: place.pass + 1, batch: 0 };
        }
        let gathered = self.helper.as_mut().and_then(Helper::filled);
        let arrays = match gathered {
            Some((_, arrays)) => arrays,
            None => {
                let mut arrays = self.take_memory(place);
                self.rows.fill(place, &mut arrays);
                arrays
            }
        };
        if self.helper.is_some() && self.passes.is_none_or(|passes| self.next.pass < passes) {
            let memory = self.take_memory(self.next);
            if let Some(helper) = &mut self.helper {
                helper.ask(self.next, memory);
            }
        }
        let result = work(&arrays);
        self.put_back(place, arrays);
        result
    }

    fn take_memory(&mut self, place: Place) -> Vec<Array> {
        let n_rows = self.rows.range(place.batch).len();
        let free = &mut self.free[(n_rows < self.rows.batch_size) as usize];
        free.pop().unwrap_or_else(|| {
            let of = |array: &&Array| {
                let shape: Shape =
                    std::iter::once(n_rows).chain(array.shape()[1..].iter().copied()).collect();
                Array::zeros(shape, array.dtype())
            };
            self.rows.arrays.iter().map(of).collect()
        })
    }

    fn put_back(&mut self, place: Place, arrays: Vec<Array>) {
        let smaller = self.rows.range(place.batch).len() < self.rows.batch_size;
        self.free[smaller as usize].push(arrays);
    }
}

/// A thread that gathers what it is asked for, one batch at a time. It ends when nobody can ask it any
/// more.
struct Helper<'scope> {
    desk: Arc<Desk>,
    /// What it is working on, or has done.
    asked: Option<Place>,
    thread: Option<ScopedJoinHandle<'scope, ()>>,
}

/// Where a helper and who asks it leave things for each other. (A channel would allocate when somebody
/// first waits at it.)
struct Desk {
    on_it: Mutex<OnDesk>,
    changed: Condvar,
}

enum OnDesk {
    Nothing,
    Asked(Place, Vec<Array>),
    Filled(Vec<Array>),
    /// One of the two has left.
    Left,
}

impl Desk {
    fn put(&self, thing: OnDesk) {
        let mut on_it = self.on_it.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*on_it, OnDesk::Left) {
            *on_it = thing;
        }
        drop(on_it);
        self.changed.notify_one();
    }

    /// Waits for what `wanted` takes, or until the other has left.
    fn take<R>(&self, wanted: impl Fn(OnDesk) -> Result<R, OnDesk>) -> Option<R> {
        let mut on_it = self.on_it.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if matches!(*on_it, OnDesk::Left) {
                return None;
            }
            match wanted(std::mem::replace(&mut *on_it, OnDesk::Nothing)) {
                Ok(found) => return Some(found),
                Err(other) => *on_it = other,
            }
            on_it = self.changed.wait(on_it).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Tells that its owner has left the desk, however that came about.
struct Leaving(Arc<Desk>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.put(OnDesk::Left);
    }
}

impl Drop for Helper<'_> {
    fn drop(&mut self) {
        self.desk.put(OnDesk::Left);
    }
}

impl<'scope> Helper<'scope> {
    /// `None` where the system refuses a thread.
    fn start<'env>(scope: &'scope Scope<'scope, 'env>, mut rows: Rows<'scope>) -> Option<Helper<'scope>> {
        let desk = Arc::new(Desk { on_it: Mutex::new(OnDesk::Nothing), changed: Condvar::new() });
        let leaving = Leaving(desk.clone());
        let work = move || {
            let asked = |thing| match thing {
                OnDesk::Asked(place, memory) => Ok((place, memory)),
                other => Err(other),
            };
            while let Some((place, mut arrays)) = leaving.0.take(asked) {
                rows.fill(place, &mut arrays);
                leaving.0.put(OnDesk::Filled(arrays));
            }
        };
        let thread = Builder::new().name("cornu-gather".into()).spawn_scoped(scope, work).ok()?;
        Some(Helper { desk, asked: None, thread: Some(thread) })
    }

    fn ask(&mut self, place: Place, memory: Vec<Array>) {
        self.desk.put(OnDesk::Asked(place, memory));
        self.asked = Some(place);
    }

    /// What it was asked for last, once that is there; `None` where it was asked for nothing.
    fn filled(&mut self) -> Option<(Place, Vec<Array>)> {
        let place = self.asked.take()?;
        let filled = |thing| match thing {
            OnDesk::Filled(arrays) => Ok(arrays),
            other => Err(other),
        };
        match self.desk.take(filled) {
            Some(arrays) => Some((place, arrays)),
            None => self.panic(),
        }
    }

    /// Goes on with the panic that ended the thread: nothing else ends it while it can be asked.
    fn panic(&mut self) -> ! {
        let payload = self.thread.take().and_then(|thread| thread.join().err());
        resume_unwind(payload.unwrap_or_else(|| Box::new("the thread that gathers batches ended")))
    }
}
