import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ControlLine, ControlLines } from "./control-lines.ts";
import { readExtendedPassiveReply, readExtendedPort, readPassiveReply, readPort } from "./data-address.ts";
import { readCommand } from "./ftp-command.ts";
import { type FtpReply, ReplyLines } from "./reply-lines.ts";

/** Lines that a reader makes of pieces, as text; a gap before each piece but the first where `gaps`. */
function linesOf(pieces: readonly Uint8Array[], gaps = false): ControlLine[] {
  const lines: ControlLine[] = [];
  const reader = new ControlLines({
    line: (line) => lines.push({ ...line, bytes: line.bytes.slice() }),
    encrypted: () => {},
  });
  for (const [index, piece] of pieces.entries()) {
    if (gaps && index > 0) reader.gap(1, 0, 0);
    reader.bytes(piece, 0, index);
  }
  return lines;
}

const line = (text: string, more: Partial<ControlLine> = {}): ControlLine => ({
  bytes: Buffer.from(text, "latin1"),
  moreBytes: 0,
  isHeadless: false,
  s: 1,
  nanos: 2,
  ...more,
});

describe("commands", () => {
  test("the argument of what carries a secret is not even read", () => {
    for (const verb of ["PASS", "pass", "ACCT", "ADAT", "SITE", "MIC", "CONF", "ENC"]) {
      expect(readCommand(line(`${verb} Geheim7`))).toEqual({
        verb: verb.toUpperCase(),
        argument: null,
        s: 1,
        nanos: 2,
      });
    }
  });

  test("case, blanks and what is no command", () => {
    expect(readCommand(line("  retr  a b "))).toMatchObject({ verb: "RETR", argument: " a b " });
    expect(readCommand(line("RETR"))).toMatchObject({ verb: "RETR", argument: null });
    expect(readCommand(line("RETR "))).toMatchObject({ verb: "RETR", argument: null });
    expect(readCommand(line("RETRx y"))).toMatchObject({ verb: "", argument: null });
    expect(readCommand(line("12 y"))).toMatchObject({ verb: "", argument: null });
    expect(readCommand(line(""))).toBe(null);
  });

  test("of a torn line only what is surely a command", () => {
    expect(readCommand(line("TR a", { isHeadless: true }))).toBe(null);
    expect(readCommand(line("RETR a", { isHeadless: true }))).toMatchObject({ verb: "RETR", argument: "a" });
    expect(readCommand(line("RETR", { moreBytes: null }))).toBe(null);
    expect(readCommand(line("RETR a", { moreBytes: null }))).toMatchObject({ argument: "a... (? more bytes)" });
    expect(readCommand(line("12", { moreBytes: null }))).toBe(null);
  });

  test("any bytes: a command, or none", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.boolean(),
        fc.constantFrom(0, 5, null),
        (bytes, isHeadless, moreBytes) => {
          const command = readCommand(line("", { bytes, isHeadless, moreBytes }));
          expect(command === null || /^[A-Z]{0,8}$/.test(command.verb)).toBe(true);
        },
      ),
    );
  });
});

describe("lines", () => {
  test("however the bytes are cut, the same lines", () => {
    const bytes = fc.array(fc.constantFrom(10, 13, 65, 66, 255, 244, 251, 253, 1), { maxLength: 60 });
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60)), (all, cuts) => {
        const whole = Uint8Array.from(all);
        const at = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
        const pieces = at.slice(1).map((end, index) => whole.subarray(at[index]!, end));
        const text = (lines: ControlLine[]) => lines.map((each) => Buffer.from(each.bytes).toString("latin1"));
        expect(text(linesOf(pieces))).toEqual(text(linesOf([whole])));
      }),
    );
  });

  test("Telnet's own bytes are left out, a doubled 255 is one, another one is a character", () => {
    const given = Uint8Array.of(255, 244, 255, 242, 65, 255, 251, 1, 66, 255, 255, 67, 255, 68, 13, 10);
    expect([...linesOf([given])[0]!.bytes]).toEqual([65, 66, 255, 67, 255, 68]);
  });

  test("a gap ends a line that says so, and the next one says so too", () => {
    const pieces = ["NOOP\r\nRETR a", "b\r\nQUIT\r\n"].map((text) => Buffer.from(text));
    const seen = linesOf(pieces, true).map(({ bytes, moreBytes, isHeadless }) => [
      String(Buffer.from(bytes)),
      moreBytes,
      isHeadless,
    ]);
    expect(seen).toEqual([
      ["NOOP", 0, false],
      ["RETR a", null, false],
      ["b", 0, true],
      ["QUIT", 0, false],
    ]);
  });
});

