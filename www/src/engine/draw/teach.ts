/** Teaching, in the drawing's worker: kept drawings as files, and the teacher that is at work. */
import { SEEN_SIDE } from "./decode";
import type { Kept, Teacher } from "../generated/simd/engine";
import type { Lesson } from "../generated/types/Lesson";
import type { Outcome } from "../generated/types/Outcome";
import type { Drawing } from "../generated/types/Drawing";
import type { Wasm } from "../module";
import type { DrawRequests, KeptDrawing, KeptDrawings } from "./protocol";

type Ask<T extends keyof DrawRequests> = DrawRequests[T]["ask"];
type Answer<T extends keyof DrawRequests> = DrawRequests[T]["answer"];

/** What each drawing adds, one after another: each is a value of its own on the module's side. */
function keptOf(wasm: Wasm, { classes, drawings }: KeptDrawings): Kept {
  let kept = new wasm.Kept(classes, Uint32Array.of(SEEN_SIDE, SEEN_SIDE, 1));
  for (const { label, pixels, drawing } of drawings) {
    const more = kept.with(label, pixels, drawing);
    kept.free();
    kept = more;
  }
  return kept;
}

export class Lessons {
  readonly #wasm: Wasm;
  #teacher: Teacher | null = null;

  constructor(wasm: Wasm) {
    this.#wasm = wasm;
  }

  file(drawings: Ask<"kept_file">): Answer<"kept_file"> {
    const kept = keptOf(this.#wasm, drawings);
    try {
      return kept.bytes() as Uint8Array<ArrayBuffer>;
    } finally {
      kept.free();
    }
  }

  read(bytes: Ask<"kept_read">): Answer<"kept_read"> {
    const kept = this.#wasm.Kept.read(bytes);
    try {
      const [labels, pixels] = [kept.labels(), kept.pixels()];
      const size = SEEN_SIDE * SEEN_SIDE;
      const drawings = Array.from(labels, (label, index): KeptDrawing => ({ label, pixels: pixels.slice(index * size, (index + 1) * size), drawing: kept.drawing(index) as Drawing | null }));
      return { classes: kept.classes(), drawings };
    } finally {
      kept.free();
    }
  }

  begin({ saved: file, kept: drawings, rehearsed, validated, scope }: Ask<"teach">): void {
    this.#end();
    const saved = new this.#wasm.Saved(file);
    const kept = keptOf(this.#wasm, drawings);
    try {
      this.#teacher = this.#wasm.Teacher.make(saved, kept, rehearsed.pixels, rehearsed.labels, validated.pixels, validated.labels, { scope });
    } finally {
      saved.free();
      kept.free();
    }
  }

  async lesson(): Promise<Lesson> {
    return (await this.#working().step()) as Lesson;
  }

  async taught(): Promise<Answer<"taught">> {
    const teacher = this.#working();
    const outcome = teacher.outcome() as Outcome | null;
    if (!outcome) throw new Error("The teaching is not done yet.");
    const saved = await teacher.saved();
    try {
      return { saved: saved.bytes() as Uint8Array<ArrayBuffer>, outcome };
    } finally {
      saved.free();
      this.#end();
    }
  }

  #working(): Teacher {
    if (!this.#teacher) throw new Error("Nothing is being taught.");
    return this.#teacher;
  }

  #end(): void {
    this.#teacher?.free();
    this.#teacher = null;
  }
}
