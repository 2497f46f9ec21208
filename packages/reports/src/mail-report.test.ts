import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mailText, sendMail } from "./mail-report.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mail-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What sendmail would be given: its arguments, and the message on its standard input. */
function recorder(status = 0): string {
  const path = join(folder, `sendmail-${status}`);
  writeFileSync(path, `#!/bin/sh\necho "$@" > ${folder}/args\ncat > ${folder}/message\nexit ${status}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Read by Python's own parser. */
const READ = `
import email, email.policy, hashlib, json, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(json.dumps({"to": m["to"], "from": m["from"], "subject": m["subject"], "text": m.get_body(("plain",)).get_content(),
  "files": {a.get_filename(): hashlib.sha256(a.get_content()).hexdigest() for a in m.iter_attachments()}}))
`;

test("a mail has the words of the report and the files as they are", async () => {
  const pdf = join(folder, "report.pdf");
  writeFileSync(pdf, Buffer.from(Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 256)));
  await sendMail(
    {
      to: ["noc@example.org", "boss@example.org"],
      from: "reports@example.org",
      subject: "Rapport r\u00e9seau\r\nBcc: everybody@example.org",
      text: "3,30 TB \u2013 +1.5 %\n.\n-- \nend\n",
      files: [pdf],
    },
    recorder(),
  );
  const mail = JSON.parse(execFileSync("python3", ["-c", READ, join(folder, "message")], { encoding: "utf8" }));
  expect(mail.to).toBe("noc@example.org, boss@example.org");
  expect(mail.from).toBe("reports@example.org");
  expect(mail.subject).toBe("Rapport r\u00e9seau Bcc: everybody@example.org");
  expect(mail.text).toBe("3,30 TB \u2013 +1.5 %\n.\n-- \nend\n");
  const sum = execFileSync("sha256sum", [pdf], { encoding: "utf8" }).split(" ")[0];
  expect(mail.files).toEqual({ "report.pdf": sum });
  const args = readFileSync(join(folder, "args"), "utf8");
  expect(args).toContain("noc@example.org boss@example.org");
  expect(args).not.toContain("everybody");
});

test("what cannot be mailed is told of", async () => {
  const mail = { to: ["noc@example.org"], from: null, subject: "s", text: "t", files: [] };
  await expect(sendMail(mail, join(folder, "nothing"))).rejects.toThrow("cannot mail the report to noc@example.org");
  await expect(sendMail(mail, recorder(75))).rejects.toMatchObject({ code: "REPORTS_NOT_MAILED" });
});

test("the words are those of the title block and the first section, warnings marked", () => {
  const text = mailText({
    title: "Network volume report",
    subtitle: "October 2026",
    site: "Site",
    facts: [
      { label: "Filters", text: "None" },
      { label: "Stale days", text: "4 October", warning: true },
    ],
    sections: [
      { title: "Nothing to report", blocks: [{ kind: "notice", text: "Nothing was measured in October\u00a02026." }] },
      { title: "About", blocks: [{ kind: "sentences", items: ["not in a mail"] }] },
    ],
    generated: "Generated today",
  });
  expect(text).toContain("! Stale days: 4 October\n");
  expect(text).toContain("Nothing was measured in October 2026.");
  expect(text).not.toContain("not in a mail");
});
