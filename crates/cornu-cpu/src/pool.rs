//! A small pool of threads that share the parts of one piece of work at a time.
//!
//! Work is cut into parts by its shape, never by the number of threads, and every part is done exactly once
//! by whichever thread comes first; so a result cannot depend on how many threads there are.

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, Weak};
use std::thread::{self, JoinHandle, Thread};

/// How often a thread that waits looks again at once, before it lets others run: some microseconds.
const SPINS: u32 = 64;

/// How often it does both before it goes to sleep: for about 100 microseconds, in which the steps of a plan
/// that one thread does alone are over.
const ROUNDS: u32 = 32;

/// Threads that wait for work; the thread that calls [`Pool::run`] is one more.
///
/// Dropping the pool ends its threads and waits for them.
pub struct Pool {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    /// Held by the caller whose work the threads are doing.
    busy: AtomicBool,
}

impl Pool {
    /// A pool of `threads` threads, of which one is the caller of [`Pool::run`]; 0 counts as 1.
    ///
    /// A thread that the system refuses to start is gone without.
    pub fn new(threads: usize) -> Pool {
        let threads = threads.max(1);
        // Asking reads files, which takes longer than many a plan does.
        let crowded = threads > 1 && thread::available_parallelism().is_ok_and(|cores| threads > cores.get());
        let shared = Arc::new(Shared {
            remaining: Line(AtomicUsize::new(0)),
            unfinished: Line(AtomicUsize::new(0)),
            asleep: AtomicUsize::new(0),
            sleepers: (1..threads).map(|_| Sleeper::default()).collect(),
            job: UnsafeCell::new(None),
            // Where threads outnumber cores, one that spins keeps another from working.
            spins: if crowded { 0 } else { SPINS },
            stop: AtomicBool::new(false),
            panicked: AtomicBool::new(false),
            payload: Mutex::new(None),
            caller_waits: AtomicBool::new(false),
            door: Mutex::new(()),
            finished: Condvar::new(),
        });
        let workers = (1..threads).map_while(|worker| {
            let shared = shared.clone();
            let name = format!("cornu-{worker}");
            thread::Builder::new().name(name).spawn(move || shared.work(worker)).ok()
        });
        let workers = workers.collect();
        Pool { shared, workers, busy: AtomicBool::new(false) }
    }

    /// The pool of `threads` threads (0: as many as the machine has) that the whole process shares; it
    /// lives as long as somebody holds it.
    ///
    /// ```
    /// # use cornu_cpu::pool::Pool;
    /// let (a, b) = (Pool::shared(2), Pool::shared(2));
    /// assert!(std::sync::Arc::ptr_eq(&a, &b));
    /// ```
    pub fn shared(threads: usize) -> Arc<Pool> {
        static POOLS: Mutex<Vec<(usize, Weak<Pool>)>> = Mutex::new(Vec::new());
        let threads = match threads {
            0 => thread::available_parallelism().map_or(1, |cores| cores.get()),
            threads => threads,
        };
        let mut pools = lock(&POOLS);
        pools.retain(|(_, pool)| pool.strong_count() > 0);
        let found = pools.iter().find(|(n, _)| *n == threads).and_then(|(_, pool)| pool.upgrade());
        found.unwrap_or_else(|| {
            let pool = Arc::new(Pool::new(threads));
            pools.push((threads, Arc::downgrade(&pool)));
            pool
        })
    }

    /// How many threads work on a run, the caller included: worker indices are below it.
    pub fn threads(&self) -> usize {
        self.workers.len() + 1
    }

