import { type Clock, FakeClock, systemClock } from "@trafmon/runtime";
import { type DnsReply, type DnsResponder, dnsResponder } from "@trafmon/testkit";
import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { type Answer, type Outcome, reverseDns } from "./reverse-dns.ts";

async function ask(
  texts: readonly string[],
  reply: (question: string) => DnsReply,
  options: { overallMs?: number; tryMs?: number; stopping?: AbortSignal; clock?: Clock } = {},
): Promise<{ answers: Map<string, Answer>; outcome: Outcome; responder: DnsResponder }> {
  const responder = await dnsResponder(reply);
  const answers = new Map<string, Answer>();
  try {
    const outcome = await reverseDns(
      texts.map((text) => parseAddress(text)!),
      {
        parallel: 8,
        // Of minutes, so that a machine that stands still for a moment does not pass for a silent server.
        overallMs: 600_000,
        tryMs: 300_000,
        tries: 1,
        clock: systemClock,
        servers: [responder.server],
        ...options,
      },
      (address, answer) => void answers.set(String(address.value), answer),
    );
    return { answers, outcome, responder };
  } finally {
    await responder.close();
  }
}

const key = (text: string) => String(parseAddress(text)!.value);

test("names, missing names and trouble are told apart, in both families", async () => {
  const { answers, outcome } = await ask(["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"], (question) => {
    if (question === "1.2.0.192.in-addr.arpa") return { name: "one.example.org" };
    if (question === "2.2.0.192.in-addr.arpa") return "NXDOMAIN";
    if (question.endsWith("8.b.d.0.1.0.0.2.ip6.arpa")) return { name: "six.example.org" };
    return "SERVFAIL";
  });
  expect(answers.get(key("192.0.2.1"))).toEqual({ name: "one.example.org" });
  expect(answers.get(key("192.0.2.2"))).toEqual({ error: "no name" });
  expect(answers.get(key("192.0.2.3"))).toMatchObject({ error: expect.stringMatching(/^E/) });
  expect(answers.get(key("2001:db8::1"))).toEqual({ name: "six.example.org" });
  expect(outcome).toEqual({ asked: 4, left: 0, silent: false });
});

test("a name that no host may have is no name", async () => {
  const { answers } = await ask(["192.0.2.1"], () => ({ name: "a b\u0007.example.org" }));
  expect(answers.get(key("192.0.2.1"))).toMatchObject({ error: expect.any(String) });
});

test("a silent server is given up soon, not waited for address by address", async () => {
  const many = Array.from({ length: 400 }, (_, at) => `198.51.${at >> 8}.${at & 255}`);
  const { outcome, responder } = await ask(many, () => "silence", { tryMs: 100 });
  expect(outcome.silent).toBe(true);
  expect(outcome.asked + outcome.left).toBe(400);
  // After 20, none is asked besides those that were under way.
  expect(responder.questions.length).toBeLessThanOrEqual(27);
});

test("the time for all questions is bounded", async () => {
  const clock = new FakeClock();
  let questions = 0;
  const many = Array.from({ length: 300 }, (_, at) => `198.51.${at >> 8}.${at & 255}`);
  const reply = () => {
    clock.advance(10);
    return ++questions < 30 ? { name: "one.example.org" } : "silence";
  };
  // The 29 that are answered let eight more be asked, and the last of these finds the time over.
  const { outcome, answers } = await ask(many, reply, { overallMs: 370, clock });
  expect(questions).toBe(37);
  expect(outcome).toEqual({ asked: answers.size, left: 300 - answers.size, silent: false });
  expect(answers.size).toBe(29);
});

test("whoever is asked to stop ends with what was answered so far", async () => {
  const stopping = new AbortController();
  const many = Array.from({ length: 100 }, (_, at) => `198.51.100.${at}`);
  let questions = 0;
  const { outcome, answers } = await ask(
    many,
    () => {
      if (++questions < 30) return { name: "one.example.org" };
      stopping.abort();
      return "silence";
    },
    { tryMs: 60_000, stopping: stopping.signal },
  );
  expect(answers.size).toBe(outcome.asked);
  expect(outcome.asked).toBeGreaterThan(0);
  expect(outcome.asked + outcome.left).toBe(100);
});
