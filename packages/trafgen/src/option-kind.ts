import { InvalidArgumentError } from "@trafmon/runtime";
import { readServices } from "@trafmon/settings";
import { type AttributeKind, Refused } from "@trafmon/settings/schema";

/** Reads an option as the configuration's attributes of that kind are read, with the same words for what is allowed. */
export function readAs<T>(kind: AttributeKind<T>): (text: string) => T {
  return (text) => {
    const value = kind.read(text, { services: readServices() });
    if (value instanceof Refused) throw new InvalidArgumentError(`It must be ${kind.allowed}.`);
    return value;
  };
}
