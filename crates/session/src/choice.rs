//! Which executor is to compute, as a state machine: it is told what was observed and says what to do. It does nothing
//! itself and knows no device.

use crate::reason::ExecutorReason;
use crate::self_test::Wrong;

/// Batches after which the CPU's pace is known.
const CPU_BATCHES: u32 = 4;
/// Batches on the GPU that are not timed, those that are at least, and the seconds after which fewer will do.
const WARM_UP: u32 = 3;
const TIMED: u32 = 8;
const PATIENCE: f64 = 4.0;

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Next {
    Stay,
    /// Make some more of what the GPU needs.
    Prepare,
    /// Try every operation on the GPU.
    Test,
    MoveToGpu,
    MoveToCpu,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Cpu,
    /// A GPU is made ready while the CPU trains.
    Warming {
        ready: bool,
    },
    /// A few batches are timed on the GPU.
    Trial {
        cpu: f64,
        batches: u32,
        images: f64,
        seconds: f64,
    },
    Gpu,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    stage: Stage,
    reason: ExecutorReason,
}

impl Default for Choice {
    fn default() -> Self {
        Choice { stage: Stage::Cpu, reason: ExecutorReason::Starting }
    }
}

impl Choice {
    /// Why that executor computes which computes now.
    pub fn reason(&self) -> &ExecutorReason {
        &self.reason
    }

    /// There is a GPU that the run may use.
    pub fn offered(&mut self, name: &str, software: bool) -> Next {
        let next = self.given_up();
        (self.stage, self.reason) = if software {
            (Stage::Cpu, ExecutorReason::Software { adapter: name.to_owned() })
        } else {
            (Stage::Warming { ready: false }, ExecutorReason::Warming { ready: 0, of: 0 })
        };
        next
    }

    /// There is no GPU, or what was to become one is gone.
    pub fn without_gpu(&mut self, reason: ExecutorReason) -> Next {
        let next = self.given_up();
        (self.stage, self.reason) = (Stage::Cpu, reason);
        next
    }

    /// The GPU was asked for, and is ready and right.
    pub fn gpu_wished(&mut self) {
        (self.stage, self.reason) = (Stage::Gpu, ExecutorReason::Forced);
    }

    /// The CPU was asked for.
    pub fn cpu_wished(&mut self) -> Next {
        self.without_gpu(ExecutorReason::Forced)
    }

    /// Before a batch; the CPU has trained so many.
    pub fn before_batch(&self, trained_on_cpu: u32) -> Next {
        match self.stage {
            Stage::Warming { ready: false } => Next::Prepare,
            Stage::Warming { ready: true } if trained_on_cpu >= CPU_BATCHES => Next::Test,
            _ => Next::Stay,
        }
    }

    /// So many of the GPU's shaders are made.
    pub fn prepared(&mut self, ready: usize, of: usize) {
        if matches!(self.stage, Stage::Warming { .. }) {
            self.stage = Stage::Warming { ready: ready == of };
            self.reason = ExecutorReason::Warming { ready: ready as u32, of: of as u32 };
        }
    }

    /// What the test of every operation found; `cpu` is the CPU's pace in images a second.
    pub fn tested(&mut self, wrong: Option<&Wrong>, cpu: f64) -> Next {
        match wrong {
            Some(Wrong { operation, got, expected }) => self.without_gpu(ExecutorReason::Wrong {
                operation: (*operation).to_owned(),
                got: *got,
                expected: *expected,
            }),
            None => {
                self.stage = Stage::Trial { cpu, batches: 0, images: 0.0, seconds: 0.0 };
                self.reason = ExecutorReason::Trial;
                Next::MoveToGpu
            }
        }
    }

    /// A batch was trained in so many seconds. At the end of a trial the faster executor stays.
    pub fn trained(&mut self, examples: usize, took: f64) -> Next {
        let Stage::Trial { cpu, batches, images, seconds } = &mut self.stage else { return Next::Stay };
        *batches += 1;
        if *batches > WARM_UP {
            *images += examples as f64;
            *seconds += took;
        }
        if *batches <= WARM_UP || (*batches < WARM_UP + TIMED && *seconds < PATIENCE) {
            return Next::Stay;
        }
        let (gpu, cpu) = ((*images / seconds.max(1e-9)) as f32, *cpu as f32);
        if gpu > cpu {
            (self.stage, self.reason) = (Stage::Gpu, ExecutorReason::Faster { gpu, cpu });
            return Next::Stay;
        }
        self.without_gpu(ExecutorReason::Slower { gpu, cpu })
    }

