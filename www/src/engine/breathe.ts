/**
 * Lets the messages that wait be handled. A MessageChannel comes back behind them without the 4 ms that browsers put
 * between nested timers, and hidden tabs do not slow it down.
 */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];

port1.onmessage = () => waiting.shift()?.();

export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(0);
  });
}
