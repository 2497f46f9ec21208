import fc from "fast-check";
import { expect, test } from "vitest";
import { FtpReplies, type FtpReply } from "./ftp-replies.ts";

const DIALOGUE = Buffer.from(
  [
    "220-Welcome",
    "220 to the server",
    "211-Features:",
    " EPRT",
    "226 inside, of another code",
    "211-still the same",
    "211 End",
    "",
    "331 Password?",
    "230",
    "150 Opening BINARY mode data connection for ärger.bin (7 bytes).",
    "226 Transfer complete.",
    "",
  ].join("\r\n"),
);

const REPLIES: FtpReply[] = [
  { code: 220, text: "Welcome\nto the server" },
  { code: 211, text: "Features:\n EPRT\n226 inside, of another code\nstill the same\nEnd" },
  { code: 331, text: "Password?" },
  { code: 230, text: "" },
  { code: 150, text: "Opening BINARY mode data connection for ärger.bin (7 bytes)." },
  { code: 226, text: "Transfer complete." },
];

test("replies are the same wherever the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(DIALOGUE.length), { maxLength: 20 }), (cuts) => {
      const parser = new FtpReplies();
      const replies: FtpReply[] = [];
      let from = 0;
      for (const cut of [...cuts.sort((a, b) => a - b), DIALOGUE.length]) {
        // A copy that is spoilt afterwards, as a socket's own memory may be.
        const chunk = Buffer.from(DIALOGUE.subarray(from, cut));
        replies.push(...parser.push(chunk));
        chunk.fill(0x2a);
        from = cut;
      }
      expect(replies).toEqual(REPLIES);
    }),
  );
});

test("a reply comes with its last byte, not before", () => {
  const parser = new FtpReplies();
  const seen: number[] = [];
  for (const [at, byte] of DIALOGUE.entries()) {
    for (const { code } of parser.push(Buffer.from([byte]))) {
      seen.push(code);
      expect(DIALOGUE[at]).toBe(10);
    }
  }
  expect(seen).toEqual(REPLIES.map(({ code }) => code));
});

test("line feeds alone end lines too", () => {
  expect(new FtpReplies().push(Buffer.from("220 ok\n"))).toEqual([{ code: 220, text: "ok" }]);
});

test.each(["HTTP/1.1 400 Bad Request\r\n", "99 too low\r\n", "600 too high\r\n", "2200 no code\r\n", "x".repeat(9000)])(
  "what is no reply is refused: %s",
  (text) => {
    expect(() => new FtpReplies().push(Buffer.from(text))).toThrow("does not speak FTP");
  },
);

test("a reply without end is refused", () => {
  const parser = new FtpReplies();
  parser.push(Buffer.from("220-begin\r\n"));
  expect(() => {
    for (let i = 0; i < 10_000; i++) parser.push(Buffer.from("more\r\n"));
  }).toThrow("does not speak FTP");
});

test("any bytes give replies or a refusal", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
      const parser = new FtpReplies();
      try {
        for (const chunk of chunks)
          for (const { code } of parser.push(Buffer.from(chunk))) expect(code).toBeLessThan(600);
      } catch (error) {
        expect(error).toMatchObject({ code: "not FTP" });
      }
    }),
  );
});