    /// Calls `function(part, worker)` once for each part in `0..n_parts` and returns when all calls have.
    ///
    /// Parts are handed out in ascending order, and no two calls of one run have the same worker index at the
    /// same time, so a run may keep a buffer for each worker. The caller is worker 0. Nothing is allocated.
    ///
    /// A run inside a part of the same pool, and a run while another thread's is under way, is done by the
    /// calling thread alone; the worker index is then that of the part, or 0.
    ///
    /// # Panics
    ///
    /// If a part panics, the run does so too, once no part is under way any more; which other parts
    /// have been done is not specified. The pool can be used again.
    ///
    /// ```
    /// # use cornu_cpu::pool::Pool;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// let sum = AtomicUsize::new(0);
    /// Pool::new(2).run(10, &|part, _worker| {
    ///     sum.fetch_add(part, Ordering::Relaxed);
    /// });
    /// assert_eq!(sum.into_inner(), 45);
    /// ```
    pub fn run(&self, n_parts: usize, function: &(dyn Fn(usize, usize) + Sync)) {
        let (pool, worker) = CURRENT.get();
        let inside = pool == Arc::as_ptr(&self.shared);
        let worker = if inside { worker } else { 0 };
        if inside || self.workers.is_empty() || n_parts < 2 || self.busy.swap(true, Ordering::Acquire) {
            // A run of a single thread marks itself too: a run inside it keeps its worker index.
            let _mark = Mark::set(Arc::as_ptr(&self.shared), worker);
            return (0..n_parts).for_each(|part| function(part, worker));
        }
        let busy = Busy(&self.busy);
        self.shared.run(n_parts, function);
        let payload = if self.shared.panicked.swap(false, Ordering::Relaxed) {
            lock(&self.shared.payload).take()
        } else {
            None
        };
        drop(busy);
        if let Some(payload) = payload {
            resume_unwind(payload);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for worker in self.workers.drain(..) {
            worker.thread().unpark();
            // A worker catches the panics of its parts, and has none of its own.
            let _ = worker.join();
        }
    }
}

/// Frees the pool for the next caller.
struct Busy<'a>(&'a AtomicBool);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

thread_local! {
    /// The pool whose part this thread is doing, and the worker index it does it under.
    static CURRENT: Cell<(*const Shared, usize)> = const { Cell::new((std::ptr::null(), 0)) };
}

/// Marks this thread as doing parts, until it is dropped.
struct Mark((*const Shared, usize));

