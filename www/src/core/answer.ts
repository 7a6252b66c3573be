/** The class that a network says, or null where it says none: its numbers are NaN, and no class is the largest. */
export function answerOf({ predicted, confidence }: { predicted: number | null; confidence: number }, classes: number): number | null {
  return predicted !== null && Number.isFinite(confidence) && predicted < classes ? predicted : null;
}
