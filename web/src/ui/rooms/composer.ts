/** Reaching into the composer from elsewhere: it is found by where it stands, and spoken to as a person would, by typing. */

export const COMPOSER = "composer";
export const MESSAGES = "messages";

function field(): HTMLTextAreaElement | null {
  return document.getElementById(COMPOSER)?.querySelector("textarea") ?? null;
}

export function focusComposer(): void {
  field()?.focus();
}

/** Put text where the writing stands. */
export function insertIntoComposer(text: string): void {
  const area = field();
  if (!area) return;
  area.focus();
  const before = area.value.slice(0, area.selectionStart);
  area.setRangeText((before && !/\s$/.test(before) ? " " : "") + text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}

export function focusMessages(): void {
  const place = document.getElementById(MESSAGES);
  (place?.querySelector<HTMLElement>("[role=log], [tabindex]") ?? place)?.focus();
}
