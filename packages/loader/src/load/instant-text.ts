/** An instant as DATETIME(6) has it, UTC. `us`: whole microseconds since the epoch. */
export function instantText(us: number): string {
  const ms = Math.floor(us / 1000);
  const text = new Date(ms).toISOString().slice(0, 23).replace("T", " ");
  return text + String(us - ms * 1000).padStart(3, "0");
}
