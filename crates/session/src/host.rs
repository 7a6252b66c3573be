use std::future::{Future, ready};

use crate::{Job, SessionError};

/// Bytes that a run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// One worker.
    pub worker: u64,
    /// All workers of the run together.
    pub together: u64,
}

impl Room {
    /// Nobody knows of a limit.
    pub const UNKNOWN: Room = Room { worker: u64::MAX, together: u64::MAX };
}

/// What a run needs of the place it runs in.
pub trait Host {
    /// Seconds since some fixed moment.
    fn now(&self) -> f64;

    /// Called between two operations: a place to let others have the thread.
    fn breathe(&self) -> impl Future<Output = ()>;

    /// Memory that a run that begins now may take.
    fn room(&self) -> Room {
        Room::UNKNOWN
    }
}

/// A thread that nobody waits for, and whose clock stands still.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breathless;

impl Host for Breathless {
    fn now(&self) -> f64 {
        0.0
    }

    fn breathe(&self) -> impl Future<Output = ()> {
        ready(())
    }
}

/// Workers beside the one that leads the run. Each owns a [`crate::Replica`] made from the run's [`crate::Setup`].
pub trait Helpers {
    fn count(&self) -> usize;

    /// Hands job i to helper i at once, before the future is polled; it gives the outcomes in the same order.
    /// There are at most [`Self::count`] jobs.
    fn start(&mut self, jobs: Vec<Job>) -> impl Future<Output = Result<Vec<Vec<f32>>, SessionError>> + 'static;
}

/// No helpers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Helpers for Alone {
    fn count(&self) -> usize {
        0
    }

    fn start(&mut self, _: Vec<Job>) -> impl Future<Output = Result<Vec<Vec<f32>>, SessionError>> + 'static {
        ready(Ok(Vec::new()))
    }
}
