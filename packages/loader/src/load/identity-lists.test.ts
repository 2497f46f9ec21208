import { expect, test } from "vitest";
import { testConnection } from "../fixtures/loader-under-test.ts";
import { IdentityLists } from "./identity-lists.ts";

test("an id that was looked up for a batch stays known until that batch is read, whatever is committed meanwhile", async () => {
  const connection = await testConnection();
  try {
    const lists = new IdentityLists(connection, 2);
    lists.beginBatch(connection);
    for (const id of [1, 2, 3]) lists.setFlow(1, id, id, 1);
    lists.commit();
    expect(lists.packedFlow(1, 3)).toBeDefined();
    lists.beginBatch(connection);
    expect(lists.packedFlow(1, 3)).toBeUndefined();
  } finally {
    await connection.end();
  }
});
