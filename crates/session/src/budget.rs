//! What a run takes, summed before anything of it is allocated: memory that is asked for and not there ends a worker.

use atelier_cpu::{Bytes, CpuExecutor, Isa};
use atelier_nn::{Lowering, Plan};

use crate::{Room, SessionError, Setup};

/// Pictures that one worker evaluates at a time: as fast as more of them, and a few megabytes.
const EVALUATION_BATCH: usize = 32;

/// What evaluating may take whatever training takes.
const EVALUATION_BYTES: u64 = 32 << 20;

/// Weights and optimiser state are copied when a run is saved: into one row, into tensors, into a file, of which two are alive at
/// once; a third for what lies between them in a memory that was used before.
const COPIES: u64 = 3;

impl Setup {
    /// Pictures that one worker evaluates at a time: fewer where they would take more than training does.
    pub(crate) fn evaluation_batch(&self) -> Result<usize, SessionError> {
        let activations = |lowering: &Lowering| -> Result<u64, SessionError> {
            Ok(needs([&self.network.lower(lowering)?])?.activations)
        };
        let one = activations(&self.evaluation_plan(1))?;
        let room = activations(&self.training_plan(self.largest_shard()))?.max(EVALUATION_BYTES);
        Ok((room / one.max(1)).clamp(1, EVALUATION_BATCH as u64) as usize)
    }

    /// Refuses what is too big, and tells what would fit. [`crate::Run::new`] asks; so must who makes helpers before.
    pub fn check_room(&self, room: Room) -> Result<(), SessionError> {
        let Some(Excess { needed, room: there }) = self.excess(room)? else { return Ok(()) };
        let fits = largest_below(self.training.batch_size, |batch_size| {
            let smaller = Setup { training: crate::Training { batch_size, ..self.training.clone() }, ..self.clone() };
            Ok(smaller.excess(room)?.is_none())
        })?;
        Err(SessionError::TooBig { needed, room: there, batch: self.training.batch_size, fits })
    }

    /// What does not fit, if anything.
    fn excess(&self, room: Room) -> Result<Option<Excess>, SessionError> {
        let lower = |lowering: &Lowering| self.network.lower(lowering);
        let leader = lower(&self.training_plan(self.largest_shard()))?;
        let helper = lower(&self.helper_plan(self.largest_shard()))?;
        let evaluate = lower(&self.evaluation_plan(self.evaluation_batch()?))?;
        let trace = lower(&Lowering::trace(1))?;
        let lead = needs([&leader, &evaluate, &trace])?;
        let copies = COPIES.saturating_mul(lead.parameters.saturating_add(lead.optimizer_state));
        let lead = lead.total().saturating_add(copies);
        let help = needs([&helper, &evaluate])?.total();
        let together = help.saturating_mul(self.workers.saturating_sub(1) as u64).saturating_add(lead);
        Ok(match (lead > room.worker, together > room.together) {
            (true, _) => Some(Excess { needed: lead, room: room.worker }),
            (false, true) => Some(Excess { needed: together, room: room.together }),
            (false, false) => None,
        })
    }
}

/// The largest batch that fits below one that does not; 0 where none does. A smaller one takes less.
pub(crate) fn largest_below(
    mut too_big: usize,
    fits: impl Fn(usize) -> Result<bool, SessionError>,
) -> Result<usize, SessionError> {
    let mut largest = 0;
    while too_big - largest > 1 {
        let tried = largest + (too_big - largest) / 2;
        if fits(tried)? { largest = tried } else { too_big = tried }
    }
    Ok(largest)
}

/// Bytes that are needed, and those that there are.
struct Excess {
    needed: u64,
    room: u64,
}

/// What plans of one worker take together.
pub(crate) fn needs<'a>(plans: impl IntoIterator<Item = &'a Plan>) -> Result<Bytes, SessionError> {
    Ok(CpuExecutor::needs(plans, Isa::best())?)
}
