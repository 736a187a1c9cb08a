/** The row of a room in the list of rooms. */
import { createMemo, type JSX, onCleanup, Show } from "solid-js";
import { useKnowsPresence, useOutbox, useRoom } from "../../state";
import { isUnread } from "../../state/unread";
import type { RoomId } from "../../sync/types";
import { t } from "../../text";
import { Icon } from "../parts";
import { currentRoomId, openRoom } from "../places/currentRoom";
import { focusComposer } from "../places/landmarks";
import { titleOf, useOthers } from "../places/roomTitle";
import { pathOf } from "../places/router";
import { useScreen } from "../places/screen";
import { asSeen } from "../places/watchedRoom";
import styles from "./RoomList.module.css";
import { RoomMark } from "./RoomMark";

function focusRow(room: RoomId): void {
  if (document.activeElement !== document.body) return;
  const list = document.getElementById("rooms");
  const row =
    list?.querySelector<HTMLElement>(`a[data-row="${room}"]`) ??
    list?.querySelector<HTMLElement>('[data-row][tabindex="0"]');
  row?.focus();
}

export function RoomRow(props: { id: RoomId; first: boolean }): JSX.Element {
  const known = useRoom(() => props.id);
  const room = createMemo(() => {
    const now = known();
    return now && asSeen(now);
  });
  const outbox = useOutbox(() => props.id);
  const others = useOthers(room);
  const isKnown = useKnowsPresence();
  const isCurrent = (): boolean => currentRoomId() === props.id;
  const refused = (): number => outbox().filter((each) => each.state === "refused").length;
  const waits = (): string => (refused() ? t.shell.rooms.refused(refused()) : t.shell.rooms.unsent(outbox().length));
  return (
    <Show when={room()}>
      {(now) => {
        const unread = (): boolean => isUnread(now());
        const alone = (): boolean => now().kind === "direct" && now().members === 2;
        let link!: HTMLAnchorElement;
        // A row that moves is created anew: if it had the focus, the new row gets it. If the room is no longer in the list, the
        // row that Tab reaches gets it.
        onCleanup(() => {
          if (document.activeElement === link) queueMicrotask(() => focusRow(props.id));
        });
        return (
          <a
            ref={link}
            data-row={now().id}
            data-unread={unread() ? "" : undefined}
            href={pathOf(now())}
            class={styles.row}
            classList={{
              [styles.unread ?? ""]: unread(),
              [styles.muted ?? ""]: now().level === "nothing" || now().archived,
            }}
            aria-current={isCurrent() ? "page" : undefined}
            onClick={(event) => {
              const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
              // After a press of Enter (`detail` is 0) the focus stays in the list. On a phone, focus in the composer would open
              // the keyboard.
              if (event.detail === 0 || !plain || useScreen() === "phone") return;
              event.preventDefault();
              openRoom(now());
              focusComposer();
            }}
            tabindex={props.first ? 0 : -1}
          >
            <RoomMark room={now()} others={others()} />
            <span class={styles.name} dir="auto" title={now().name}>
              {titleOf(now(), others())}
            </span>
            <Show when={isKnown() && alone() && others()[0]}>
              {(other) => (
                <span class="visually-hidden">{other().online ? t.shell.rooms.online : t.shell.rooms.offline}</span>
              )}
            </Show>
            <Show when={now().kind === "private"}>
              <span class="visually-hidden">{t.shell.rooms.privateRoom}</span>
            </Show>
            <Show when={outbox().length > 0}>
              <span class={`${styles.note} ${refused() ? styles.refused : ""}`} title={waits()}>
                <Icon name={refused() ? "alert" : "clock"} size={14} />
                <span class="visually-hidden">{waits()}</span>
              </span>
            </Show>
            <Show when={now().draft && !isCurrent()}>
              <span class={styles.note} title={t.shell.rooms.draft}>
                <Icon name="edit" size={14} />
                <span class="visually-hidden">{t.shell.rooms.draft}</span>
              </span>
            </Show>
            <Show when={now().level === "nothing"}>
              <span class={styles.note} title={t.shell.rooms.muted}>
                <Icon name="bellOff" size={14} />
                <span class="visually-hidden">{t.shell.rooms.muted}</span>
              </span>
            </Show>
            <Show when={unread()}>
              <Count
                room={now().kind === "direct" ? now().unread : now().mentions}
                unread={now().unread}
                direct={now().kind === "direct"}
              />
            </Show>
          </a>
        );
      }}
    </Show>
  );
}

function Count(props: { room: number; unread: number; direct: boolean }): JSX.Element {
  const shown = (n: number): string => (n > 99 ? "99+" : String(n));
  return (
    <>
      <Show when={props.unread > 0 && props.room === 0}>
        <span class={styles.count} title={t.shell.rooms.unread(props.unread)}>
          <span aria-hidden="true">{shown(props.unread)}</span>
          <span class="visually-hidden">{t.shell.rooms.unread(props.unread)}</span>
        </span>
      </Show>
      <Show when={props.room > 0}>
        <span
          class={styles.mentions}
          title={props.direct ? t.shell.rooms.unread(props.room) : t.shell.rooms.mentions(props.room)}
        >
          <span aria-hidden="true">{shown(props.room)}</span>
          <span class="visually-hidden">
            {props.direct ? t.shell.rooms.unread(props.room) : t.shell.rooms.mentions(props.room)}
          </span>
        </span>
      </Show>
    </>
  );
}
