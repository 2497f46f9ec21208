import type { OwnEvents } from "../write/own-events.ts";
import { type AlertListener, type AlertNotice, noticeText } from "./alert-notice.ts";

/** Alerts as events among the observations. */
export class AlertEvents implements AlertListener {
  readonly #events: OwnEvents;

  constructor(events: OwnEvents) {
    this.#events = events;
  }

  tell(notice: AlertNotice): void {
    const { turn, alert, subject, value, isWatched, atMs } = notice;
    const isRaised = turn === "raised";
    this.#events.tell(
      isRaised ? alert.severity : "info",
      isRaised ? "alert_raised" : "alert_cleared",
      subject.probe ?? subject.collector,
      noticeText(notice),
      {
        alert: alert.name,
        metric: alert.metric,
        value,
        [isRaised ? (alert.isAbove ? "above" : "below") : "clear"]: isRaised ? alert.level : alert.clear,
        ...(!isWatched && { watched: false }),
        ...(subject.flowClass !== null && { class: subject.flowClass }),
        at_ms: atMs,
      },
    );
  }
}
