use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::{Helpers, Job, Replica, SessionError, Setup};

type Outcome = Result<Vec<f32>, SessionError>;

/// Helpers that are threads of this process.
pub struct Threads {
    workers: Vec<Worker>,
}

struct Worker {
    jobs: Option<Sender<(Job, Sender<Outcome>)>>,
    thread: Option<JoinHandle<()>>,
}

impl Threads {
    /// One thread for each worker of the setup but the leader.
    pub fn new(setup: &Setup) -> Result<Self, SessionError> {
        let workers = (1..setup.workers)
            .map(|_| {
                let mut replica = Replica::new(setup)?;
                let (jobs, inbox) = channel::<(Job, Sender<Outcome>)>();
                let thread = std::thread::spawn(move || {
                    for (job, reply) in inbox {
                        // A leader that is gone no longer wants the answer.
                        let _ = reply.send(now(replica.perform(&job)));
                    }
                });
                Ok(Worker { jobs: Some(jobs), thread: Some(thread) })
            })
            .collect::<Result<_, SessionError>>()?;
        Ok(Threads { workers })
    }
}

impl Helpers for Threads {
    fn count(&self) -> usize {
        self.workers.len()
    }

    fn start(&mut self, jobs: Vec<Job>) -> impl Future<Output = Result<Vec<Vec<f32>>, SessionError>> + 'static {
        let replies: Vec<Receiver<Outcome>> = (jobs.into_iter().zip(&self.workers))
            .map(|(job, worker)| {
                let (reply, outcome) = channel();
                // A thread that is gone drops the reply's sender, which its receiver tells below.
                if let Some(jobs) = &worker.jobs {
                    let _ = jobs.send((job, reply));
                }
                outcome
            })
            .collect();
        async move {
            let stopped = |index| SessionError::Helper { index, reason: "its thread ended".into() };
            replies.into_iter().enumerate().map(|(i, r)| r.recv().map_err(|_| stopped(i))?).collect()
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            worker.jobs = None;
            if let Some(thread) = worker.thread.take() {
                // A panic of the thread has been told as a missing outcome.
                let _ = thread.join();
            }
        }
    }
}

/// The value of a future of the CPU executor, which never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}
