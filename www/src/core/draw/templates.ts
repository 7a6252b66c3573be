/** Faint outlines to trace, one of each class: half a garment, and the same again in the mirror where it has one. */
import type { Line, Mark } from "./drawing";
import type { GarmentName } from "./garments";

type Point = Line["points"][number];

const WIDTH = 0.016;
const COAT = { shade: 1, texture: "plain", width: WIDTH } as const;

const path = (points: readonly Point[], mirrored = true): Mark => ({ kind: "stroke", points: points.map(([x, y]) => [x, y, 0.5]), erases: false, mirrored, ...COAT });
const bow = (from: Point, towards: Point, to: Point, mirrored = true): Mark => ({ kind: "curve", points: [from, towards, to], mirrored, ...COAT });

/** Sleeves down to the wrist, and the body between them. */
const long = (shoulder: number, hem: number): Mark[] => [
  path([[0.38, 0.13], [shoulder, 0.18], [0.09, 0.78], [0.19, 0.82], [0.31, 0.42]]),
  path([[0.31, 0.42], [0.3, hem], [0.5, hem]]),
];

export const TEMPLATES: Record<GarmentName, readonly Mark[]> = {
  "T-shirt/top": [bow([0.5, 0.24], [0.41, 0.24], [0.38, 0.15]), path([[0.38, 0.15], [0.27, 0.19], [0.09, 0.37], [0.2, 0.48], [0.3, 0.41], [0.3, 0.87], [0.5, 0.87]])],
  Trouser: [path([[0.5, 0.08], [0.33, 0.08], [0.28, 0.92], [0.44, 0.92], [0.5, 0.36]]), path([[0.5, 0.14], [0.325, 0.14]])],
  Pullover: [bow([0.5, 0.17], [0.42, 0.17], [0.38, 0.13]), bow([0.5, 0.21], [0.39, 0.21], [0.35, 0.145]), ...long(0.26, 0.86), path([[0.3, 0.81], [0.5, 0.81]]), path([[0.1, 0.73], [0.21, 0.77]])],
  Dress: [path([[0.41, 0.06], [0.37, 0.06], [0.36, 0.2], [0.4, 0.42], [0.27, 0.94], [0.5, 0.94]]), bow([0.41, 0.06], [0.42, 0.16], [0.5, 0.16]), path([[0.4, 0.42], [0.5, 0.42]])],
  Coat: [...long(0.25, 0.94), path([[0.38, 0.13], [0.5, 0.36]]), path([[0.38, 0.13], [0.34, 0.26], [0.44, 0.3]]), path([[0.5, 0.36], [0.5, 0.94]], false), path([[0.34, 0.66], [0.44, 0.66]])],
  Sandal: [
    path([[0.08, 0.72], [0.3, 0.68], [0.6, 0.74], [0.94, 0.75], [0.95, 0.82], [0.55, 0.82], [0.3, 0.78], [0.2, 0.86], [0.09, 0.86], [0.08, 0.72]], false),
    bow([0.56, 0.74], [0.66, 0.46], [0.84, 0.75], false),
    bow([0.09, 0.72], [0.1, 0.4], [0.32, 0.5], false),
    bow([0.32, 0.5], [0.5, 0.58], [0.66, 0.62], false),
  ],
  Shirt: [...long(0.26, 0.88), path([[0.38, 0.13], [0.4, 0.09], [0.5, 0.19]]), path([[0.38, 0.13], [0.42, 0.24], [0.5, 0.19]]), path([[0.5, 0.19], [0.5, 0.88]], false)],
  Sneaker: [
    path([[0.07, 0.76], [0.07, 0.5], [0.12, 0.4], [0.2, 0.46], [0.33, 0.4], [0.6, 0.58], [0.84, 0.62], [0.94, 0.7], [0.94, 0.76]], false),
    path([[0.05, 0.76], [0.95, 0.76], [0.94, 0.84], [0.06, 0.84], [0.05, 0.76]], false),
    path([[0.38, 0.54], [0.47, 0.47]], false),
    path([[0.45, 0.59], [0.54, 0.52]], false),
  ],
  Bag: [path([[0.5, 0.38], [0.13, 0.38], [0.11, 0.86], [0.5, 0.86]]), bow([0.5, 0.1], [0.27, 0.1], [0.27, 0.38]), path([[0.12, 0.56], [0.5, 0.56]])],
  "Ankle boot": [
    path([[0.12, 0.12], [0.5, 0.12], [0.52, 0.46], [0.62, 0.6], [0.88, 0.68], [0.95, 0.78], [0.95, 0.84], [0.36, 0.84], [0.32, 0.9], [0.12, 0.9], [0.12, 0.12]], false),
    path([[0.12, 0.8], [0.34, 0.8], [0.94, 0.78]], false),
  ],
};
