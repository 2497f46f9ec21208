import { expect, test } from "vitest";
import { dropsIn } from "./socket-drops.ts";

// As Linux 6.1 writes it.
const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  325: 0100007F:1DB1 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24123 2 0000000000000000 17
  326: 00000000:1DB1 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24124 2 0000000000000000 5
  399: 0100007F:1DB2 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24125 2 0000000000000000 1000
`;

test("drops of all sockets of a port are added, and of no other", () => {
  expect(dropsIn(table, 7601)).toBe(22);
  expect(dropsIn(table, 7602)).toBe(1000);
  expect(dropsIn(table, 7603)).toBe(0);
});
