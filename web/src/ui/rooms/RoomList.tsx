/** The list of the user's rooms, with a field to search it. */
import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from "solid-js";
import { useInvitations, useRoom, useRooms } from "../../state";
import { isUnread } from "../../state/unread";
import { t } from "../../text";
import { Button, ContextMenu, Icon, IconButton, Menu, type Subject } from "../parts";
import { currentRoomId, openRoom } from "../places/currentRoom";
import { focusComposer } from "../places/landmarks";
import { openPanel } from "../places/router";
import { asSeen } from "../places/watchedRoom";
import { withoutDeclined } from "./declinedInvitations";
import { visibleRooms } from "./hiddenRooms";
import { Invitations } from "./Invitations";
import styles from "./RoomList.module.css";
import { RoomSection } from "./RoomSection";
import { useRoomItems } from "./roomMenu";
import { arrange, likeliest, same } from "./roomOrder";
import { createUnreadOutside } from "./unreadOutside";

export function RoomList(): JSX.Element {
  const rooms = useRooms();
  const everyInvitation = useInvitations();
  const invitations = createMemo(() => withoutDeclined(everyInvitation()));
  const [filter, setFilter] = createSignal("");
  // A search includes hidden rooms.
  const sections = createMemo(() => arrange(filter() ? rooms() : visibleRooms(rooms()), filter()));
  // Iterate over names of sections, not over objects: these are new after each change of a room, which would create the elements
  // anew and lose the focus.
  const names = createMemo(() => sections().map((each) => each.section), [], { equals: same });
  /** The room whose row gets the focus by Tab: the open room; if that is not in the list, the first one. */
  const reached = createMemo(() => {
    const shown = sections().flatMap((each) => each.rooms);
    return (shown.find((room) => room.id === currentRoomId()) ?? shown[0])?.id ?? null;
  });
  let list!: HTMLDivElement;
  let search!: HTMLDivElement;

  const moveFocus = (event: KeyboardEvent): void => {
    const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) search.querySelector("input")?.focus();
    else rows[Math.min(to, rows.length - 1)]?.focus();
  };
  const { above, below, measure, reveal } = createUnreadOutside(() => list);
  // This text changes when rows may move: when a room is added or removed, or becomes read or unread. It does not change with the
  // number of unread messages.
  const layout = createMemo(() =>
    sections()
      .map(({ section, rooms }) => [section, ...rooms.map((room) => (isUnread(asSeen(room)) ? -room.id : room.id))])
      .join(),
  );
  createEffect(() => {
    layout();
    invitations();
    queueMicrotask(measure);
  });
  createEffect(
    on(currentRoomId, () => {
      queueMicrotask(() => list.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" }));
    }),
  );

  const subject = (element: Element): Subject | null => {
    const row = element.closest<HTMLElement>("[data-row]");
    const room = rooms().find((each) => String(each.id) === row?.dataset["row"]);
    if (!row || !room) return null;
    const { id } = room;
    return {
      row,
      label: t.shell.header.about(room.name),
      items: () =>
        useRoomItems(
          useRoom(() => id),
          { favourite: () => true, levels: true },
        ),
    };
  };

  const openLikeliest = (): boolean => {
    const found = sections().flatMap((each) => each.rooms);
    const room = likeliest(found, filter());
    if (!room) return false;
    setFilter("");
    openRoom(room);
    queueMicrotask(focusComposer);
    return true;
  };
  const unreadButton = (side: "above" | "below", arrow: string): JSX.Element => (
    <button type="button" tabindex={-1} class={`${styles.outside} ${styles[side]}`} onClick={() => reveal(side)}>
      {arrow} {t.shell.rooms.unreadOutside}
    </button>
  );
  return (
    <>
      <div class={styles.tools} ref={search}>
        <Filter
          value={filter()}
          onChange={setFilter}
          onDown={() => list.querySelector<HTMLElement>("[data-row]")?.focus()}
          onEnter={openLikeliest}
        />
        <Menu
          label={t.shell.rooms.add}
          button={(given) => <IconButton icon="plus" label={t.shell.rooms.add} {...given} />}
          items={[
            { label: t.shell.rooms.newMessage, icon: "message", run: () => openPanel("new-message") },
            { label: t.shell.rooms.create, icon: "hash", run: () => openPanel("create-room") },
            { label: t.shell.rooms.browse, icon: "search", run: () => openPanel("browse") },
          ]}
        />
      </div>
      <div class={styles.frame}>
        <Show when={above()}>{unreadButton("above", "↑")}</Show>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move the focus among its rows. */}
        <div class={styles.list} ref={list} onKeyDown={moveFocus} onScroll={measure}>
          <Invitations invitations={invitations()} />
          <For each={names()}>
            {(name) => (
              <RoomSection
                name={name}
                rooms={sections().find((each) => each.section === name)?.rooms ?? []}
                isFiltered={filter() !== ""}
                reached={reached()}
              />
            )}
          </For>
          <Show when={sections().length === 0}>
            <div class={styles.empty}>
              <Show when={filter()} fallback={<Empty />}>
                <p>{t.shell.rooms.filterNothing(filter())}</p>
                <Button icon="search" onClick={() => openPanel("browse", filter())}>
                  {t.shell.rooms.browse}
                </Button>
              </Show>
            </div>
          </Show>
        </div>
        <Show when={below()}>{unreadButton("below", "↓")}</Show>
      </div>
      <ContextMenu within={() => list} find={subject} />
    </>
  );
}

/** The field that searches the list. `onEnter` opens the best match and returns true; without a match it returns false. */
function Filter(props: {
  value: string;
  onChange: (value: string) => void;
  onDown: () => void;
  onEnter: () => boolean;
}): JSX.Element {
  const keyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") props.onDown();
    else if (event.key === "Escape" && props.value) props.onChange("");
    else if (event.key !== "Enter" || !props.onEnter()) return;
    // The focus is in the composer now: Enter must not add a new line there.
    event.preventDefault();
  };
  return (
    <div class={styles.search}>
      <Icon name="search" />
      <input
        type="search"
        aria-label={t.shell.rooms.filter}
        placeholder={t.shell.rooms.filter}
        dir="auto"
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
        onKeyDown={keyDown}
      />
    </div>
  );
}

function Empty(): JSX.Element {
  return (
    <>
      <p>
        <strong>{t.shell.rooms.emptyTitle}</strong>
      </p>
      <p>{t.shell.rooms.emptyText}</p>
      <Button icon="search" onClick={() => openPanel("browse")}>
        {t.shell.rooms.browse}
      </Button>
      <Button icon="plus" onClick={() => openPanel("create-room")}>
        {t.shell.rooms.create}
      </Button>
    </>
  );
}
