/** What the walk of a run tells the page. */
export type { BufferOutline } from "../../engine/generated/types/BufferOutline";
export type { Column } from "../../engine/generated/types/Column";
export type { Explanation } from "../../engine/generated/types/Explanation";
export type { Inference } from "../../engine/generated/types/Inference";
export type { Line } from "../../engine/generated/types/Line";
export type { Moved } from "../../engine/generated/types/Moved";
export type { Nudge } from "../../engine/generated/types/Nudge";
export type { Operand } from "../../engine/generated/types/Operand";
export type { Outline } from "../../engine/generated/types/Outline";
export type { Phase } from "../../engine/generated/types/Phase";
export type { StepOutline } from "../../engine/generated/types/StepOutline";
export type { Survey } from "../../engine/generated/types/Survey";
export type { WalkOutline } from "../../engine/generated/types/WalkOutline";
export type { Field } from "../../engine/walk/protocol";
