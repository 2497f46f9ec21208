/** A field's whole number in decimal, or null when it is none or more than `max`. */
export function fieldNumber(text: string, max = Number.MAX_SAFE_INTEGER): number | null {
  if (!/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}
