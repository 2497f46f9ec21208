/**
 * How a direction of a connection ended: closed, reset, silent too long, another connection began on the same ports, no
 * room in the table, or the probe stops or goes over to another configuration.
 */
export type StreamEnd = "fin" | "rst" | "idle" | "superseded" | "evicted" | "stop";

/** What gets the bytes of one direction of a TCP connection, in order and each once. */
export interface StreamReader {
  /**
   * The next bytes, and the instant of the packet that brought them first. They are only there during the call, may lie
   * in shared memory, and begin and end anywhere.
   */
  bytes(data: Uint8Array, seconds: number, nanos: number): void;
  /**
   * Bytes that will not come: lost before the tap, not captured, or beyond what is held for them. `lengthBytes` null: an
   * unknown number, for the connection is picked up in its midst. What follows begins anywhere.
   */
  gap(lengthBytes: number | null, seconds: number, nanos: number): void;
  /** Nothing more comes. The instant is that of the packet that ended it, or of the source clock. */
  end(how: StreamEnd, seconds: number, nanos: number): void;
}
