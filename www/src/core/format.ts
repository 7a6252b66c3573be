/** Numbers as the page writes them: three significant digits, true minus signs, and widths that do not jump. */

import { shortest } from "./ranges";

const MINUS = "−";
const groups = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function sign(text: string): string {
  return text.replaceAll("-", MINUS);
}

/** Whole numbers with thousands set apart: 60,000. */
export function count(value: number | bigint): string {
  return sign(groups.format(value));
}

/** Three significant digits: 0.0534, 1.20, 12.3, 1,230, 4.1e−7. */
export function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [digits, power] = value.toExponential(1).split("e");
    return sign(`${digits}e${Number(power)}`);
  }
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) >= 1000) return count(rounded);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return sign(rounded.toFixed(decimals));
}

/** A number that fits a cell of a grid: two decimals, or its one significant digit. */
export function cell(value: number): string {
  if (!Number.isFinite(value) || value === 0) return number(value);
  const size = Math.abs(value);
  if (size >= 100) return number(value);
  if (size >= 0.01) return sign(value.toFixed(2));
  if (size >= 0.0005) return sign(value.toFixed(3));
  const [digits, power] = value.toExponential(0).split("e");
  return sign(`${digits}e${Number(power)}`);
}

/** An f32 with as few digits as tell it from its neighbours. */
export function exact(value: number): string {
  return plain(value);
}

/** A loss: three decimals where they fit, so that its digits stand still. */
export function loss(value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return number(value);
  return value < 100 ? sign(value.toFixed(3)) : number(value);
}

/** A share as a percentage of one decimal; of more where 100 or 0 would be said of what is not quite all or none. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const whole = share === 0 || share === 1;
  const decimals = whole ? 1 : ([1, 2, 3].find((n) => !/^(100|-?0)(\.0*)?$/.test((100 * share).toFixed(n))) ?? 4);
  return `${sign((100 * share).toFixed(decimals))} %`;
}

/** A difference of shares, in points of a percentage. */
export function points(difference: number): string {
  return (100 * Math.abs(difference)).toFixed(1);
}

/** A probability of three decimals. */
export function probability(value: number): string {
  return Number.isFinite(value) ? sign(value.toFixed(3)) : number(value);
}

/** 0:07, 6:48, 1:02:03. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  const whole = Math.ceil(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Speed, three digits once there are more: 742, 1,230, 15,200. */
export function speed(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return "–";
  return perSecond < 10 ? number(perSecond) : count(perSecond < 1000 ? Math.round(perSecond) : Number(perSecond.toPrecision(3)));
}

/** Memory: 640 kB, 4.2 MB, 38 MB, 1.3 GB. */
export function bytes(value: number): string {
  const [unit, size] = value < 1e6 ? ["kB", 1e3] : value < 1e9 ? ["MB", 1e6] : (["GB", 1e9] as const);
  const amount = value / size;
  return `${amount < 9.95 ? amount.toFixed(1) : count(Math.round(amount))} ${unit}`;
}

/** 14×14×64; a vector is its length. */
export function shape(dimensions: readonly number[]): string {
  return dimensions.join("×");
}

/** Learning rates and the like, as short as they can be written. */
export function plain(value: number): string {
  return Number.isFinite(value) ? sign(String(shortest(value))) : number(value);
}

/** A number with all the digits that a reader gave it. */
export function typed(value: number): string {
  return sign(String(value));
}

/** A count as wide as the largest it can become, so that what stands beside it does not move. */
export function padded(value: number, most: number): string {
  return String(value).padStart(String(most).length, "\u2007");
}
