import { spawnSync } from "node:child_process";

/** A transfer as it can be read off tshark's fields, where client and server speak in turn. */
export interface TsharkTransfer {
  readonly command: string;
  readonly path: string;
  readonly commandedNs: bigint;
  readonly repliedNs: bigint | null;
  readonly replyCode: number | null;
  readonly connectedNs: bigint | null;
  readonly firstPayloadNs: bigint | null;
  readonly lastPayloadNs: bigint | null;
  readonly bytes: number;
}

interface Frame {
  readonly number: string;
  readonly ns: bigint;
  readonly stream: string;
  readonly sender: string;
  readonly receiver: string;
  readonly sequence: number;
  readonly length: number;
  readonly command: string;
  readonly argument: string;
  readonly code: number;
  /** A port that was agreed upon for data. */
  readonly agreedPort: string;
  /** Of a frame that tshark knows as FTP data: the frame that agreed upon it. */
  readonly setupFrame: string;
}

const FIELDS = [
  "frame.number",
  "frame.time_epoch",
  "tcp.stream",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.seq",
  "tcp.len",
  "ftp.request.command",
  "ftp.request.arg",
  "ftp.response.code",
  "ftp-data.setup-frame",
  "ftp.active.port",
  "ftp.eprt.port",
  "ftp.passive.port",
  "ftp.epsv.port",
];
const TRANSFERS = ["RETR", "STOR", "APPE", "STOU", "LIST", "NLST", "MLSD"];

/** The transfers of a capture file, in the order of their commands. */
export function tsharkTransfers(path: string): TsharkTransfer[] {
  const frames = readFrames(path);
  return frames.filter(({ command }) => TRANSFERS.includes(command)).map((frame) => transferOf(frame, frames));
}

function readFrames(path: string): Frame[] {
  const words = ["-r", path, "-n", "-T", "fields", "-E", "occurrence=f", "-E", "separator=/t", "-Y", "tcp"];
  const { stdout, status } = spawnSync("tshark", [...words, ...FIELDS.flatMap((field) => ["-e", field])], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`tshark cannot read ${path}`);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [number, time, stream, sender, receiver, sequence, length, command, argument, code, setupFrame, ...ports] =
        line.split("\t");
      const [s, fraction] = time!.split(".");
      return {
        number: number!,
        ns: BigInt(s!) * 1_000_000_000n + BigInt(fraction!.padEnd(9, "0")),
        stream: stream!,
        sender: sender!,
        receiver: receiver!,
        sequence: Number(sequence),
        length: Number(length),
        command: command ?? "",
        argument: argument ?? "",
        code: Number(code || 0),
        setupFrame: setupFrame ?? "",
        agreedPort: ports.find((port) => port !== "") ?? "",
      };
    });
}

function transferOf(commanded: Frame, frames: readonly Frame[]): TsharkTransfer {
  const session = frames.filter(({ stream }) => stream === commanded.stream);
  const before = session.slice(0, session.indexOf(commanded));
  const reply = session.slice(before.length + 1).find(({ code }) => code >= 200);
  const setup = before.findLast(({ agreedPort }) => agreedPort !== "");
  const dataStream = frames.find(
    ({ stream, sender, receiver, number }) =>
      stream !== commanded.stream &&
      Number(number) > Number(setup?.number) &&
      [sender, receiver].includes(setup?.agreedPort ?? ""),
  )?.stream;
  const data = frames.filter(({ stream }) => stream === dataStream);
  // Behind EPRT it goes by port 20 alone, and names a frame of the data connection.
  const isOther = ({ setupFrame }: Frame) =>
    setupFrame !== "" && setupFrame !== setup?.number && !data.some(({ number }) => number === setupFrame);
  if (data.some(isOther)) throw new Error("tshark ties it otherwise");
  // Every byte by its sender and sequence number.
  const seen = new Set<string>();
  const fresh = data.filter(({ sender, sequence, length }) => {
    const count = seen.size;
    for (let byte = 0; byte < length; byte++) seen.add(`${sender} ${sequence + byte}`);
    return seen.size > count;
  });
  return {
    command: commanded.command,
    path: commanded.argument,
    commandedNs: commanded.ns,
    repliedNs: reply?.ns ?? null,
    replyCode: reply?.code ?? null,
    connectedNs: data[0]?.ns ?? null,
    firstPayloadNs: fresh[0]?.ns ?? null,
    lastPayloadNs: fresh.at(-1)?.ns ?? null,
    bytes: seen.size,
  };
}
