/** Packets and IP bytes. Captures of tests stay far below 2^53. */
export interface Volume {
  packets: number;
  bytes: number;
}

/** A volume with TCP payload. */
export interface PayloadVolume extends Volume {
  payloadBytes: number;
}

/** Adds numbers of the same names up under keys. */
export class VolumeSums<V extends Volume> {
  readonly #sums = new Map<string, V>();

  add(key: string, more: V): void {
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { ...more });
    else for (const name of Object.keys(more) as (keyof V)[]) (sum[name] as number) += more[name] as number;
  }

  /** By key, in order, without what is empty: to be compared. */
  byKey(): Record<string, V> {
    return Object.fromEntries([...this.#sums].filter(([, { packets }]) => packets > 0).sort());
  }
}

export function total(volumes: Iterable<Volume>): Volume {
  const sum = { packets: 0, bytes: 0 };
  for (const { packets, bytes } of volumes) {
    sum.packets += packets;
    sum.bytes += bytes;
  }
  return sum;
}
