//! Training on the CPU: the leader's own worker and its helpers, each with a shard of every batch.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use atelier_cpu::Bytes;
use atelier_nn::{BufferId, Executor, Lowering, Plan, StepData};

use crate::budget::needs;
use crate::protocol::MemoryReport;
use crate::replica::Compiled;
use crate::shard::{data_of, exchange, part_of, shards, sum};
use crate::trainer::{Answer, Batch, Outcome, Scores, Trainer, Weights};
use crate::{Helpers, Host, Job, Replica, SessionError, Setup, Task};

/// Pictures that each worker evaluates in one call.
const EVALUATED_BY_EACH: usize = 128;

pub(crate) struct CpuTrainer<H, T> {
    setup: Setup,
    leader: Replica,
    /// Made when it is first looked through.
    trace: Option<Compiled>,
    helpers: H,
    host: Rc<T>,
    /// Of the weights that each helper has; none where it has none of this run's.
    known: Vec<Option<u64>>,
    waiting: VecDeque<Batch>,
    bytes: Bytes,
}

impl<H: Helpers, T: Host> CpuTrainer<H, T> {
    pub fn new(setup: &Setup, helpers: H, host: Rc<T>) -> Result<Self, SessionError> {
        let leader = Replica::leader(setup)?;
        let known = vec![None; helpers.count()];
        let bytes = needs(leader.plans())?;
        let waiting = VecDeque::new();
        Ok(CpuTrainer { setup: setup.clone(), leader, trace: None, helpers, host, known, waiting, bytes })
    }

    pub fn put(&mut self, weights: &Weights) -> Result<(), SessionError> {
        self.waiting.clear();
        self.leader.set_weights(weights)
    }

    /// The plan that trains.
    pub fn plan(&self) -> &Arc<Plan> {
        self.leader.plan()
    }

    async fn train(&mut self, batch: Batch) -> Result<Outcome, SessionError> {
        let Batch { data: whole, inputs, targets, keep } = batch;
        let shards = shards(whole.batch, 1 + self.helpers.count());
        let jobs =
            self.jobs(&shards, whole.batch, &inputs, &targets, |shard| Task::Train(data_of(&whole, shard))).await?;
        let pending = self.helpers.start(jobs);
        let (inputs, targets) = (part_of(&inputs, whole.batch, &shards[0]), part_of(&targets, whole.batch, &shards[0]));
        let own = self.leader.train(data_of(&whole, &shards[0]), &inputs, &targets, &*self.host).await?;
        let mut outcomes = gathered(own, self.arrived(pending.await)?);
        if shards.len() > 1 {
            for at in 0..self.leader.exchanges().len() {
                let numbers = exchange(&self.leader.exchanges()[at], &outcomes, &shards);
                let go_on = || Job { task: Task::GoOn, parameters: None, inputs: numbers.clone(), targets: Vec::new() };
                let pending = self.helpers.start((1..shards.len()).map(|_| go_on()).collect());
                let own = self.leader.go_on(&numbers, &*self.host).await?;
                outcomes = gathered(own, self.arrived(pending.await)?);
            }
        }
        let reduced = sum(&outcomes);
        self.leader.update(&reduced[2..], &whole)?;
        let weights = if keep { Some(self.leader.weights().await?) } else { None };
        Ok(Outcome { examples: whole.batch, loss: reduced[0], right: reduced[1], weights })
    }

    /// A job for every shard but the first, which is the leader's.
    async fn jobs(
        &mut self,
        shards: &[Range<usize>],
        batch: usize,
        inputs: &[f32],
        targets: &[f32],
        task: impl Fn(&Range<usize>) -> Task,
    ) -> Result<Vec<Job>, SessionError> {
        let version = self.leader.version();
        let busy = &mut self.known[..shards.len() - 1];
        let behind = busy.iter().any(|known| *known != Some(version));
        let parameters: Option<Arc<[f32]>> = if behind { Some(self.leader.parameters().await?.into()) } else { None };
        let job = |(shard, known): (&Range<usize>, &mut Option<u64>)| Job {
            task: task(shard),
            parameters: parameters.clone().filter(|_| known.replace(version) != Some(version)),
            inputs: part_of(inputs, batch, shard),
            targets: part_of(targets, batch, shard),
        };
        Ok(shards[1..].iter().zip(busy).map(job).collect())
    }

