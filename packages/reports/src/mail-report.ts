import { existsSync } from "node:fs";
import { basename } from "node:path";
import { createTransport } from "nodemailer";
import type { ReportModel } from "./compose/model.ts";
import { reportsError } from "./errors.ts";

export interface Mail {
  readonly to: readonly string[];
  /** null: as the mail system calls the user. */
  readonly from: string | null;
  readonly subject: string;
  readonly text: string;
  /** Paths of what is attached. */
  readonly files: readonly string[];
}

/** Every Unix mail system has it there. */
export const SENDMAIL = "/usr/sbin/sendmail";

/**
 * Hands a mail to the machine's own mail system, which keeps and repeats it as its administrator wants.
 * @throws {CodedError} REPORTS_NOT_MAILED
 */
export async function sendMail(mail: Mail, sendmail = SENDMAIL): Promise<void> {
  const cannot = (why: string, cause?: unknown) =>
    reportsError("REPORTS_NOT_MAILED", `cannot mail the report to ${mail.to.join(", ")}: ${why}`, cause);
  if (!existsSync(sendmail)) throw cannot(`there is no ${sendmail}`);
  const transport = createTransport({ sendmail: true, newline: "unix", path: sendmail });
  try {
    await transport.sendMail({
      to: [...mail.to],
      from: mail.from ?? "trafMon",
      subject: mail.subject,
      text: mail.text,
      attachments: mail.files.map((path) => ({ path, filename: basename(path) })),
    });
  } catch (error) {
    throw cannot((error as Error).message, error);
  }
}

/** What a mail says of a report: its title block, and the words and figures of its first section. */
export function mailText(report: ReportModel): string {
  const facts = report.facts.map(({ label, text, warning }) => `${warning ? "! " : ""}${label}: ${text}`);
  const words = (report.sections[0]?.blocks ?? []).flatMap((block): string[] => {
    if (block.kind === "sentences") return block.items.map((item) => `- ${item}`);
    if (block.kind === "notice") return [block.text];
    if (block.kind === "figures")
      return block.items.map(({ label, value, detail }) => `${label}: ${value} (${detail})`);
    return [];
  });
  // No-break spaces are for pages.
  return [report.title, report.subtitle, "", ...facts, "", ...words, "", report.generated, ""]
    .join("\n")
    .replaceAll("\u00a0", " ");
}
