/** How a session comes to the executor that the page wishes for. */
import { text, trapped } from "./events";
import type { Session } from "./generated/simd/engine";
import type { ExecutorReport } from "./generated/types/ExecutorReport";
import { type Devices, NoGpu } from "./gpu";
import type { ExecutorWish } from "./protocol";

/** Brings a session, which last said this of its executor, to the wish. Rejects where it cannot be had. */
export async function grant(wish: ExecutorWish, session: Session, { kind, reason }: ExecutorReport, devices: Devices): Promise<void> {
  if (wish === "cpu") return session.use_cpu();
  const auto = wish === "auto";
  if (kind === "webgpu" && auto !== (reason.type === "forced")) return;
  // A GPU that was taken by wish must show that it is the faster one.
  if (kind === "webgpu" && auto) await session.use_cpu();
  try {
    await devices.use((gpu) => (auto ? session.offer_gpu(gpu) : session.use_gpu(gpu)));
  } catch (error) {
    if (trapped(error)) throw error;
    // Without a wish it is only told why not.
    if (kind === "cpu") {
      await session.without_gpu(error instanceof NoGpu ? error.reason : { type: "failed", message: text(error) });
    }
    if (wish === "webgpu") throw error;
  }
}