    /// What the helpers answered. After a failure nobody knows which weights they have.
    fn arrived(&mut self, answer: Result<Vec<Vec<f32>>, SessionError>) -> Result<Vec<Vec<f32>>, SessionError> {
        if answer.is_err() {
            self.known.fill(None);
        }
        answer
    }

    async fn score(&mut self, examples: usize, inputs: &[f32], targets: &[f32]) -> Result<Scores, SessionError> {
        let shards = shards(examples, 1 + self.helpers.count());
        let task = |shard: &Range<usize>| Task::Evaluate { examples: shard.len() };
        let jobs = self.jobs(&shards, examples, inputs, targets, task).await?;
        let pending = self.helpers.start(jobs);
        let own = &shards[0];
        let (inputs, targets) = (part_of(inputs, examples, own), part_of(targets, examples, own));
        let mut scores = self.leader.evaluate(own.len(), &inputs, &targets, &*self.host).await?;
        for (outcome, shard) in self.arrived(pending.await)?.iter().zip(&shards[1..]) {
            scores.append(outcome, shard.len());
        }
        Ok(scores)
    }

    async fn read_through(&mut self, input: &[f32], wanted: &[BufferId]) -> Result<Vec<Vec<f32>>, SessionError> {
        let trace = match &mut self.trace {
            Some(trace) => trace,
            missing => {
                let trace = missing.insert(self.leader.sharing(&self.setup.network, &Lowering::trace(1))?);
                self.bytes = needs(self.leader.plans().chain([&*trace.plan]))?;
                trace
            }
        };
        let plan = Arc::clone(&trace.plan);
        trace.executor.write(plan.input, input)?;
        trace.executor.run(plan.forward.clone(), &StepData::forward(1))?;
        let mut numbers = Vec::with_capacity(wanted.len());
        for buffer in wanted {
            numbers.push(trace.read([*buffer], 1).await?);
        }
        Ok(numbers)
    }
}

impl<H: Helpers, T: Host> Trainer for CpuTrainer<H, T> {
    fn ahead(&self) -> usize {
        1
    }

    fn under_way(&self) -> usize {
        self.waiting.len()
    }

    /// It is computed when its outcome is waited for.
    fn submit(&mut self, batch: Batch) -> Answer<'_, ()> {
        self.waiting.push_back(batch);
        Box::pin(async { Ok(()) })
    }

    fn outcome(&mut self) -> Answer<'_, Option<Outcome>> {
        Box::pin(async {
            match self.waiting.pop_front() {
                Some(batch) => Ok(Some(self.train(batch).await?)),
                None => Ok(None),
            }
        })
    }

    fn took(&mut self, _: f64) {}

    fn can_be_lost(&self) -> bool {
        false
    }

    fn evaluates_at_once(&self) -> usize {
        EVALUATED_BY_EACH * (1 + self.helpers.count())
    }

    fn evaluate<'a>(&'a mut self, examples: usize, inputs: &'a [f32], targets: &'a [f32]) -> Answer<'a, Scores> {
        Box::pin(self.score(examples, inputs, targets))
    }

    fn look<'a>(&'a mut self, input: &'a [f32], wanted: &'a [BufferId]) -> Answer<'a, Vec<Vec<f32>>> {
        Box::pin(self.read_through(input, wanted))
    }

    fn weights(&mut self) -> Answer<'_, Weights> {
        Box::pin(self.leader.weights())
    }

    fn set_weights<'a>(&'a mut self, weights: &'a Weights) -> Answer<'a, ()> {
        Box::pin(async { self.put(weights) })
    }

    fn memory(&self) -> MemoryReport {
        MemoryReport::of_worker(&self.bytes, 1 + self.helpers.count())
    }
}

fn gathered(own: Vec<f32>, others: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    [own].into_iter().chain(others).collect()
}
