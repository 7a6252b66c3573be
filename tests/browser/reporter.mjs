/** One JSON object a test, for `cargo xtask test` to count: {"name", "status": "passed" | "failed" | "skipped", "reason"}. */
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // A file counts only where it failed without any test of its own, as by an error at its top.
    const isFile = data.details?.type === "suite" || data.name.endsWith(".mjs");
    if (isFile && type === "test:pass") continue;
    if (isFile && data.details?.error?.failureType === "subtestsFailed") continue;
    const skipped = data.skip ?? data.todo;
    // Node 20 reports what --test-name-pattern leaves out.
    if (skipped === "test name does not match pattern") continue;
    const status = skipped !== undefined ? "skipped" : type === "test:pass" ? "passed" : "failed";
    const reason = skipped === undefined ? undefined : String(skipped === true ? "no reason given" : skipped);
    yield `${JSON.stringify({ name: data.name, status, reason })}\n`;
  }
}
