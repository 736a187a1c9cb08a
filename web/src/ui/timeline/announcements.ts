/** Announces live messages to screen readers. Of many at once, only the number is announced. */
import { type Accessor, createSignal, onCleanup } from "solid-js";
import { plainText } from "../../markdown";
import { onArrived } from "../../state";
import { isMessage, type RoomEvent, type RoomId } from "../../sync/types";
import { t } from "../../text";

/** Milliseconds within which messages are announced together. */
const TOGETHER = 800;
/** The most messages that are read out. */
const MOST = 3;

/** The text for a live region (ARIA), which screen readers read out when it changes. */
export function createAnnouncements(room: RoomId): Accessor<string> {
  const [words, setWords] = createSignal("");
  let heard: RoomEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  onArrived(({ room: where, event, mine }) => {
    if (where !== room || mine || !isMessage(event) || event.now?.erased !== undefined) return;
    heard.push(event);
    timer ??= setTimeout(() => {
      timer = undefined;
      const events = heard;
      heard = [];
      setWords(
        events.length > MOST
          ? t.timeline.arrivedMany(events.length)
          : events.map((one) => t.timeline.arrived(one.name, plainText(one.text))).join(". "),
      );
    }, TOGETHER);
  });
  onCleanup(() => clearTimeout(timer));
  return words;
}
