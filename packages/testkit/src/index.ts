export { type Bind9, bind9 } from "./bind9.ts";
export {
  connectToTestServer,
  databaseServer,
  type FreshDatabase,
  freshDatabase,
  freshDatabaseName,
  type TestServer,
} from "./database-server.ts";
export { type DnsReply, type DnsResponder, dnsResponder } from "./dns-responder.ts";
export { freePort } from "./free-port.ts";
export { lockWait } from "./lock-wait.ts";
export { type MmdbRecord, type MmdbValue, mmdbFile } from "./mmdb-writer.ts";
export { type NotifyReceiver, notifyReceiver } from "./notify-receiver.ts";
export { hasOptionalPackage } from "./optional-package.ts";
export { type PrivateServer, startPrivateServer } from "./private-server.ts";
export { type SmallDisk, smallDisk } from "./small-disk.ts";
export { type UnpackedTool, unpackedTool } from "./unpacked-tool.ts";
