//! Pieces made on another thread before they are asked for.

use super::{Sample, Steps};
use crate::error::{Error, Result};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;

/// Pieces made ahead. The thread begins when the first is asked for, so that skipping costs nothing
/// more, and ends when nobody listens.
pub(in crate::data) struct Prefetch {
    state: State,
    ahead: usize,
}

enum State {
    Waiting(Option<Box<dyn Steps>>),
    Running(Receiver<Result<Option<Sample>>>, Option<JoinHandle<()>>),
}

impl Prefetch {
    /// Up to `ahead` pieces wait; with 0 none does, but the next one is made while the last is looked at.
    pub(in crate::data) fn new(steps: Box<dyn Steps>, ahead: usize) -> Prefetch {
        Prefetch { state: State::Waiting(Some(steps)), ahead }
    }
}

impl Steps for Prefetch {
    fn next(&mut self) -> Result<Option<Sample>> {
        if let State::Waiting(steps) = &mut self.state {
            let Some(mut steps) = steps.take() else { return Ok(None) };
            let (sender, receiver) = sync_channel(self.ahead);
            let run = move || {
                loop {
                    let next = steps.next();
                    let last = !matches!(next, Ok(Some(_)));
                    if sender.send(next).is_err() || last {
                        break;
                    }
                }
            };
            let thread = std::thread::Builder::new().name("prefetch".into()).spawn(run);
            let thread = thread.map_err(|error| {
                Error::argument(format!("no thread can be started to prefetch data: {error}"))
            })?;
            self.state = State::Running(receiver, Some(thread));
        }
        let State::Running(receiver, thread) = &mut self.state else { return Ok(None) };
        match receiver.recv() {
            Ok(next) => next,
            Err(_) => match thread.take().map(JoinHandle::join) {
                Some(Err(_)) => Err(Error::argument("a function in the pipeline panicked")),
                _ => Ok(None),
            },
        }
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        if let State::Waiting(Some(steps)) = &mut self.state {
            return steps.skip(n);
        }
        for _ in 0..n {
            if self.next()?.is_none() {
                break;
            }
        }
        Ok(())
    }
}
