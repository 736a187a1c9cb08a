/** For those who listen to the page: what comes live, and no pages of history; a flood of it only as a number. */
import { type Accessor, createSignal, onCleanup } from "solid-js";
import { plainText } from "../../markdown";
import { onArrived } from "../../state";
import { isMessage, type RoomEvent, type RoomId } from "../../sync/types";
import { t } from "../../text";

/** What comes within this time is told together, in milliseconds. */
const TOGETHER = 800;
/** More than so many are not read out. */
const MOST = 3;

/** The words that a live region is to hold. */
export function createAnnouncements(room: RoomId): Accessor<string> {
  const [words, setWords] = createSignal("");
  let heard: RoomEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  onArrived(({ room: where, event, mine }) => {
    if (where !== room || mine || !isMessage(event)) return;
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
