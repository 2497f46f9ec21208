import { fieldsOf, type ObservationType, type RecordOf } from "@trafmon/observation";

/**
 * A record of a type with all its fields, empty, to be filled and written again and again. Made by a literal of its own:
 * an object with so many fields that gets them one by one by their names becomes a table that is searched at each access.
 */
export function emptyRecordOf<T extends ObservationType>(
  type: T,
): { -readonly [K in keyof RecordOf<T>]: RecordOf<T>[K] } {
  const fields = type.columns.flatMap((column) => fieldsOf(column));
  return new Function(`return { ${fields.map((field) => `${field}: null`).join(", ")} };`)();
}
