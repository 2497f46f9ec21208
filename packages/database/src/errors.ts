import { type ErrorEntry, EXIT, errorsOf } from "@trafmon/runtime";

/** Everything about the database server that an operator can act on. */
export const databaseErrors = {
  DATABASE_CREDENTIALS_MISSING: {
    hint: "On the server's machine run trafMon_setupDatabase; elsewhere copy db.cred.example there, fill it in, mode 0600.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  DATABASE_CREDENTIALS_READABLE: {
    hint: "Others on this machine could read the password: chmod 0600 the file, and let the program's user own it.",
    exitCode: EXIT.NO_PERMISSION,
  },
  DATABASE_CREDENTIALS_INVALID: {
    hint: "Compare the file with etc/cred/db.cred.example, which says what may stand in it.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  DATABASE_UNAVAILABLE: {
    hint: "See that the server runs and that socket, or host and port, in db.cred lead to it.",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  DATABASE_LOST: {
    hint: "The server ended the connection or stopped; nothing half done remains, run the program again.",
    exitCode: EXIT.SERVER_UNAVAILABLE,
  },
  DATABASE_DENIED: {
    hint: "See user and password in db.cred, and the grants in sql/db_users_sample.sql.",
    exitCode: EXIT.NO_PERMISSION,
  },
  DATABASE_BUSY: {
    hint: "Another session held rows or tables too long, or changed a table meanwhile: try again.",
    exitCode: EXIT.TRY_AGAIN,
  },
  DATABASE_FULL: {
    hint: "The server has no room left: free some on its disk, or drop old data with Partition_drop.",
    exitCode: EXIT.INPUT_OUTPUT,
  },
  DATABASE_LOCAL_INFILE_OFF: {
    hint: "Bulk loading needs it: set local_infile=ON in the server's configuration.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  DATABASE_TEMPLATE_MISSING: {
    hint: "Install the template once, as an administrator: mysql < sql/trafMon_templateDB.sql",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  DATABASE_SCHEMA_OLD: {
    hint: "Run the statement named, as a user who may change tables; a backup first is wise.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  DATABASE_SCHEMA_NEW: {
    hint: "The database was made by a later version of trafMon: install that one here, too.",
    exitCode: EXIT.BAD_CONFIGURATION,
  },
  DATABASE_CALL_REFUSED: {
    hint: "Call the procedure with what it takes: docs/database.md describes each.",
    exitCode: EXIT.BAD_OPTION,
  },
  DATABASE_REFUSED: {
    hint: "The server refused a statement of ours; its reason stands above.",
    exitCode: EXIT.OUR_FAULT,
  },
} as const satisfies Record<string, ErrorEntry>;

export const databaseError = errorsOf(databaseErrors);
