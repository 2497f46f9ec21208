import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** What a test wants a question answered with: a name, no such name, a server in trouble, or nothing at all. */
export type DnsReply = { readonly name: string } | "NXDOMAIN" | "SERVFAIL" | "silence";

export interface DnsResponder {
  /** `address:port`. */
  readonly server: string;
  /** Questions in the order in which they came. */
  readonly questions: readonly string[];
  close(): Promise<void>;
}

/** For tests: a name server on the loopback that knows PTR records (RFC 1035) and nothing else. */
export async function dnsResponder(reply: (question: string) => DnsReply): Promise<DnsResponder> {
  const socket = createSocket("udp4");
  const questions: string[] = [];
  socket.on("message", (message, sender) => {
    const { name, end } = readName(message, 12);
    questions.push(name);
    const answer = reply(name);
    if (answer === "silence") return;
    const question = message.subarray(12, end + 4);
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    const code = answer === "NXDOMAIN" ? 3 : answer === "SERVFAIL" ? 2 : 0;
    // Response, recursion desired and available.
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(code === 0 ? 1 : 0, 6);
    socket.send(
      Buffer.concat([header, question, typeof answer === "string" ? Buffer.alloc(0) : record(answer.name)]),
      sender.port,
      sender.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    server: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    questions,
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

function readName(message: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  while (message[at] !== 0) {
    const length = message[at]!;
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), end: at + 1 };
}

/** PTR in class IN for the name of the question (a pointer to byte 12), kept for 60 s. */
function record(name: string): Buffer {
  const labels = name
    .split(".")
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, "latin1")]));
  const data = Buffer.concat([...labels, Buffer.from([0])]);
  const head = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 60, 0, data.length]);
  return Buffer.concat([head, data]);
}
