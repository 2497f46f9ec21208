import { addressText, parseAddress } from "@trafmon/observation";
import { badOption } from "@trafmon/runtime";

/** What `--exporter` and `--sampling-rate` say, by the exporter as its source calls it. */
export interface Exporters {
  /** The exporter's address for the log. */
  addressOf(exporter: string): Uint8Array;
  /** One packet in so many was looked at. */
  samplingRateOf(exporter: string): number;
}

const MAX_RATE = 1_000_000;

/**
 * Reads `NAME=ADDRESS` and `[NAME=]RATE`. NAME: an address of the source, or a sensor's number, or its name in `sensors`.
 * A sensor that has no address here is 0.0.x.y, its number in the last two octets.
 * @throws {CodedError} BAD_OPTION
 */
export function readExporters(
  addresses: readonly string[],
  rates: readonly string[],
  sensors: ReadonlyMap<string, string>,
): Exporters {
  const addressByName = new Map<string, Uint8Array>();
  for (const text of addresses) {
    const [name, value] = divide(text);
    const address = parseAddress(value);
    if (name === null || address === null) throw badOption(`--exporter ${text}: NAME=ADDRESS is needed`);
    addressByName.set(canonical(name, sensors), address);
  }
  const rateByName = new Map<string | null, number>();
  for (const text of rates) {
    const [name, value] = divide(text);
    const rate = /^\d{1,7}$/.test(value) ? Number(value) : 0;
    if (!(rate >= 1 && rate <= MAX_RATE))
      throw badOption(`--sampling-rate ${text}: a whole number from 1 to ${MAX_RATE} is needed`);
    rateByName.set(name === null ? null : canonical(name, sensors), rate);
  }
  return {
    addressOf: (exporter) => addressByName.get(exporter) ?? parseAddress(exporter) ?? sensorAddress(exporter),
    samplingRateOf: (exporter) => rateByName.get(exporter) ?? rateByName.get(null) ?? 1,
  };
}

function divide(text: string): [name: string | null, value: string] {
  const at = text.lastIndexOf("=");
  return at < 0 ? [null, text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A name as its source will say it. */
function canonical(name: string, sensors: ReadonlyMap<string, string>): string {
  const address = parseAddress(name);
  if (address !== null) return addressText(address);
  const number = sensors.get(name) ?? (/^\d{1,5}$/.test(name) ? String(Number(name)) : null);
  if (number !== null) return number;
  throw badOption(
    `${name} is neither an address nor a sensor${sensors.size === 0 ? "" : " of the site configuration"}`,
  );
}

function sensorAddress(number: string): Uint8Array {
  const value = Number(number);
  return Uint8Array.of(0, 0, (value >> 8) & 255, value & 255);
}
