/** Pieces that sentences are put together from. */
import * as f from "../format";

/** In English so many of one thing: `many` where its plural is not made by an s. */
export const plural = (n: number, one: string, many = `${one}s`) => `${f.count(n)} ${n === 1 ? one : many}`;

/** In Chinese: Latin letters stand a little apart from the characters before them. */
export const spaced = (name: string) => (/^[A-Za-z]/.test(name) ? ` ${name}` : name);
