import { spawn } from "node:child_process";
import { once } from "node:events";

/** Node has no datagram sockets of UNIX, so the receiver is Python's. */
const PROGRAM = `
import json, socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = sys.argv[1]
heard.bind("\\0" + path[1:] if path[0] == "@" else path)
print("listening", flush=True)
while True: print(json.dumps(heard.recv(4096).decode()), flush=True)
`;

/** What stands in systemd's place at the end of NOTIFY_SOCKET. */
export interface NotifyReceiver {
  /** Waits until what has been heard satisfies; gives all that was heard. */
  until(isEnough: (heard: readonly string[]) => boolean): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Listens on a path, or with @ in the abstract name space. */
export async function notifyReceiver(path: string): Promise<NotifyReceiver> {
  const child = spawn("python3", ["-c", PROGRAM, path], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  const heard = () =>
    text
      .split("\n")
      .slice(1, -1)
      .map((line) => JSON.parse(line) as string);
  const until = async (isThere: () => boolean) => {
    while (!isThere()) await once(child.stdout, "data");
  };
  await until(() => text.includes("listening"));
  return {
    until: async (isEnough) => {
      await until(() => isEnough(heard()));
      return heard();
    },
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}
