/** The elements of the composer and of the message list, for other parts that move the focus there or scroll. */

/** The ids of the two elements. */
export const COMPOSER = "composer";
export const MESSAGES = "messages";

export function focusComposer(): void {
  document.getElementById(COMPOSER)?.querySelector("textarea")?.focus();
}

export function focusMessages(): void {
  const place = document.getElementById(MESSAGES);
  (place?.querySelector<HTMLElement>("[role=log], [tabindex]") ?? place)?.focus();
}

/** Scroll the messages by one page: -1 up, 1 down. About one line of the previous page stays visible. */
export function scrollMessages(pages: -1 | 1): void {
  const log = document.querySelector<HTMLElement>('[role="log"]');
  log?.scrollBy({ top: pages * (log.clientHeight - 48) });
}
