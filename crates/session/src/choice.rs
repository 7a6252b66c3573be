//! Which executor computes, and how a run gets from one to the other.

use atelier_gpu::{Gpu, GpuError};

use crate::accelerator::{Accelerator, Kept, prepare_all};
use crate::pace::Pace;
use crate::protocol::{AdapterReport, ExecutorKind, ExecutorReason, ExecutorReport, MemoryReport};
use crate::{Event, Helpers, Host, Run, SessionError, Task};

/// Pipelines that are made between two batches of the CPU: compiling holds up the drawing of a page.
const PIPELINES_AT_ONCE: usize = 2;
/// Batches after which the CPU's pace is known.
const CPU_BATCHES: u32 = 4;
/// Batches on the GPU that are not timed, those that are at least, and the seconds after which fewer will do.
const WARM_UP: u32 = 3;
const TIMED: u32 = 8;
const PATIENCE: f64 = 4.0;

/// Where a run computes.
pub(crate) struct Choice {
    reason: ExecutorReason,
    /// The GPU, where it computes.
    gpu: Option<Box<Accelerator>>,
    /// A GPU that was offered: what it needs is made when the run begins to train.
    offered: Option<Gpu>,
    /// The GPU, while it is made ready.
    warming: Option<Box<Accelerator>>,
    trial: Option<Trial>,
}

struct Trial {
    /// Images a second on the CPU.
    cpu: f64,
    batches: u32,
    images: f64,
    seconds: f64,
}

impl Default for Choice {
    fn default() -> Self {
        Choice { reason: ExecutorReason::Starting, gpu: None, offered: None, warming: None, trial: None }
    }
}

impl Choice {
    /// The GPU, where it computes.
    pub fn gpu(&mut self) -> Option<&mut Accelerator> {
        self.gpu.as_deref_mut()
    }

    fn report(&self) -> ExecutorReport {
        let in_use = self.gpu.as_ref().or(self.warming.as_ref()).map(|accelerator| accelerator.gpu());
        let at_hand = in_use.or(self.offered.as_ref());
        ExecutorReport {
            kind: if self.gpu.is_some() { ExecutorKind::WebGpu } else { ExecutorKind::Cpu },
            reason: self.reason.clone(),
            adapter: at_hand.map(adapter),
            memory: in_use.map(memory),
        }
    }
}

impl<H: Helpers, T: Host> Run<H, T> {
    /// What computes now, and why.
    pub fn executor(&self) -> ExecutorReport {
        self.choice.report()
    }

    /// The reason for the CPU, where there is no GPU to offer.
    pub fn without_gpu(&mut self, reason: ExecutorReason) {
        self.say(reason);
    }

    /// A GPU that the run may use. While it is made ready the CPU trains on; then the run moves over if the GPU computes what
    /// the CPU does, and stays if a few timed batches show it to be the faster one.
    pub fn offer_gpu(&mut self, gpu: Gpu) {
        if gpu.adapter().software {
            self.say(ExecutorReason::Software { adapter: gpu.adapter().name.clone() });
        } else {
            (self.choice.offered, self.choice.warming) = (Some(gpu), None);
            self.say(ExecutorReason::Warming { ready: 0, of: 0 });
        }
    }

    /// Moves to a GPU now, fast or slow. Where it cannot be, or computes wrongly, the run stays as it was.
    pub async fn use_gpu(&mut self, gpu: Gpu) -> Result<(), SessionError> {
        let weights = self.weights().await?;
        let mut accelerator = Accelerator::new(gpu, &self.setup).await?;
        prepare_all(&mut accelerator, &self.host).await?;
        if let Some(wrong) = accelerator.self_test(&self.setup, &self.host).await? {
            let (operation, got, expected) = (wrong.operation, wrong.got, wrong.expected);
            return Err(SessionError::WrongGpu { operation, got, expected });
        }
        self.move_over(Box::new(accelerator), weights, ExecutorReason::Forced)
    }

    /// Moves to the CPU now; the GPU that was offered is given up.
    pub async fn use_cpu(&mut self) -> Result<(), SessionError> {
        self.back_to_cpu(ExecutorReason::Forced).await
    }

    /// Puts a GPU to work on the run's weights.
    fn move_over(
        &mut self,
        mut accelerator: Box<Accelerator>,
        (parameters, state): (Vec<f32>, Vec<f32>),
        reason: ExecutorReason,
    ) -> Result<(), SessionError> {
        accelerator.set(Kept { progress: self.progress.clone(), parameters, state })?;
        self.choice.gpu = Some(accelerator);
        (self.choice.offered, self.choice.warming) = (None, None);
        self.choice.trial = None;
        self.pace = Pace::default();
        self.say(reason);
        Ok(())
    }

    async fn back_to_cpu(&mut self, reason: ExecutorReason) -> Result<(), SessionError> {
        if self.choice.gpu.is_some() {
            let (parameters, state) = self.weights().await?;
            self.continue_on_cpu(&parameters, &state)?;
        }
        (self.choice.offered, self.choice.warming) = (None, None);
        self.say(reason);
        Ok(())
    }

    fn continue_on_cpu(&mut self, parameters: &[f32], state: &[f32]) -> Result<(), SessionError> {
        self.choice.gpu = None;
        self.choice.trial = None;
        self.pace = Pace::default();
        self.leader.set_parameters(Task::Train, parameters)?;
        // A validation that is under way goes on with them.
        self.leader.set_parameters(Task::Evaluate, parameters)?;
        self.leader.set_optimizer_state(state)
    }

