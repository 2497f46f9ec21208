import { type AlertSettings, alertMetrics } from "@trafmon/settings";
import { type AlertSubject, subjectText } from "./alert-subject.ts";

/** That an alert was raised or cleared. */
export interface AlertNotice {
  readonly turn: "raised" | "cleared";
  readonly alert: AlertSettings;
  readonly subject: AlertSubject;
  /** What it was last. */
  readonly value: number;
  /** False: it is cleared because nobody watches it any more, not because the metric is back. */
  readonly isWatched: boolean;
  /** Milliseconds since the epoch: the end of the interval, or of the look. */
  readonly atMs: number;
}

/** Whoever is told of alerts. Never throws, and never makes its caller wait. */
export interface AlertListener {
  tell(notice: AlertNotice): void;
}

/** One sentence: what is the matter with whom, and the figures. */
export function noticeText({ turn, alert, subject, value, isWatched }: AlertNotice): string {
  const { metric, isAbove, level, clear, name } = alert;
  const unit = alertMetrics[metric].dimension;
  if (!isWatched) {
    const was = `${metric} was ${figureText(value)} ${unit}`;
    return `${name} of ${subjectText(subject)} is ${turn}: it is not watched any more, ${was}`;
  }
  const bound = turn === "raised" ? `${isAbove ? "above" : "below"} ${level}` : `back at ${clear}`;
  return `${name} of ${subjectText(subject)} is ${turn}: ${metric} is ${figureText(value)} ${unit}, ${bound}`;
}

/** Six significant digits say all that an alert can say. */
export function figureText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
