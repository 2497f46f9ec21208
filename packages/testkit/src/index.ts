export {
  connectToTestServer,
  databaseServer,
  type FreshDatabase,
  freshDatabase,
  freshDatabaseName,
  type TestServer,
} from "./database-server.ts";
