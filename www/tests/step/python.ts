/** Runs programs in Python, where NumPy is installed. */
import { spawnSync } from "node:child_process";

/** Runs every program of a JSON list by itself, and prints what they print as another. */
const RUNNER = `
import contextlib, io, json, sys
outputs = []
for program in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(program, "program", "exec"), {})
    outputs.append(output.getvalue())
print(json.dumps(outputs))
`;

/** The first Python that has NumPy: the one in the path, or the system's. */
export function python(): string | undefined {
  return ["python3", "/usr/bin/python3"].find((command) => spawnSync(command, ["-c", "import numpy"]).status === 0);
}

export function run(command: string, programs: readonly string[]): string[] {
  const ran = spawnSync(command, ["-W", "error", "-c", RUNNER], { input: JSON.stringify(programs), encoding: "utf8", maxBuffer: 1 << 28 });
  if (ran.status !== 0) throw new Error(ran.stderr || String(ran.error));
  return JSON.parse(ran.stdout);
}
