/** Where the composer and the messages stand, for the focus. */

export const COMPOSER = "composer";
export const MESSAGES = "messages";

function field(): HTMLTextAreaElement | null {
  return document.getElementById(COMPOSER)?.querySelector("textarea") ?? null;
}

export function focusComposer(): void {
  field()?.focus();
}

export function focusMessages(): void {
  const place = document.getElementById(MESSAGES);
  (place?.querySelector<HTMLElement>("[role=log], [tabindex]") ?? place)?.focus();
}
