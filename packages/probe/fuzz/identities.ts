import { encoderOf, type ObservationSink, type ObservationType, type RecordWriter } from "@trafmon/observation";
import { readDnsNames } from "../src/measure/identities/dns-answers.ts";
import { IdentityTable } from "../src/measure/identities/identity-table.ts";
import { Leases } from "../src/measure/identities/leases.ts";

/** Encodes every record: a value no column can hold is a fault. */
class Encoded implements ObservationSink {
  readonly #body = new Uint8Array(1 << 16);

  writerOf<T extends ObservationType>(type: T): RecordWriter<T> {
    const encoder = encoderOf(type);
    return {
      write: (record) => {
        encoder.reset();
        encoder.encode(record, this.#body, 0);
      },
    };
  }
  advance(): void {}
}

/** The first byte says what the rest is: DNS, DHCP or DHCPv6. Each is heard twice, and then the end comes. */
export const target = {
  name: "identities",
  seeds: (): Uint8Array[] => [
    Uint8Array.from([
      0,
      ...Buffer.from(
        "00078180000100010000000001610162000001000100c00c000100010000003c0004c0000201".replace("000100c0", "0001c0"),
        "hex",
      ),
    ]),
    Uint8Array.from([
      1,
      2,
      1,
      6,
      0,
      ...Array<number>(232).fill(1),
      0x63,
      0x82,
      0x53,
      0x63,
      53,
      1,
      5,
      51,
      4,
      0,
      0,
      28,
      32,
      12,
      2,
      97,
      98,
      255,
    ]),
    Uint8Array.from([
      2,
      7,
      1,
      2,
      3,
      0,
      1,
      0,
      2,
      1,
      2,
      0,
      3,
      0,
      40,
      ...Array<number>(12).fill(0),
      0,
      5,
      0,
      24,
      ...Array<number>(24).fill(1),
    ]),
  ],
  run(input: Uint8Array): void {
    const table = new IdentityTable(new Encoded(), 16, 60);
    const leases = new Leases(table, 3600, 16);
    const bytes = input.subarray(1);
    for (const s of [1000, 1100]) {
      if (input[0] === 1) leases.dhcp(bytes, s, 0);
      else if (input[0] === 2) leases.dhcp6(bytes, s, 0);
      else {
        readDnsNames(bytes, 0, bytes.length, (address, kind, value, lifeS) => {
          table.observe({ address, kind, value, source: "dns" }, s, 0, lifeS);
        });
      }
      table.sweep(s + 50);
    }
    if (table.size > 16) throw new Error(`${table.size} identities where 16 are allowed`);
    table.finish(2000);
  },
  mostSteps: (bytes: number): number => 400_000 + 2000 * bytes,
};
