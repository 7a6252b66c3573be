/** Which sentence says what happens now. */
import type { EpochReport, Restored, RunState, StepReport } from "../engine/protocol";

export interface Situation {
  opened: boolean;
  /** The engine could not be opened. */
  unopened: boolean;
  /** Read from a file and not gone on yet. */
  restored: Restored | null;
  /** It began from the weights that come with the page. */
  learnt: boolean;
  state: RunState;
  step: StepReport | null;
  /** Of the first batch that was trained here, and of the last ones. */
  loss: { first: number; latest: number };
  /** Pictures in the test set. */
  test: number;
  epochs: readonly EpochReport[];
  /** Progress of the validation pass, null when there is none. */
  validating: number | null;
  /** Real pictures have come while the run goes on with others. */
  dataReady: boolean;
  /** Settings were changed that a run under way cannot take up. */
  settingsWait: boolean;
  editing: boolean;
}

export type Saying =
  | { says: "opening" }
  | { says: "unopened" }
  | { says: "fresh" }
  | { says: "learnt" }
  | { says: "restored"; epochAnew: boolean; freshOptimizer: boolean }
  | { says: "starting" }
  | { says: "editing" }
  | { says: "settings" }
  | { says: "dataReady" }
  /** `falls`: the loss is below that of the first batch. */
  | { says: "begun"; falls: boolean }
  | { says: "learning"; loss: number; accuracy: number }
  | { says: "validating" }
  | { says: "epoch"; epoch: number; accuracy: number; change: number | null }
  | { says: "overfitting"; epoch: number }
  /** `first`: before any step was taken. */
  | { says: "notFinite"; first: boolean }
  | { says: "paused"; loss: number }
  /** Of the test pictures, `right` of `of`: this share. */
  | { says: "finished"; accuracy: number; right: number; of: number }
  | { says: "failed" };

/** A rise of the validation loss by less than this share is noise. */
const NOISE = 0.01;

/** Validation loss rose twice running, by more than noise, while the training loss fell: the network learns its pictures by heart. */
export function overfits(epochs: readonly EpochReport[]): boolean {
  const last = epochs.slice(-3);
  if (last.length < 3) return false;
  const pairs = [
    [last[0], last[1]],
    [last[1], last[2]],
  ];
  return last[2].val_loss > (1 + NOISE) * last[0].val_loss && pairs.every(([a, b]) => b.val_loss > a.val_loss && b.loss < a.loss);
}

export function say(now: Situation): Saying {
  const { step, epochs } = now;
  const last = epochs.at(-1);
  if (!now.opened) return { says: now.unopened ? "unopened" : "opening" };
  if (now.state === "failed") return { says: "failed" };
  if (step && !Number.isFinite(step.loss)) return { says: "notFinite", first: step.iteration === 1 };
  if (now.editing) return { says: "editing" };
  if (now.settingsWait) return { says: "settings" };
  if (!step && now.state === "running") return { says: "starting" };
  if (!step && now.restored) return { says: "restored", epochAnew: now.restored.epoch_anew, freshOptimizer: now.restored.fresh_optimizer };
  if (!step) return { says: now.learnt ? "learnt" : "fresh" };
  if (now.validating !== null) return { says: "validating" };
  if (now.state === "finished" && last) {
    return { says: "finished", accuracy: last.val_accuracy, right: Math.round(last.val_accuracy * now.test), of: now.test };
  }
  if (now.state !== "running") return { says: "paused", loss: step.loss };
  if (now.dataReady && epochs.length === 0) return { says: "dataReady" };
  if (overfits(epochs)) return { says: "overfitting", epoch: epochs.length };
  // What an epoch brought stands for a while before the next one's batches are spoken of.
  if (last && step.iteration - last.iteration < step.batches / 3) {
    const before = epochs.at(-2);
    return { says: "epoch", epoch: last.epoch, accuracy: last.val_accuracy, change: before ? last.val_accuracy - before.val_accuracy : null };
  }
  if (step.iteration < 30) return { says: "begun", falls: now.loss.latest < now.loss.first };
  return { says: "learning", loss: step.loss, accuracy: step.accuracy };
}
