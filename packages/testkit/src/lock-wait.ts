import type { Connection } from "mysql2/promise";

/** The server renews its list of transactions only when nobody has read it for 100 ms. */
const POLL_MS = 250;

/** Resolves when a statement of `waiting` stands still for a row that another transaction holds; `asking` finds out. */
export async function lockWait(waiting: Connection, asking: Connection): Promise<void> {
  const waits = "SELECT 1 FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = ?";
  for (;;) {
    const [rows] = await asking.query(waits, [waiting.threadId]);
    if ((rows as unknown[]).length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
