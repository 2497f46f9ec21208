import { encode, RECURSION_DESIRED } from "dns-packet";
import type { Question } from "../../scenario/scenario.ts";
import type { Random } from "../random.ts";
import type { PrepareRequest } from "./prepared-request.ts";

const RECURSION_AVAILABLE = 0x80;
/** RFC 1035 section 4.1.1. */
const RESPONSE_CODES: Readonly<Record<string, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

/** Addresses of documentation (RFC 5737, RFC 3849), and a text. */
const ANSWERS = {
  A: (number: number) => ({ type: "A" as const, data: `192.0.2.${(number % 254) + 1}` }),
  AAAA: (number: number) => ({ type: "AAAA" as const, data: `2001:db8::${(number + 1).toString(16)}` }),
  TXT: (number: number) => ({ type: "TXT" as const, data: `answer ${number + 1}` }),
};

const SECONDS_TO_LIVE = 300;

export function dnsRequests(question: Extract<Question, { protocol: "dns" }>, random: () => Random): PrepareRequest {
  const { names, type, responseCode, answers } = question;
  let asked = 0;
  return () => {
    const id = random().below(65_536);
    const name = names[asked++ % names.length]!;
    const questions = [{ type, name, class: "IN" as const }];
    return {
      words: {
        protocol: "dns",
        identifier: `0x${id.toString(16).padStart(4, "0")}`,
        operation: type,
        name,
        version: null,
      },
      status: responseCode,
      request: encode({ type: "query", id, flags: RECURSION_DESIRED, questions }),
      reply: () => {
        const given = responseCode === "NOERROR" ? answers : 0;
        return encode({
          type: "response",
          id,
          flags: RECURSION_DESIRED | RECURSION_AVAILABLE | (RESPONSE_CODES[responseCode] ?? 0),
          questions,
          answers: Array.from({ length: given }, (_, i) => ({ name, ttl: SECONDS_TO_LIVE, ...ANSWERS[type](i) })),
        });
      },
    };
  };
}
