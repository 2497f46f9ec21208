type Numbers = Int32Array | Uint32Array | Uint8Array | Uint16Array | Float64Array;

/** A longer copy of a typed array; what is new in it is `filling`. */
export function grown<T extends Numbers>(array: T, length: number, filling = 0): T {
  const longer = new (array.constructor as new (length: number) => T)(length);
  longer.set(array);
  if (filling !== 0) longer.fill(filling, array.length);
  return longer;
}
