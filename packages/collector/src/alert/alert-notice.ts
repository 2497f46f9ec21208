import { type AlertSettings, alertMetrics } from "@trafmon/settings";
import { type AlertSubject, subjectText } from "./alert-subject.ts";

/** That an alert was raised or cleared. */
export interface AlertNotice {
  readonly turn: "raised" | "cleared";
  readonly alert: AlertSettings;
  readonly subject: AlertSubject;
  readonly value: number;
  /** Milliseconds since the epoch: the end of the interval, or of the look. */
  readonly atMs: number;
}

/** Whoever is told of alerts. Never throws, and never makes its caller wait. */
export interface AlertListener {
  tell(notice: AlertNotice): void;
}

/** One sentence: what is the matter with whom, and the figures. */
export function noticeText({ turn, alert, subject, value }: AlertNotice): string {
  const { metric, isAbove, level, clear, name } = alert;
  const unit = alertMetrics[metric].dimension;
  const bound = turn === "raised" ? `${isAbove ? "above" : "below"} ${level}` : `back at ${clear}`;
  return `${name} of ${subjectText(subject)} is ${turn}: ${metric} is ${figureText(value)} ${unit}, ${bound}`;
}

/** Six significant digits say all that an alert can say. */
export function figureText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
