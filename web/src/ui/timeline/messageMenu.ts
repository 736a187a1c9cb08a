/** The context menu of a message. */
import type { Accessor } from "solid-js";
import { t } from "../../text";
import type { Subject } from "../parts";
import type { MessageContext } from "./context";
import { actionsOf, actionsOfPending } from "./messageActions";
import type { Row } from "./rows";
import { fullOf } from "./times";

export interface MessageMenu {
  find(element: Element): Subject | null;
  pointerDown(): void;
}

/** Elements that keep the browser's own context menu. */
const ITS_OWN = "a[href], input, textarea, [contenteditable]";

function selected(): Range | null {
  const selection = getSelection();
  return selection === null || selection.isCollapsed || selection.rangeCount === 0 ? null : selection.getRangeAt(0);
}

export function createMessageMenu(rows: Accessor<readonly Row[]>, context: MessageContext): MessageMenu {
  // Remember what was selected before a right click, as some browsers then select a word. On text that the user has selected, the
  // browser's own menu opens.
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
      const [actions, at] =
        row.is === "message"
          ? [actionsOf(row.event, context), row.event.at]
          : [actionsOfPending(row.pending), row.pending.at];
      const [first, ...more] = actions.map(({ label, icon, danger = false, run }) => ({
        label,
        icon,
        danger,
        apart: danger,
        run: () => run(article),
      }));
      const items = first === undefined ? [] : [{ ...first, heading: fullOf(at) }, ...more];
      return { row: article, label: t.timeline.actions, items: () => () => items };
    },
  };
}
