import { createHmac, timingSafeEqual } from "node:crypto";
import { ByteReader } from "../codec/byte-reader.ts";
import { MalformedError } from "../codec/refused.ts";
import { putCount } from "../codec/varint.ts";

/**
 * How a session begins. Neither side keeps anything before the other has shown that it hears what is sent to it, and
 * that it holds the key:
 *
 *     probe                                collector
 *       hello      run, session, names  -->
 *              <-- challenge  epoch, cookie            nothing kept
 *       echo       cookie, sealed       -->            cookie good, seal good: session made
 *              <-- ack, sealed                         session good for the probe as well
 *
 * A collector that gets data of a session it does not know (it was started anew) answers with a challenge, which the
 * probe takes for a hint: it echoes under a new session and goes on with the old one until a sealed answer comes.
 */

/** Names of probes and collectors are at most this long in UTF-8. */
export const MAX_NAME_BYTES = 255;
export const COOKIE_BYTES = 32;
/** A hello is padded to this, so that a challenge is never longer than what asked for it. */
const HELLO_BYTES = 40;

/** Body of a hello, clear: version range (2), security (1), probe, collector (length, UTF-8), zeros. */
export interface Hello {
  readonly newestVersion: number;
  readonly oldestVersion: number;
  readonly isSealed: boolean;
  readonly probe: string;
  readonly collector: string;
}

export function writeHello(hello: Hello): Buffer {
  const bytes = Buffer.concat([
    Buffer.of(hello.newestVersion, hello.oldestVersion, hello.isSealed ? 1 : 0),
    nameBytes(hello.probe),
    nameBytes(hello.collector),
  ]);
  return bytes.length < HELLO_BYTES ? Buffer.concat([bytes], HELLO_BYTES) : bytes;
}

/** @throws {MalformedError} */
export function readHello(body: Uint8Array): Hello {
  const reader = new ByteReader(body);
  const [newestVersion, oldestVersion, security] = [reader.u8(), reader.u8(), reader.u8()];
  return {
    newestVersion,
    oldestVersion,
    isSealed: security !== 0,
    probe: readName(reader),
    collector: readName(reader),
  };
}

/** Body of a challenge, clear: version to speak (1), security (1), cookie (32). */
export interface Challenge {
  readonly version: number;
  readonly isSealed: boolean;
  readonly cookie: Buffer;
}

export function writeChallenge(challenge: Challenge): Buffer {
  return Buffer.concat([Buffer.of(challenge.version, challenge.isSealed ? 1 : 0), challenge.cookie]);
}

/** @throws {MalformedError} */
export function readChallenge(body: Uint8Array): Challenge {
  const reader = new ByteReader(body);
  const [version, security] = [reader.u8(), reader.u8()];
  return { version, isSealed: security !== 0, cookie: Buffer.from(reader.take(COOKIE_BYTES)) };
}

/** Clear part of an echo: cookie (32), probe (length, UTF-8). */
export interface EchoClear {
  readonly cookie: Buffer;
  readonly probe: string;
  /** Where the sealed part begins. */
  readonly clearBytes: number;
}

export function writeEchoClear(cookie: Buffer, probe: string): Buffer {
  return Buffer.concat([cookie, nameBytes(probe)]);
}

/** @throws {MalformedError} */
export function readEchoClear(body: Uint8Array): EchoClear {
  const reader = new ByteReader(body);
  const cookie = Buffer.from(reader.take(COOKIE_BYTES));
  const probe = readName(reader);
  return { cookie, probe, clearBytes: reader.at };
}

/** Sealed part of an echo. */
export interface EchoSealed {
  /** The oldest sequence number the probe still holds: what a collector that knows nothing of the run starts with. */
  readonly firstSequence: number;
}

export function writeEchoSealed(echo: EchoSealed): Buffer {
  const into = Buffer.alloc(8);
  return into.subarray(0, putCount(into, 0, echo.firstSequence));
}

/** @throws {MalformedError} */
export function readEchoSealed(sealed: Uint8Array): EchoSealed {
  return { firstSequence: new ByteReader(sealed).count() };
}

/** Longest time between challenge and echo. */
const COOKIE_LIFE_MS = 30_000;

/** What a cookie is good for: one peer and one session of one run. */
export interface CookieSubject {
  readonly address: string;
  readonly port: number;
  readonly run: string;
  readonly session: string;
}

/**
 * Makes and checks cookies without remembering them: 8 bytes of issue time (ms of the collector's monotonic clock),
 * then 24 bytes of HMAC-SHA-256 under a secret that lives as long as the process.
 */
export class CookieJar {
  readonly #secret: Buffer;

  constructor(secret: Buffer) {
    this.#secret = secret;
  }

  bake(subject: CookieSubject, nowMs: number): Buffer {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(Math.trunc(nowMs)));
    return Buffer.concat([time, this.#mac(subject, time)]);
  }

  /** When the cookie was issued, or null when it is not ours, for somebody else, or stale. */
  issuedMs(cookie: Buffer, subject: CookieSubject, nowMs: number): number | null {
    const time = cookie.subarray(0, 8);
    if (!timingSafeEqual(cookie.subarray(8), this.#mac(subject, time))) return null;
    const issuedMs = Number(time.readBigUInt64BE());
    return nowMs - issuedMs <= COOKIE_LIFE_MS ? issuedMs : null;
  }

  #mac(subject: CookieSubject, time: Buffer): Buffer {
    const text = [subject.address, subject.port, subject.run, subject.session].join("\0");
    return createHmac("sha256", this.#secret)
      .update(time)
      .update(text)
      .digest()
      .subarray(0, COOKIE_BYTES - 8);
  }
}

function nameBytes(name: string): Buffer {
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length === 0 || bytes.length > MAX_NAME_BYTES) throw new Error(`a name of ${bytes.length} bytes`);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function readName(reader: ByteReader): string {
  const length = reader.u8();
  if (length === 0 || length > MAX_NAME_BYTES) throw new MalformedError("cannot hold a name of this length");
  return Buffer.from(reader.take(length)).toString("utf8");
}
