/** The rooms one is in: found by eye, by arrow keys, or by typing a piece of the name. */
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from "solid-js";
import { keep, kept } from "../../platform/storage";
import { engine, useInvitations, useKnowsPresence, useOutbox, useRoom, useRooms } from "../../state";
import { isUnread } from "../../state/unread";
import type { RoomId } from "../../sync/types";
import { t } from "../../text";
import { Button, ContextMenu, Icon, IconButton, Menu, type Subject, tellIfRefused } from "../parts";
import { currentRoomId, openNew, openRoom } from "../places/currentRoom";
import { focusComposer } from "../places/landmarks";
import { titleOf, useOthers } from "../places/roomTitle";
import { openPanel, pathOf } from "../places/router";
import { useScreen } from "../places/screen";
import { asSeen } from "../places/watchedRoom";
import { decline, undeclined } from "./declinedInvitations";
import { inSight } from "./hiddenRooms";
import styles from "./RoomList.module.css";
import { RoomMark } from "./RoomMark";
import { useRoomItems } from "./roomMenu";
import { arrange, likeliest, type SectionName } from "./roomOrder";

const FOLDED = "parley.folded";

function foldedBefore(): ReadonlySet<string> {
  return new Set((kept(FOLDED) ?? "archived").split(" "));
}

const [folded, setFolded] = createSignal(foldedBefore());

function fold(section: SectionName): void {
  const next = new Set(folded());
  if (!next.delete(section)) next.add(section);
  keep(FOLDED, [...next].join(" "));
  setFolded(next);
}

