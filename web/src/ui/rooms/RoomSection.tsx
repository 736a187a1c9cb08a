/** A section of the list of rooms, which can be collapsed. */
import { createMemo, createSignal, For, type JSX } from "solid-js";
import { readStored, writeStored } from "../../platform/storage";
import { isUnread } from "../../state/unread";
import type { Room, RoomId } from "../../sync/types";
import { t } from "../../text";
import { Icon } from "../parts";
import { currentRoomId } from "../places/currentRoom";
import styles from "./RoomList.module.css";
import { RoomRow } from "./RoomRow";
import { type SectionName, same } from "./roomOrder";

/** The key of the stored names of collapsed sections, which are separated by spaces. */
const COLLAPSED = "parley.folded";
const [collapsed, setCollapsed] = createSignal<ReadonlySet<string>>(
  new Set((readStored(COLLAPSED) ?? "archived").split(" ")),
);

function toggle(section: SectionName): void {
  const next = new Set(collapsed());
  if (!next.delete(section)) next.add(section);
  writeStored(COLLAPSED, [...next].join(" "));
  setCollapsed(next);
}

export function RoomSection(props: {
  name: SectionName;
  rooms: readonly Room[];
  /** Whether `rooms` is the result of a search: then the section is shown as not collapsed. */
  isFiltered: boolean;
  /** The room whose row gets the focus by Tab. */
  reached: RoomId | null;
}): JSX.Element {
  const title = (): string => t.shell.rooms[props.name];
  const isClosed = (): boolean => collapsed().has(props.name) && !props.isFiltered;
  // A collapsed section still shows the open room and unread rooms.
  const isKept = (room: Room): boolean => room.id === currentRoomId() || (props.name !== "archived" && isUnread(room));
  // Iterate over ids, not over room objects: these are new after each change, which would create the rows anew and lose the focus.
  const shown = createMemo(() => props.rooms.filter((room) => !isClosed() || isKept(room)).map((room) => room.id), [], {
    equals: same,
  });
  return (
    <section aria-label={title()}>
      <h2 class={styles.heading}>
        <button
          type="button"
          class={styles.fold}
          aria-expanded={!isClosed()}
          title={isClosed() ? t.shell.rooms.expand(title()) : t.shell.rooms.collapse(title())}
          onClick={() => toggle(props.name)}
        >
          <span class={styles.chevron}>
            <Icon name="down" size={12} />
          </span>
          {title()}
        </button>
      </h2>
      <ul>
        <For each={shown()}>
          {(id) => (
            <li>
              <RoomRow id={id} first={props.reached === id} />
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
