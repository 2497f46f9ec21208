import type { PayloadPattern } from "../model/request-settings.ts";
import { partialValuesOf } from "../schema/element.ts";
import { signatureElement } from "../schema/request-protocols-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** What ties request and reply must be found in both. */
export const signaturesAgree: Rule = (root, faults) => {
  for (const signature of descendantsOf(root, signatureElement)) {
    const { request, reply } = partialValuesOf(signature, signatureElement);
    if (request === undefined || reply === undefined || correlates(request) === correlates(reply)) continue;
    const [attribute, other] = correlates(request) ? (["reply", "request"] as const) : (["request", "reply"] as const);
    const line = signature.source.attributes.get(attribute)?.line ?? signature.source.line;
    const problem = `the ${other} has brackets, the ${attribute} has none`;
    faults.add(line, signature.source.path, attribute, problem, "brackets in both, or in neither");
  }
};

function correlates(pattern: PayloadPattern | null): boolean {
  return pattern?.steps.some(({ kind }) => kind === "open") ?? false;
}
