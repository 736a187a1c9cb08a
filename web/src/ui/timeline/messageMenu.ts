/** A message's menu: what can be done with it, in words. */
import type { Accessor } from "solid-js";
import { t } from "../../text";
import type { Subject } from "../parts";
import type { TimelineContext } from "./context";
import { deedsOf, deedsOfPending } from "./messageActions";
import type { Row } from "./rows";
import { fullOf } from "./times";

export interface MessageMenu {
  find(element: Element): Subject | null;
  pointerDown(): void;
}

/** What the browser's own menu is better for. */
const ITS_OWN = "a[href], input, textarea, [contenteditable]";

function selected(): Range | null {
  const selection = getSelection();
  return selection === null || selection.isCollapsed || selection.rangeCount === 0 ? null : selection.getRangeAt(0);
}

export function createMessageMenu(rows: Accessor<readonly Row[]>, context: TimelineContext): MessageMenu {
  // Some browsers select the word that the right button is pressed on: what counts is what was selected before.
  let before: Range | null = null;
  return {
    pointerDown() {
      before = selected()?.cloneRange() ?? null;
    },
    find(element) {
      const article = element.closest<HTMLElement>("[data-row]");
      const row = rows().find((each) => each.key === article?.dataset["row"]);
      if (article === null || (row?.is !== "message" && row?.is !== "pending")) return null;
      if (element.closest(ITS_OWN) !== null) return null;
      if (element !== article && selected() !== null && before?.intersectsNode(element) === true) return null;
      const [deeds, at] =
        row.is === "message"
          ? [deedsOf(row.event, context), row.event.at]
          : [deedsOfPending(row.pending), row.pending.at];
      const [first, ...more] = deeds.map(({ label, icon, run }) => ({ label, icon, run: () => run(article) }));
      const items = first === undefined ? [] : [{ ...first, heading: fullOf(at) }, ...more];
      return { row: article, label: t.timeline.actions, items: () => () => items };
    },
  };
}