export function RoomList(): JSX.Element {
  const rooms = useRooms();
  const everyInvitation = useInvitations();
  const invitations = createMemo(() => undeclined(everyInvitation()));
  const [filter, setFilter] = createSignal("");
  // Who searches finds what is out of sight, too.
  const sections = createMemo(() => arrange(filter() ? rooms() : inSight(rooms()), filter()));
  // Rooms are new objects whenever anything about them changes; sections and rows keep their elements, and with them the focus.
  const names = createMemo(() => sections().map((each) => each.section), [], { equals: same });
  /** The one row that the tab key reaches: the open room's, or the first where that is not shown. */
  const reached = createMemo(() => {
    const shown = sections().flatMap((each) => each.rooms);
    return (shown.find((room) => room.id === currentRoomId()) ?? shown[0])?.id ?? null;
  });
  let list!: HTMLDivElement;
  let search!: HTMLDivElement;

  const links = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[data-row]")];
  const moved = (event: KeyboardEvent): void => {
    const rows = links();
    const at = rows.indexOf(document.activeElement as HTMLElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) search.querySelector("input")?.focus();
    else rows[Math.min(to, rows.length - 1)]?.focus();
  };
  // Unread rooms out of sight, above and below: they are what one looks for in a long list.
  const [above, setAbove] = createSignal(false);
  const [below, setBelow] = createSignal(false);
  const outside = (where: "above" | "below"): HTMLElement | undefined => {
    const unread = [...list.querySelectorAll<HTMLElement>("[data-unread]")];
    // Where there is none, the browser need not work out where everything is.
    if (unread.length === 0) return undefined;
    const box = list.getBoundingClientRect();
    // On a phone, the list is not there while a room is open.
    if (box.height === 0) return undefined;
    return where === "above"
      ? unread.findLast((row) => row.getBoundingClientRect().bottom <= box.top + 4)
      : unread.find((row) => row.getBoundingClientRect().top >= box.bottom - 4);
  };
  const measure = (): void => {
    setAbove(outside("above") !== undefined);
    setBelow(outside("below") !== undefined);
  };
  const reveal = (where: "above" | "below"): void =>
    outside(where)?.scrollIntoView({ block: "center", behavior: "smooth" });
  // Where they stand changes with what stands there, not with how much is unread.
  const laidOut = createMemo(() =>
    sections()
      .map(({ section, rooms }) => [section, ...rooms.map((room) => (isUnread(asSeen(room)) ? -room.id : room.id))])
      .join(),
  );
  createEffect(() => {
    laidOut();
    invitations();
    queueMicrotask(measure);
  });
  onMount(() => {
    if (typeof ResizeObserver === "undefined") return;
    const sized = new ResizeObserver(measure);
    sized.observe(list);
    onCleanup(() => sized.disconnect());
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

  const sectionName = (section: SectionName): string => t.shell.rooms[section];
  return (
    <>
      <div class={styles.tools} ref={search}>
        <div class={styles.search}>
          <Icon name="search" />
          <input
            type="search"
            aria-label={t.shell.rooms.filter}
            placeholder={t.shell.rooms.filter}
            dir="auto"
            value={filter()}
            onInput={(event) => setFilter(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.altKey || event.ctrlKey || event.metaKey) return;
              if (event.key === "ArrowDown") {
                event.preventDefault();
                links()[0]?.focus();
              } else if (event.key === "Enter") {
                const first = likeliest(
                  sections().flatMap((each) => each.rooms),
                  filter(),
                );
                if (first) {
                  // The focus moves on: the key is not to write into where it goes.
                  event.preventDefault();
                  setFilter("");
                  openRoom(first);
                  queueMicrotask(focusComposer);
                }
              } else if (event.key === "Escape" && filter()) {
                event.preventDefault();
                setFilter("");
              }
            }}
          />
        </div>
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
        <Show when={above()}>
          <button
            type="button"
            tabindex={-1}
            class={`${styles.outside} ${styles.above}`}
            onClick={() => reveal("above")}
          >
            ↑ {t.shell.rooms.unreadOutside}
          </button>
        </Show>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows move among what is in it, which has the focus. */}
        <div class={styles.list} ref={list} onKeyDown={moved} onScroll={measure}>
          <Show when={invitations().length > 0}>
            <section aria-label={t.shell.rooms.invitations}>
              <h2 class={styles.heading}>{t.shell.rooms.invitations}</h2>
              <ul>
                <For each={invitations()}>
                  {(invited) => (
                    <li class={styles.invited}>
                      <div class={styles.invitedWords}>
                        <strong dir="auto">#{invited.name}</strong>
                        <small dir="auto">{t.shell.rooms.invitedBy(invited.by)}</small>
                      </div>
                      <Button
                        class={styles.accept ?? ""}
                        onClick={() => {
                          void tellIfRefused(engine.join(invited.name, invited.room)).then((room) => {
                            if (room !== undefined) openNew(room);
                          });
                        }}
                      >
                        {t.shell.rooms.accept}
                      </Button>
                      <IconButton
                        icon="close"
                        small
                        label={t.shell.rooms.decline(invited.name)}
                        onClick={() => decline(invited)}
                      />
                    </li>
                  )}
                </For>
              </ul>
            </section>
          </Show>
          <For each={names()}>
            {(section) => {
              const ids = createMemo(
                () =>
                  sections()
                    .find((each) => each.section === section)
                    ?.rooms.map((room) => room.id) ?? [],
                [],
                { equals: same },
              );
              const closed = (): boolean => folded().has(section) && !filter();
              // What is open or waits stays in sight, however much is folded.
              const keep = (id: RoomId): boolean => {
                const room = rooms().find((each) => each.id === id);
                return id === currentRoomId() || (room !== undefined && section !== "archived" && isUnread(room));
              };
              const shown = createMemo(() => (closed() ? ids().filter((id) => keep(id)) : ids()), [], { equals: same });
              return (
                <section aria-label={sectionName(section)}>
                  <h2 class={styles.heading}>
                    <button
                      type="button"
                      class={styles.fold}
                      aria-expanded={!closed()}
                      title={
                        closed()
                          ? t.shell.rooms.expand(sectionName(section))
                          : t.shell.rooms.collapse(sectionName(section))
                      }
                      onClick={() => fold(section)}
                    >
                      <span class={styles.chevron}>
                        <Icon name="down" size={12} />
                      </span>
                      {sectionName(section)}
                    </button>
                  </h2>
                  <ul>
                    <For each={shown()}>
                      {(id) => (
                        <li>
                          <Row id={id} first={reached() === id} />
                        </li>
                      )}
                    </For>
                  </ul>
                </section>
              );
            }}
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
        <Show when={below()}>
          <button
            type="button"
            tabindex={-1}
            class={`${styles.outside} ${styles.below}`}
            onClick={() => reveal("below")}
          >
            ↓ {t.shell.rooms.unreadOutside}
          </button>
        </Show>
      </div>
      <ContextMenu within={() => list} find={subject} />
    </>
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

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

function focusRow(room: RoomId): void {
  if (document.activeElement !== document.body) return;
  const list = document.getElementById("rooms");
  const row =
    list?.querySelector<HTMLElement>(`a[data-row="${room}"]`) ??
    list?.querySelector<HTMLElement>('[data-row][tabindex="0"]');
  row?.focus();
}

function Row(props: { id: RoomId; first: boolean }): JSX.Element {
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
        // The focus of a row that goes is its own again where it has moved, and else that of the one that is reached first.
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
              // Who comes by the keyboard goes on in the list; on a phone, the field would bring up the keyboard.
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
