/** The Zoo view, which is fetched when it is first opened. */
import type { Run } from "../../core/run";
import { Zoo } from "../../core/zoo/zoo";

export { default as Bench } from "./ZooBench.svelte";
export { default as Transport } from "./ZooTransport.svelte";

export function openZoo(run: Run): Zoo {
  const zoo = new Zoo(run);
  // A way of trying out what happens: hands the view to the function that is the detail.
  const handOver = (event: Event) => (event as CustomEvent<(zoo: Zoo) => void>).detail(zoo);
  addEventListener("atelier:hand-over-zoo", handOver);
  zoo.onLeave(() => removeEventListener("atelier:hand-over-zoo", handOver));
  return zoo;
}
