/** For tests: takes whatever comes over UDP (port 9) and TCP (port 9009), and ends connections when the other side has. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

const sockets = (["udp4", "udp6"] as const).map((type) => createSocket({ type, ipv6Only: type === "udp6" }).bind(9));
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.resume();
  socket.on("end", () => socket.end("goodbye"));
  socket.on("error", () => {});
}).listen(9009, "::");
await Promise.all([...sockets, server].map((each) => once(each, "listening")));
process.stdout.write("listening\n");
