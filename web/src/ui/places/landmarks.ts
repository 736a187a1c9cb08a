/** The composer and the message list as places to move the focus to. */

/** Element ids. */
export const COMPOSER = "composer";
export const MESSAGES = "messages";

export function focusComposer(): void {
  document.getElementById(COMPOSER)?.querySelector("textarea")?.focus();
}

export function focusMessages(): void {
  const place = document.getElementById(MESSAGES);
  (place?.querySelector<HTMLElement>("[role=log], [tabindex]") ?? place)?.focus();
}

/** Scroll the messages by a page: back (-1) or on (1). About one line of the previous page stays visible. */
export function scrollMessages(pages: -1 | 1): void {
  const log = document.querySelector<HTMLElement>('[role="log"]');
  log?.scrollBy({ top: pages * (log.clientHeight - 48) });
}
