/** Values that can be taken back, at least. */
const TAKEN_BACK = 32;

/** A series as it was. */
export interface Moment {
  length: number;
  buckets: { min: Float32Array; max: Float32Array; smooth: Float32Array };
  width: number;
  recent: number[];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * One curve of a run, however long: a fixed number of buckets of equal width. When they are full, neighbours merge and the width
 * doubles, so that memory and drawing stay bounded while extremes are kept.
 *
 * The smoothed curve is the mean of the last values: of `window` of them, and at the beginning, where a loss falls fast, of no more
 * than the last fifth of all there are, so that it does not lag behind what it smooths.
 */
export class Series {
  readonly #min: Float32Array;
  readonly #max: Float32Array;
  readonly #smooth: Float32Array;
  readonly #window: number;
  #width = 1;
  #buckets = 0;
  #inLast = 0;
  /** The last finite values, as many as a mean is taken of. */
  #recent: number[] = [];
  /** The series as it was once or twice before, the older one first, and what was pushed since the older one. */
  #saved: Moment[] = [];
  #since: number[] = [];

  /** `capacity` buckets (even). */
  constructor(capacity = 1024, window = 20) {
    this.#min = new Float32Array(capacity);
    this.#max = new Float32Array(capacity);
    this.#smooth = new Float32Array(capacity);
    this.#window = window;
  }

  get buckets(): number {
    return this.#buckets;
  }

  /** Values a bucket holds. */
  get width(): number {
    return this.#width;
  }

  /** Values pushed so far. */
  get length(): number {
    return this.#buckets === 0 ? 0 : (this.#buckets - 1) * this.#width + this.#inLast;
  }

  /** The smoothed curve at its end, NaN before there is one. */
  get latest(): number {
    return this.#buckets === 0 ? NaN : this.#smooth[this.#buckets - 1];
  }

  /** The first value; of a series whose buckets have merged, the first bucket's greatest. NaN before there is one. */
  get first(): number {
    return this.#buckets === 0 ? NaN : this.#max[0];
  }

  /** How many values `latest` is the mean of. */
  get smoothed(): number {
    return this.#recent.length;
  }

  push(value: number): void {
    if (this.length % TAKEN_BACK === 0) this.#save();
    this.#since.push(value);
    this.#append(value);
  }

  /**
   * Takes back what was pushed after the first `length` values: as if it had never been. Of more than the last 32 values
   * nothing is remembered: then the series is empty.
   */
  rewind(length: number): void {
    if (length >= this.length) return;
    while (this.#saved.length > 0 && this.#saved[this.#saved.length - 1].length > length) this.#saved.pop();
    const saved = this.#saved.at(-1);
    if (!saved) return this.clear();
    this.#restore(saved);
    this.#since.length = length - this.#saved[0].length;
    for (const value of this.#since.slice(saved.length - this.#saved[0].length)) this.#append(value);
  }

  /** The series as it is, to come back to however long it has grown. */
  mark(): Moment {
    const now = (column: Float32Array) => column.slice(0, this.#buckets);
    const buckets = { min: now(this.#min), max: now(this.#max), smooth: now(this.#smooth) };
    return { length: this.length, buckets, width: this.#width, recent: [...this.#recent] };
  }

  /** As it was. */
  back(to: Moment): void {
    this.#restore(to);
    this.#saved = [to];
    this.#since = [];
  }

  clear(): void {
    this.#width = 1;
    this.#buckets = this.#inLast = 0;
    this.#recent = [];
    this.#saved = [];
    this.#since = [];
  }

  #save(): void {
    if (this.#saved.length === 2) {
      const [older, newer] = this.#saved;
      this.#since.splice(0, newer.length - older.length);
      this.#saved.shift();
    }
    this.#saved.push(this.mark());
  }

  #restore({ length, buckets, width, recent }: Moment): void {
    this.#min.set(buckets.min);
    this.#max.set(buckets.max);
    this.#smooth.set(buckets.smooth);
    this.#buckets = buckets.min.length;
    this.#width = width;
    this.#inLast = length - Math.max(0, this.#buckets - 1) * width;
    this.#recent = [...recent];
  }

  #append(value: number): void {
    // What is not finite leaves the mean alone.
    if (Number.isFinite(value)) {
      this.#recent.push(value);
      const most = Math.max(1, Math.min(this.#window, Math.floor((this.length + 1) / 5)));
      while (this.#recent.length > most) this.#recent.shift();
    }
    if (this.#inLast === this.#width && this.#buckets === this.#min.length) this.#merge();
    if (this.#buckets === 0 || this.#inLast === this.#width) {
      this.#min[this.#buckets] = this.#max[this.#buckets] = value;
      this.#buckets++;
      this.#inLast = 1;
    } else {
      const last = this.#buckets - 1;
      // A value that is not a number never displaces one that is.
      if (value < this.#min[last] || Number.isNaN(this.#min[last])) this.#min[last] = value;
      if (value > this.#max[last] || Number.isNaN(this.#max[last])) this.#max[last] = value;
      this.#inLast++;
    }
    this.#smooth[this.#buckets - 1] = Number.isFinite(value) ? mean(this.#recent) : value;
  }

  /** Number of the last value in a bucket, counted from 1. */
  end(bucket: number): number {
    return Math.min((bucket + 1) * this.#width, this.length);
  }

  min(bucket: number): number {
    return this.#min[bucket];
  }

  max(bucket: number): number {
    return this.#max[bucket];
  }

  smooth(bucket: number): number {
    return this.#smooth[bucket];
  }

  #merge(): void {
    const half = this.#buckets / 2;
    for (let i = 0; i < half; i++) {
      this.#min[i] = Math.min(this.#min[2 * i], this.#min[2 * i + 1]);
      this.#max[i] = Math.max(this.#max[2 * i], this.#max[2 * i + 1]);
      this.#smooth[i] = this.#smooth[2 * i + 1];
    }
    this.#buckets = half;
    this.#width *= 2;
    this.#inLast = this.#width;
  }
}