describe("replies", () => {
  const repliesTo = (lines: readonly ControlLine[]) => {
    const replies: FtpReply[] = [];
    const reader = new ReplyLines({ reply: (reply) => replies.push(reply) });
    for (const each of lines) reader.line(each);
    return replies.map(({ code, text }) => `${code} ${text.replace("\n", "/")}`);
  };

  test("lines between the first and the last may be anything, the code and a hyphen too", () => {
    const texts = ["220-a", "220-b", "331 no", "x", "", "220-c", "220 d", "331 e", "230"];
    expect(repliesTo(texts.map((text) => line(text)))).toEqual(["220 a/d", "331 e", "230 "]);
  });

  test("a reply whose end was missed gives way to the next one", () => {
    const lines = [line("220-a"), line("w", { isHeadless: true }), line("331 b"), line("230-c"), line("230 d")];
    expect(repliesTo(lines)).toEqual(["331 b", "230 c/d"]);
    expect(repliesTo([line("220-a"), line("331 b"), line("220 c")])).toEqual(["220 a/c"]);
  });

  test("any lines: replies with codes from 100 to 699, or none", () => {
    const text = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom("220-", "220 ", "220", "999 x", "12", "1234"));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean(), fc.constantFrom(0, null)), { maxLength: 30 }), (given) => {
        const lines = given.map(([each, isHeadless, moreBytes]) => line(each, { isHeadless, moreBytes }));
        for (const reply of repliesTo(lines)) expect(reply).toMatch(/^[1-6]\d\d /);
      }),
    );
  });
});

describe("data addresses", () => {
  const byte = fc.nat(255);
  const port = fc.integer({ min: 1, max: 65_535 });
  const v4 = fc.tuple(byte, byte, byte, byte);

  test("PORT and the reply to PASV: what was written is read back", () => {
    fc.assert(
      fc.property(v4, port, (address, number) => {
        const text = `${address.join(",")},${number >> 8},${number & 255}`;
        const expected = { address: Uint8Array.from(address), port: number };
        expect(readPort(text)).toEqual(expected);
        expect(readPassiveReply(`Entering Passive Mode (${text}).`)).toEqual(expected);
        expect(readPassiveReply(`=${text}`)).toEqual(expected);
      }),
    );
  });

  test("EPRT and the reply to EPSV: what was written is read back, with any delimiter", () => {
    const delimiter = fc.constantFrom("|", "!", "/", "~");
    fc.assert(
      fc.property(v4, port, delimiter, (address, number, d) => {
        const expected = { address: Uint8Array.from(address), port: number };
        expect(readExtendedPort(`${d}1${d}${address.join(".")}${d}${number}${d}`)).toEqual(expected);
        expect(readExtendedPassiveReply(`ok (${d}${d}${d}${number}${d})`)).toEqual({ address: null, port: number });
      }),
    );
    expect(readExtendedPort("|2|2001:db8::9|21|")).toEqual({
      address: Uint8Array.from([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]),
      port: 21,
    });
  });

  test.each([...["1,2,3,4,5", "1,2,3,4,5,6,7", "256,2,3,4,5,6", "1,2,3,4,0,0", "1,2,3,4,5,256", "a1,2,3,4,5,6", ""]])(
    "PORT %s is refused",
    (text) => {
      expect(readPort(text)).toBe(null);
    },
  );

  test.each([
    ...["|1|1.2.3|21|", "|1|1.2.3.4|0|", "|1|1.2.3.4|65536|", "|3|1.2.3.4|21|", "|2|1.2.3.4|21|", "|1|::1|21|"],
    ...["|1|1.2.3.4|21", "1|1.2.3.4|21|", "|1|1.2.3.4|21||", "", "|2|fe80::1%eth0|21|"],
  ])("EPRT %s is refused", (text) => {
    expect(readExtendedPort(text)).toBe(null);
  });

  test("any text: an address with a port, or none", () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.stringMatching(/^[0-9,.|():]{0,40}$/));
    fc.assert(
      fc.property(text, (given) => {
        for (const read of [readPort, readPassiveReply, readExtendedPort, readExtendedPassiveReply]) {
          const found = read(given);
          if (found === null) continue;
          expect(found.port).toBeGreaterThan(0);
          expect(found.port).toBeLessThan(65_536);
          expect([undefined, 4, 16]).toContain(found.address?.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