    /// The GPU failed: the run goes on on the CPU from the weights that were last brought to safety.
    pub(crate) fn fall_back(&mut self, error: &GpuError) -> Result<(), SessionError> {
        let Some(gpu) = self.choice.gpu() else { return Ok(()) };
        let Kept { progress, parameters, state } = gpu.kept().clone();
        self.continue_on_cpu(&parameters, &state)?;
        if progress.iteration < self.progress.iteration {
            self.told.push_back(Event::Rewind { iteration: progress.iteration });
        }
        self.go_on_from(progress);
        self.say(reason(error));
        Ok(())
    }

    /// Notices a device that was lost while nothing was asked of it.
    pub fn check_gpu(&mut self) -> Result<(), SessionError> {
        if let Some(message) = self.choice.gpu.as_ref().and_then(|accelerator| accelerator.gpu().lost()) {
            return self.fall_back(&GpuError::Lost(message));
        }
        let offered =
            self.choice.warming.as_ref().map(|accelerator| accelerator.gpu()).or(self.choice.offered.as_ref());
        if let Some(message) = offered.and_then(Gpu::lost) {
            (self.choice.offered, self.choice.warming) = (None, None);
            self.say(ExecutorReason::Lost { message });
        }
        Ok(())
    }

    /// Makes a GPU that was offered ready, a little at a time, and moves over to it when it is.
    pub(crate) async fn warm_up(&mut self) -> Result<(), SessionError> {
        if let Some(gpu) = self.choice.offered.take() {
            match Accelerator::new(gpu, &self.setup).await {
                Ok(accelerator) => self.choice.warming = Some(Box::new(accelerator)),
                Err(SessionError::Gpu(error)) => self.say(reason(&error)),
                Err(error) => return Err(error),
            }
        }
        let Some(mut accelerator) = self.choice.warming.take() else { return Ok(()) };
        match self.warm(&mut accelerator).await {
            Ok(false) => self.choice.warming = Some(accelerator),
            Ok(true) => {
                let cpu = self.pace.images_per_second();
                let weights = self.weights().await?;
                self.move_over(accelerator, weights, ExecutorReason::Trial)?;
                self.choice.trial = Some(Trial { cpu, batches: 0, images: 0.0, seconds: 0.0 });
            }
            Err(SessionError::WrongGpu { operation, got, expected }) => {
                self.say(ExecutorReason::Wrong { operation: operation.to_owned(), got, expected });
            }
            Err(SessionError::Gpu(error)) => self.say(reason(&error)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether the GPU is ready and right.
    async fn warm(&mut self, accelerator: &mut Accelerator) -> Result<bool, SessionError> {
        let (ready, of) = accelerator.prepare(PIPELINES_AT_ONCE).await?;
        let warming = ExecutorReason::Warming { ready: ready as u32, of: of as u32 };
        if warming != self.choice.reason {
            // What is told needs the accelerator that is made ready in its place.
            self.choice.reason = warming;
            let report = ExecutorReport {
                memory: Some(memory(accelerator.gpu())),
                adapter: Some(adapter(accelerator.gpu())),
                ..self.choice.report()
            };
            self.told.push_back(Event::Executor { report });
        }
        if ready < of || self.pace.batches() < CPU_BATCHES {
            return Ok(false);
        }
        match accelerator.self_test(&self.setup, &self.host).await? {
            None => Ok(true),
            Some(wrong) => {
                Err(SessionError::WrongGpu { operation: wrong.operation, got: wrong.got, expected: wrong.expected })
            }
        }
    }

    /// Times a batch of the trial; at its end the faster executor stays.
    pub(crate) async fn judge(&mut self, seconds: f64) -> Result<(), SessionError> {
        let Some(trial) = &mut self.choice.trial else { return Ok(()) };
        trial.batches += 1;
        if trial.batches > WARM_UP {
            trial.images += self.setup.training.batch_size as f64;
            trial.seconds += seconds;
        }
        if trial.batches < WARM_UP + TIMED && (trial.seconds < PATIENCE || trial.batches <= WARM_UP) {
            return Ok(());
        }
        let (gpu, cpu) = ((trial.images / trial.seconds.max(1e-9)) as f32, trial.cpu as f32);
        self.choice.trial = None;
        if gpu > cpu {
            self.say(ExecutorReason::Faster { gpu, cpu });
            Ok(())
        } else {
            self.back_to_cpu(ExecutorReason::Slower { gpu, cpu }).await
        }
    }

    fn say(&mut self, reason: ExecutorReason) {
        self.choice.reason = reason;
        let report = self.choice.report();
        self.told.push_back(Event::Executor { report });
    }
}

fn adapter(gpu: &Gpu) -> AdapterReport {
    AdapterReport { name: gpu.adapter().name.clone(), software: gpu.adapter().software }
}

fn memory(gpu: &Gpu) -> MemoryReport {
    let memory = gpu.memory();
    MemoryReport { bytes: memory.bytes as f64, buffers: memory.buffers as u32 }
}

fn reason(error: &GpuError) -> ExecutorReason {
    let message = error.to_string();
    match error {
        GpuError::NoWebGpu => ExecutorReason::NoWebgpu,
        GpuError::NoAdapter => ExecutorReason::NoAdapter,
        GpuError::TooBig { .. } | GpuError::OutOfMemory { .. } => ExecutorReason::TooBig { message },
        GpuError::Lost(message) => ExecutorReason::Lost { message: message.clone() },
        _ => ExecutorReason::Failed { message },
    }
}
