/** Turn a page of the messages from where one writes: back (-1) or on. A line of the page before stays in sight. */
export function turnPage(step: -1 | 1): void {
  const log = document.querySelector<HTMLElement>('[role="log"]');
  log?.scrollBy({ top: step * (log.clientHeight - 48) });
}
