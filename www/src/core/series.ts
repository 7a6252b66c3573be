/**
 * One curve of a run, however long: a fixed number of buckets of equal width. When they are full, neighbours merge and the width
 * doubles, so that memory and drawing stay bounded while extremes are kept.
 */
export class Series {
  readonly #min: Float32Array;
  readonly #max: Float32Array;
  readonly #smooth: Float32Array;
  readonly #decay: number;
  #width = 1;
  #buckets = 0;
  #inLast = 0;
  #average = 0;
  #weight = 0;

  /** `capacity` buckets (even); the smoothed curve forgets at `decay` a value. */
  constructor(capacity = 1024, decay = 0.95) {
    this.#min = new Float32Array(capacity);
    this.#max = new Float32Array(capacity);
    this.#smooth = new Float32Array(capacity);
    this.#decay = decay;
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

  push(value: number): void {
    // An exponential average whose start is not biased towards zero; what is not finite leaves it alone.
    if (Number.isFinite(value)) {
      this.#average = this.#decay * this.#average + (1 - this.#decay) * value;
      this.#weight = this.#decay * this.#weight + (1 - this.#decay);
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
    this.#smooth[this.#buckets - 1] = Number.isFinite(value) && this.#weight > 0 ? this.#average / this.#weight : value;
  }

  clear(): void {
    this.#width = 1;
    this.#buckets = this.#inLast = this.#average = this.#weight = 0;
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
