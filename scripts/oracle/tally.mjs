/**
 * One direction of what shares addresses, protocol and ports; `tcp` has those with TCP ports a second time, with payload.
 * @typedef {{ protocol: number, source: string, sourcePort: number | null, destination: string | null,
 *   destinationPort: number | null, packets: number, bytes: number }} Flow
 * @typedef {{ source: string, sourcePort: number, destination: string, destinationPort: number, packets: number,
 *   bytes: number, payloadBytes: number }} TcpDirection
 */

/**
 * frames = packets + nonIp + undecodable; `reasons` divides `undecodable`. `complaint`: what tshark said of a file that
 * it could not read to its end, else null.
 * @typedef {{ frames: number, frameBytes: number, packets: number, bytes: number, nonIp: number, undecodable: number,
 *   reasons: Record<string, number>, flows: Flow[], tcp: TcpDirection[], complaint: string | null }} Answer
 */

/** Adds up the verdicts on a capture's frames. */
export class Tally {
  frames = 0;
  #frameBytes = 0;
  #packets = 0;
  #bytes = 0;
  #nonIp = 0;
  #undecodable = 0;
  /** @type {Map<string, number>} */
  #reasons = new Map();
  /** @type {Map<string, Flow>} */
  #flows = new Map();
  /** @type {Map<string, TcpDirection>} */
  #tcp = new Map();

  /** @param {import("./judge.mjs").Verdict} verdict */
  add(verdict) {
    this.frames++;
    this.#frameBytes += verdict.frameBytes;
    if (verdict.kind === "non_ip") this.#nonIp++;
    else if (verdict.kind === "ip") this.#addPacket(verdict);
    else {
      this.#undecodable++;
      this.#reasons.set(verdict.reason, (this.#reasons.get(verdict.reason) ?? 0) + 1);
    }
  }

  /** @param {string | null} complaint @returns {Answer} */
  answer(complaint) {
    return {
      frames: this.frames,
      frameBytes: this.#frameBytes,
      packets: this.#packets,
      bytes: this.#bytes,
      nonIp: this.#nonIp,
      undecodable: this.#undecodable,
      reasons: Object.fromEntries(this.#reasons),
      flows: [...this.#flows.values()],
      tcp: [...this.#tcp.values()],
      complaint,
    };
  }

  #addPacket({ source, destination, protocol, ports, bytes, payloadBytes }) {
    this.#packets++;
    this.#bytes += bytes;
    const [sourcePort, destinationPort] = ports ?? [null, null];
    const ends = { source, sourcePort, destination, destinationPort };
    const key = `${protocol} ${Object.values(ends).join(" ")}`;
    count(this.#flows, key, { protocol, ...ends }, { packets: 1, bytes });
    if (protocol === 6 && ports !== null) count(this.#tcp, key, ends, { packets: 1, bytes, payloadBytes });
  }
}

/** Adds numbers to those kept under a key, which begin at 0. */
function count(kept, key, names, numbers) {
  const sum = kept.get(key) ?? { ...names, ...Object.fromEntries(Object.keys(numbers).map((name) => [name, 0])) };
  for (const [name, number] of Object.entries(numbers)) sum[name] += number;
  kept.set(key, sum);
}
