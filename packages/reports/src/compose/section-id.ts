import type { Section } from "./model.ts";

/** What links lead to: the section's own id, else its title in letters that a web address may have. */
export function sectionId({ id, title }: Section): string {
  return id ?? title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
