import { type AttributeKind, bitRate, inUnits, Refused, type Units } from "@trafmon/settings/schema";
import type { ByteRange, PortRange, Rate } from "../scenario.ts";

/** Kinds whose value is a number of something. */

/** Nanoseconds. */
const TIME_UNITS: Units = new Map([
  ["ns", 1],
  ["us", 1000],
  ["ms", 1e6],
  ["", 1e9],
  ["s", 1e9],
  ["min", 60e9],
  ["h", 3600e9],
  ["d", 86_400e9],
]);

function inTimeUnits(text: string): number {
  return inUnits(text, TIME_UNITS) ?? Number.NaN;
}

/** A duration; the value is in nanoseconds. Bounds are written as in the file. */
export function durationNs(min: string, max: string): AttributeKind<number> {
  const [least, most] = [inTimeUnits(min), inTimeUnits(max)];
  return {
    allowed: `a duration from ${min} to ${max}: seconds, or with one of the units ns us ms s min h d (20ms, 1.5, 5min)`,
    read: (text) => {
      const value = inTimeUnits(text);
      return value >= least && value <= most ? value : new Refused();
    },
  };
}

/** A duration that may be negative; the value is in nanoseconds. */
export function signedDurationNs(most: string): AttributeKind<number> {
  const bound = inTimeUnits(most);
  return {
    allowed: `a duration from -${most} to ${most}: seconds, or with one of the units ns us ms s min h d (-3ms, 150us)`,
    read: (text) => {
      const isNegative = text.startsWith("-");
      const value = inTimeUnits(isNegative ? text.slice(1) : text);
      if (!(value <= bound)) return new Refused();
      // A negative zero would be one only a computer can see.
      return isNegative && value > 0 ? -value : value;
    },
  };
}

/** A part of the whole; the value is 0 .. 1. */
export const share: AttributeKind<number> = {
  allowed: "a share from 0 to 1, or in percent: 0.05, 5%, 0.1%",
  read: (text) => {
    const parts = /^(\d{1,3}(?:\.\d{1,9})?)(%?)$/.exec(text);
    const value = parts === null ? Number.NaN : Number(parts[1]) / (parts[2] === "%" ? 100 : 1);
    return value <= 1 ? value : new Refused();
  },
};

/** Millionths of a packet per second, so that a packet in 20 s can be asked for. */
const PACKET_RATE_UNITS: Units = new Map([
  ["pps", 1e6],
  ["kpps", 1e9],
  ["Mpps", 1e12],
]);

const bits = bitRate("1bit", "100Gbit");

export const rate: AttributeKind<Rate> = {
  allowed:
    "packets per second from 0.001pps to 10Mpps (50pps, 20kpps), or bits of IP per second from 1bit to 100Gbit (64kbit, 10Mbit)",
  read: (text, context) => {
    const packets = inUnits(text, PACKET_RATE_UNITS);
    if (packets !== null) {
      return packets >= 1000 && packets <= 1e13 ? { unit: "packets", perS: packets / 1e6 } : new Refused();
    }
    // A bare number could mean either.
    if (/^[\d.]+$/.test(text)) return new Refused("it has no unit");
    const perS = bits.read(text, context);
    return perS instanceof Refused ? new Refused() : { unit: "bits", perS };
  },
};

/** A port or a range of ports. */
export const ports: AttributeKind<PortRange> = {
  allowed: "a port from 0 to 65535 or a range of them, e.g. 53 or 40000-49999",
  read: (text) => {
    const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
    if (parts === null) return new Refused();
    const first = Number(parts[1]);
    const last = parts[2] === undefined ? first : Number(parts[2]);
    return first <= last && last <= 65535 ? { first, count: last - first + 1 } : new Refused();
  },
};

const BYTE_UNITS: Units = new Map([
  ["", 1],
  ["B", 1],
  ["kB", 1000],
  ["MB", 1e6],
  ["GB", 1e9],
  ["KiB", 1024],
  ["MiB", 1024 ** 2],
  ["GiB", 1024 ** 3],
]);

/** Bytes, or a range that sizes are drawn from. */
export function byteRange(max: string): AttributeKind<ByteRange> {
  const most = inUnits(max, BYTE_UNITS) ?? 0;
  return {
    allowed: `a size from 0 to ${max}, or a range to draw from: bytes, or with one of the units kB MB GB KiB MiB GiB (500, 10kB-2MB)`,
    read: (text) => {
      const [fromText = "", toText, ...more] = text.split("-");
      const from = inUnits(fromText.trim(), BYTE_UNITS);
      const to = toText === undefined ? from : inUnits(toText.trim(), BYTE_UNITS);
      if (from === null || to === null || more.length > 0 || from > to || to > most) return new Refused();
      return { from, to };
    },
  };
}

/** An octet, in decimal or 0x hexadecimal. */
export const octet: AttributeKind<number> = {
  allowed: "a number from 0 to 255, or 0x00 to 0xff",
  read: (text) => {
    const value = /^(0x[0-9a-fA-F]{1,2}|\d{1,3})$/.test(text) ? Number(text) : Number.NaN;
    return value <= 255 ? value : new Refused();
  },
};

/** How often; null: until stopped. */
export const cycles: AttributeKind<number | null> = {
  allowed: "a whole number from 1 to 1000000000, or forever",
  read: (text) => {
    if (text === "forever") return null;
    const value = /^\d{1,10}$/.test(text) ? Number(text) : 0;
    return value >= 1 && value <= 1e9 ? value : new Refused();
  },
};
