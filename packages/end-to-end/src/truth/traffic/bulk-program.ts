/**
 * TCP connections and datagrams of real sockets, for the kernel's own figures to be read from. One program for both ends:
 *
 *     node bulk-program.ts serve PORT
 *     node bulk-program.ts drive PORT '[{"from":"...","to":"...","up":1000000,"down":0}]' '[{"from":"...","to":"...","count":10,"bytes":100}]'
 *
 * The driver opens all connections at once, each sends `up` bytes and asks for `down`, and all stay open when everything
 * has come, so that sockets can be looked at (`ss -ti`). It prints "idle" then, and closes them when its input ends.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface BulkConnection {
  readonly from: string;
  readonly to: string;
  /** Payload bytes each way, the eight of the request left out. */
  readonly up: number;
  readonly down: number;
}

export interface BulkDatagrams {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** UDP payload. */
  readonly bytes: number;
}

/** A request: how many bytes follow, and how many are wanted back, 32 bits each. */
const REQUEST_BYTES = 8;
const CHUNK_BYTES = 64 << 10;
/** Datagrams a millisecond: few enough for no buffer to overflow. */
const BURST = 5;

async function write(socket: Socket, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(CHUNK_BYTES, "trafMon ");
  for (let left = bytes; left > 0; left -= CHUNK_BYTES)
    if (!socket.write(chunk.subarray(0, Math.min(left, CHUNK_BYTES)))) await once(socket, "drain");
}

/** Resolves when so many bytes have come. */
function read(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let [come, first] = [0, Buffer.alloc(0)];
    if (bytes === 0) return resolve(first);
    const take = (chunk: Buffer) => {
      if (first.length < REQUEST_BYTES) first = Buffer.concat([first, chunk]);
      come += chunk.length;
      if (come < bytes) return;
      socket.off("data", take);
      resolve(first);
    };
    socket.on("data", take);
    socket.once("error", reject);
  });
}

async function serve(port: number): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    let [head, received, wanted] = [Buffer.alloc(0), 0, -1];
    socket.on("data", (chunk) => {
      received += chunk.length;
      if (head.length < REQUEST_BYTES) head = Buffer.concat([head, chunk]);
      if (wanted >= 0 || head.length < REQUEST_BYTES || received < REQUEST_BYTES + head.readUInt32BE(0)) return;
      wanted = head.readUInt32BE(4);
      // A byte more than asked for says that everything has come.
      void write(socket, wanted + 1);
    });
  });
  // Datagrams are taken and thrown away: a closed port would answer.
  const sinks = [
    createSocket({ type: "udp6", ipv6Only: true, recvBufferSize: 8 << 20 }),
    createSocket({ type: "udp4", recvBufferSize: 8 << 20 }),
  ];
  for (const sink of sinks) sink.bind(port);
  await Promise.all(sinks.map((sink) => once(sink, "listening")));
  server.listen(port, "::");
  await once(server, "listening");
  process.stdout.write("listening\n");
}

async function transfer(port: number, { from, to, up, down }: BulkConnection): Promise<Socket> {
  const socket = connect({ host: to, port, localAddress: from, noDelay: true });
  await once(socket, "connect");
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt32BE(up, 0);
  request.writeUInt32BE(down, 4);
  const done = read(socket, down + 1);
  socket.write(request);
  await write(socket, up);
  await done;
  return socket;
}

async function sendDatagrams(port: number, { from, to, count, bytes }: BulkDatagrams): Promise<void> {
  const socket = createSocket(to.includes(":") ? "udp6" : "udp4");
  socket.bind(0, from);
  await once(socket, "listening");
  const payload = Buffer.alloc(bytes, "datagram ");
  for (let sent = 0; sent < count; sent++) {
    // IPv6 has no identification: equal datagrams in quick succession could not be told from copies of one.
    payload.writeUInt32BE(sent, 0);
    await new Promise<void>((resolve, reject) =>
      socket.send(payload, port, to, (error) => (error === null ? resolve() : reject(error))),
    );
    if (sent % BURST === BURST - 1) await setTimeout(1);
  }
  socket.close();
}

const [role, portText, connections = "[]", datagrams = "[]"] = process.argv.slice(2);
const port = Number(portText);
if (role === "serve") await serve(port);
else {
  const sockets = await Promise.all((JSON.parse(connections) as BulkConnection[]).map((each) => transfer(port, each)));
  await Promise.all((JSON.parse(datagrams) as BulkDatagrams[]).map((each) => sendDatagrams(port, each)));
  process.stdout.write("idle\n");
  process.stdin.resume();
  await once(process.stdin, "end");
  await Promise.all(
    sockets.map(async (socket) => {
      socket.end();
      await once(socket, "close");
    }),
  );
}
