/** Words for places in tensors, and for what operands are. */
import type { Messages } from "../../core/i18n";
import { placeIn } from "../../core/step/words";

/** Where a number stands, counted from 1. */
export function placeText(shape: readonly number[], index: number, { step: t }: Messages): string {
  const place = placeIn(shape, index);
  switch (place.in) {
    case "map":
      return `${t.map(place.channel, place.channels)}, ${t.cell(place.row, place.column)}`;
    case "kernel":
      return `${t.cell(place.row, place.column)}, ${t.channel(place.channel, place.channels)}, ${t.unit(place.filter, place.filters)}`;
    case "matrix":
      return `${t.entry(place.input, shape[0])}, ${t.unit(place.unit, shape[1])}`;
    case "vector":
      return t.entry(place.index, place.length);
    case "scalar":
      return "";
  }
}

/** Which plane of a tensor is drawn. */
export function planeText(shape: readonly number[], index: number, { step: t }: Messages): string {
  const place = placeIn(shape, index);
  switch (place.in) {
    case "map":
      return t.map(place.channel, place.channels);
    case "kernel":
      return `${place.filter}, ${t.channel(place.channel, place.channels)}`;
    case "matrix":
      return t.unit(place.unit, shape[1]);
    default:
      return "";
  }
}

export function nameOf(name: string, { step: t }: Messages): string {
  return t.names[name] ?? name;
}
