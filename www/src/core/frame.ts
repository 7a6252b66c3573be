/**
 * Work for the next frame of the display. However often a job is asked for, it runs once a frame, with whatever is newest then:
 * training may report faster than the display draws, and stale pictures are never painted.
 */
const jobs = new Set<() => void>();
let asked = 0;

function run(): void {
  asked = 0;
  const due = [...jobs];
  jobs.clear();
  for (const job of due) job();
}

export function onFrame(job: () => void): void {
  jobs.add(job);
  asked ||= requestAnimationFrame(run);
}

export function offFrame(job: () => void): void {
  jobs.delete(job);
}