impl Mark {
    fn set(pool: *const Shared, worker: usize) -> Mark {
        Mark(CURRENT.replace((pool, worker)))
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// A value on a cache line of its own (two lines, since processors fetch them in pairs).
#[repr(align(128))]
struct Line<T>(T);

/// What a part of the current run calls, and how many parts there are.
type Job = (*const (dyn Fn(usize, usize) + Sync), usize);

/// Where a worker sleeps.
#[derive(Default)]
struct Sleeper {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

/// What the threads of a pool share.
///
/// A run is over when `unfinished` is 0. A thread may read `job` only between taking a part off `remaining`,
/// which succeeds only while a run has parts left, and counting that part off `unfinished`. So the run cannot
/// end, and the function it borrows cannot go away, while anybody uses it; and a thread that comes late
/// finds nothing to take, or takes a part of the next run, both of which are right. There is no need to know
/// which run it is.
struct Shared {
    /// Parts that nobody has taken yet.
    remaining: Line<AtomicUsize>,
    /// Parts that have not been done yet.
    unfinished: Line<AtomicUsize>,
    /// How many of the sleepers are asleep, or about to be.
    asleep: AtomicUsize,
    sleepers: Box<[Sleeper]>,
    job: UnsafeCell<Option<Job>>,
    spins: u32,
    stop: AtomicBool,
    panicked: AtomicBool,
    payload: Mutex<Option<Box<dyn Any + Send>>>,
    /// Whether the caller sleeps behind `door` until `finished` is told.
    caller_waits: AtomicBool,
    door: Mutex<()>,
    finished: Condvar,
}

// SAFETY: all fields but `job` are Sync themselves. `job` is written only by the one caller that holds
// `busy`, while no part is unfinished, and read only by threads that hold a part (see above); its function is
// Sync, so calling it from many threads is allowed.
unsafe impl Sync for Shared {}
// SAFETY: the pointer in `job` is to a Sync function, which any thread may call, and is used under the rule
// above.
unsafe impl Send for Shared {}

impl Shared {
    /// Does a run as its caller. Whoever calls this holds `busy`, and `n_parts` is not 0.
    fn run(&self, n_parts: usize, function: &(dyn Fn(usize, usize) + Sync)) {
        let function = function as *const (dyn Fn(usize, usize) + Sync + '_);
        // SAFETY: only the lifetime changes, and the pointer is not used after this function has returned: it
        // returns when `unfinished` is 0, and from then on nobody reads this job.
        let function: *const (dyn Fn(usize, usize) + Sync) = unsafe { std::mem::transmute(function) };
        // SAFETY: the caller holds `busy`, and the last run has waited until `unfinished` was 0, which every
        // reader of its job has brought about after its last read. So nobody else reads or writes `job`.
        unsafe { *self.job.get() = Some((function, n_parts)) };
        self.unfinished.0.store(n_parts, Ordering::Relaxed);
        // Publishes the job and the count. In the one order of all SeqCst operations, either this comes
        // before a worker's last look at `remaining`, and it does not fall asleep, or the worker's entry in
        // `asleep` comes before our look at it, and we wake it.
        self.remaining.0.store(n_parts, Ordering::SeqCst);
        let asleep = self.asleep.load(Ordering::SeqCst);
        if asleep > 0 {
            let awake = self.sleepers.len().saturating_sub(asleep);
            self.wake((n_parts - 1).saturating_sub(awake).min(2));
        }
        {
            let _mark = Mark::set(self, 0);
            while self.take_part(0) {}
        }
        self.wait_until_finished();
    }

    /// Takes a part and does it; false if none is left.
    fn take_part(&self, worker: usize) -> bool {
        let less = |n: usize| n.checked_sub(1);
        // Acquires what the caller published: the other threads' steps between are part of its release
        // sequence.
        let Ok(left) = self.remaining.0.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less) else {
            return false;
        };
        // SAFETY: this thread holds a part, so the run that it belongs to has not ended: `job` is that run's,
        // and nobody writes it.
        let job = unsafe { *self.job.get() };
        let (function, n_parts) = job.expect("a run with parts has a job");
        let call = || {
            // SAFETY: the function is borrowed by the caller's `run`, which does not return before this part
            // is counted off, below.
            unsafe { (*function)(n_parts - left, worker) }
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(call)) {
            self.keep(payload);
        }
        // Releases the part's results, and its use of the job, to the caller. From here on the thread touches
        // only the shared state, which outlives every run.
        if self.unfinished.0.fetch_sub(1, Ordering::SeqCst) == 1 && self.caller_waits.load(Ordering::SeqCst) {
            // The caller looks at `unfinished` with the door locked, so it either sees 0 or is told. If it
            // has seen 0 and a later caller stands there, that one looks and goes on waiting.
            drop(lock(&self.door));
            self.finished.notify_all();
        }
        true
    }

    /// Keeps the first panic of a run for its caller.
    fn keep(&self, payload: Box<dyn Any + Send>) {
        let mut kept = lock(&self.payload);
        if kept.is_none() {
            *kept = Some(payload);
            self.panicked.store(true, Ordering::Relaxed);
        } else {
            // Dropping a payload can panic, which would end this thread with its part not counted off.
            std::mem::forget(payload);
        }
    }

    /// Waits, as the caller, for the parts that others are doing.
    fn wait_until_finished(&self) {
        let finished = || self.unfinished.0.load(Ordering::SeqCst) == 0;
        if self.spin_until(finished) {
            return;
        }
        let mut door = lock(&self.door);
        self.caller_waits.store(true, Ordering::SeqCst);
        while !finished() {
            door = self.finished.wait(door).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        self.caller_waits.store(false, Ordering::SeqCst);
    }

    /// Looks for a while whether `ready`; false if it has not come about.
    fn spin_until(&self, ready: impl Fn() -> bool) -> bool {
        for _ in 0..ROUNDS {
            for _ in 0..self.spins {
                if ready() {
                    return true;
                }
                std::hint::spin_loop();
            }
            if ready() {
                return true;
            }
            thread::yield_now();
        }
        ready()
    }

    /// What a worker does all its life.
    fn work(&self, worker: usize) {
        let sleeper = &self.sleepers[worker - 1];
        sleeper.thread.get_or_init(thread::current);
        let _mark = Mark::set(self, worker);
        let ready = || self.remaining.0.load(Ordering::SeqCst) > 0 || self.stop.load(Ordering::SeqCst);
        loop {
            while self.take_part(worker) {}
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            if !self.spin_until(ready) {
                self.sleep(sleeper, ready);
                // Those who are woken wake others, so that the caller need not wake them all.
                self.wake(self.remaining.0.load(Ordering::Relaxed).saturating_sub(1).min(2));
            }
        }
    }

    /// Sleeps until woken, unless the worker is `ready` already.
    fn sleep(&self, sleeper: &Sleeper, ready: impl Fn() -> bool) {
        sleeper.asleep.store(true, Ordering::SeqCst);
        self.asleep.fetch_add(1, Ordering::SeqCst);
        if ready() {
            self.rouse(sleeper);
            return;
        }
        // An unpark from an earlier round can end `park` at once: only the mark tells. The end of the pool
        // unparks without it.
        while sleeper.asleep.load(Ordering::SeqCst) && !self.stop.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    /// Takes the mark of sleep off; true for the one who did it.
    fn rouse(&self, sleeper: &Sleeper) -> bool {
        let was_asleep = sleeper.asleep.swap(false, Ordering::SeqCst);
        if was_asleep {
            self.asleep.fetch_sub(1, Ordering::SeqCst);
        }
        was_asleep
    }

    /// Wakes up to `n` workers that sleep.
    fn wake(&self, mut n: usize) {
        for sleeper in &self.sleepers {
            if n == 0 {
                return;
            }
            if sleeper.asleep.load(Ordering::SeqCst) && self.rouse(sleeper) {
                sleeper.thread.get().expect("a worker sets its handle before it sleeps").unpark();
                n -= 1;
            }
        }
    }
}

/// Locks, also after a panic: what the locks here guard is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `n_parts` parts and checks that each was done once.
    fn check(pool: &Pool, n_parts: usize) {
        let counts: Vec<AtomicUsize> = (0..n_parts).map(|_| AtomicUsize::new(0)).collect();
        pool.run(n_parts, &|part, worker| {
            assert!(worker < pool.threads());
            counts[part].fetch_add(1, Ordering::Relaxed);
        });
        assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    const _: () = {
        const fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<Pool>()
    };

    #[test]
    fn every_part_is_done_once() {
        for threads in 0..=8 {
            let pool = Pool::new(threads);
            assert_eq!(pool.threads(), threads.max(1));
            for n_parts in (0..40).chain([64, 100, 1000, 10_000]) {
                check(&pool, n_parts);
            }
        }
    }

    #[test]
    fn many_small_runs() {
        for threads in [2, 3, 8] {
            let pool = Pool::new(threads);
            for i in 0..20_000 {
                check(&pool, 1 + i % 5);
            }
        }
    }

    #[test]
    fn runs_after_rests_wake_the_workers() {
        let pool = Pool::new(4);
        for i in 0..2_000 {
            check(&pool, 2 + i % 7);
            // Long enough for some workers to fall asleep, and for others to be about to.
            (0..i % 60 * 20).for_each(|_| std::hint::spin_loop());
        }
    }

    #[test]
    fn workers_have_indices_of_their_own() {
        let pool = Pool::new(4);
        let taken: Vec<AtomicBool> = (0..4).map(|_| AtomicBool::new(false)).collect();
        for _ in 0..500 {
            pool.run(32, &|_, worker| {
                assert!(!taken[worker].swap(true, Ordering::SeqCst));
                thread::yield_now();
                taken[worker].store(false, Ordering::SeqCst);
            });
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_goes_on() {
        for threads in [1, 2, 4] {
            let pool = Pool::new(threads);
            for _ in 0..50 {
                let run = || pool.run(16, &|part, _| assert!(part % 5 != 3, "part {part} is bad"));
                let payload = catch_unwind(AssertUnwindSafe(run)).expect_err("the run panics");
                let message = payload.downcast_ref::<String>().expect("a message");
                assert!(message.ends_with("is bad"), "{message}");
                check(&pool, 16);
            }
        }
    }

    #[test]
    fn a_run_inside_a_part_is_done_by_its_thread() {
        for threads in [1, 3] {
            let (pool, other) = (Pool::new(threads), Pool::new(2));
            let count = AtomicUsize::new(0);
            pool.run(10, &|_, worker| {
                let here = thread::current().id();
                pool.run(10, &|_, inner| {
                    assert_eq!((inner, thread::current().id()), (worker, here));
                    other.run(3, &|_, _| {
                        pool.run(2, &|_, _| {
                            count.fetch_add(1, Ordering::Relaxed);
                        });
                    });
                });
            });
            assert_eq!(count.into_inner(), 600);
        }
    }

    #[test]
    fn callers_may_come_together() {
        let pool = Pool::new(3);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..2_000).for_each(|i| check(&pool, i % 9)));
            }
        });
    }

    #[test]
    fn pools_end_and_are_shared() {
        for i in 0..200 {
            let pool = Pool::new(1 + i % 6);
            if i % 2 == 0 {
                check(&pool, 5);
            }
        }
        let first = Pool::shared(3);
        assert!(Arc::ptr_eq(&first, &Pool::shared(3)));
        assert!(!Arc::ptr_eq(&first, &Pool::shared(4)));
        let workers = Arc::downgrade(&first.shared);
        drop(first);
        assert!(workers.upgrade().is_none(), "the workers have ended");
    }
}
