/** Keeps the screen on while a run goes on. A hidden page loses the lock, so it is asked for again when it is seen. */
export class WakeLock {
  #wanted = false;
  #lock: WakeLockSentinel | null = null;

  constructor() {
    document.addEventListener("visibilitychange", () => void this.#settle());
  }

  hold(wanted: boolean): void {
    this.#wanted = wanted;
    void this.#settle();
  }

  async #settle(): Promise<void> {
    if (!("wakeLock" in navigator)) return;
    if (!this.#wanted) {
      const lock = this.#lock;
      this.#lock = null;
      await lock?.release();
      return;
    }
    if (document.visibilityState !== "visible" || (this.#lock && !this.#lock.released)) return;
    // Refused on a low battery: the run goes on, the screen may go dark.
    const lock = await navigator.wakeLock.request("screen").catch(() => null);
    if (this.#wanted) this.#lock = lock;
    else await lock?.release();
  }
}