    /// What giving up the GPU takes.
    fn given_up(&self) -> Next {
        match self.stage {
            Stage::Trial { .. } | Stage::Gpu => Next::MoveToCpu,
            Stage::Cpu | Stage::Warming { .. } => Next::Stay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offered, made ready in two pieces, tested.
    fn at_trial() -> Choice {
        let mut choice = Choice::default();
        assert_eq!(choice.before_batch(100), Next::Stay);
        assert_eq!(choice.offered("Card", false), Next::Stay);
        assert_eq!(choice.before_batch(100), Next::Prepare);
        choice.prepared(1, 2);
        assert_eq!(choice.before_batch(100), Next::Prepare);
        assert_eq!(*choice.reason(), ExecutorReason::Warming { ready: 1, of: 2 });
        choice.prepared(2, 2);
        assert_eq!(choice.before_batch(CPU_BATCHES - 1), Next::Stay, "the CPU's pace is not known yet");
        assert_eq!(choice.before_batch(CPU_BATCHES), Next::Test);
        assert_eq!(choice.tested(None, 500.0), Next::MoveToGpu);
        assert_eq!(*choice.reason(), ExecutorReason::Trial);
        choice
    }

    #[test]
    fn the_faster_executor_stays() {
        for (seconds, next, faster) in [(0.1, Next::Stay, true), (1.0, Next::MoveToCpu, false)] {
            let mut choice = at_trial();
            for _ in 0..WARM_UP {
                // What the first batches take does not count.
                assert_eq!(choice.trained(100, 50.0), Next::Stay);
            }
            let mut batches = 0;
            let decided = loop {
                batches += 1;
                let next = choice.trained(100, seconds);
                if *choice.reason() != ExecutorReason::Trial {
                    break next;
                }
            };
            assert_eq!(decided, next);
            assert_eq!(batches, if faster { TIMED } else { PATIENCE as u32 });
            let (gpu, cpu) = (100.0 / seconds as f32, 500.0);
            let reason = if faster { ExecutorReason::Faster { gpu, cpu } } else { ExecutorReason::Slower { gpu, cpu } };
            assert_eq!(*choice.reason(), reason);
            assert_eq!(choice.trained(100, 1e9), Next::Stay, "a verdict is final");
        }
    }

    #[test]
    fn a_wrong_gpu_is_given_up_before_it_computed() {
        let mut choice = Choice::default();
        let _ = choice.offered("Card", false);
        choice.prepared(2, 2);
        let wrong = Wrong { operation: "conv2d", got: 1.0, expected: 2.0 };
        assert_eq!(choice.tested(Some(&wrong), 500.0), Next::Stay);
        assert!(matches!(choice.reason(), ExecutorReason::Wrong { operation, .. } if operation == "conv2d"));
        assert_eq!(choice.before_batch(100), Next::Stay);
    }

    #[test]
    fn whatever_is_given_up_where_a_gpu_computes_leads_back_to_the_cpu() {
        let lost = || ExecutorReason::Lost { message: "gone".to_owned() };
        let mut wished = Choice::default();
        wished.gpu_wished();
        for choice in [at_trial(), wished] {
            assert_eq!(choice.clone().without_gpu(lost()), Next::MoveToCpu);
            assert_eq!(choice.clone().cpu_wished(), Next::MoveToCpu);
            assert_eq!(choice.clone().offered("Other", false), Next::MoveToCpu);
        }
        let mut warming = Choice::default();
        let _ = warming.offered("Card", false);
        assert_eq!(warming.without_gpu(lost()), Next::Stay);
        // What comes of a preparation that was under way is of the past.
        warming.prepared(2, 2);
        assert_eq!((warming.before_batch(100), warming.reason().clone()), (Next::Stay, lost()));
    }

    #[test]
    fn a_software_adapter_is_told_and_not_taken() {
        let mut choice = Choice::default();
        assert_eq!(choice.offered("lavapipe", true), Next::Stay);
        assert_eq!(*choice.reason(), ExecutorReason::Software { adapter: "lavapipe".to_owned() });
        assert_eq!(choice.before_batch(100), Next::Stay);
    }
}
