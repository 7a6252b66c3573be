/**
 * Gives a buffer's memory back at once; what it held is gone, for whoever still looks at it. Collectors know little of the sizes of
 * buffers and let tens of megabytes lie until they see a reason. Browsers that cannot do it wait for theirs.
 */
export function release(buffer: ArrayBufferLike): void {
  (buffer as { transfer?(length: number): ArrayBuffer }).transfer?.(0);
}
