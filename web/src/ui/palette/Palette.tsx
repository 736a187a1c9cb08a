/** The command palette: a field to find rooms, people and actions. Enter takes the selected one. */
import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { engine, useIsOnline, useMe, useRooms } from "../../state";
import { isUnread } from "../../state/unread";
import type { Room } from "../../sync/types";
import { t } from "../../text";
import { Dialog, Icon, type IconName, PersonAvatar } from "../parts";
import { rank } from "../parts/fuzzy";
import { createPages } from "../parts/pages";
import { currentRoomId, openAndWrite, openDirectWith, openRoom } from "../places/currentRoom";
import { closePanel } from "../places/router";
import { type Action, actions, possible } from "../shortcuts/actions";
import { Keys } from "../shortcuts/Keys";
import { foundElsewhere, type PaletteTarget, places } from "./entries";
import styles from "./Palette.module.css";

type Entry = PaletteTarget | { kind: "action"; id: string; name: string; action: Action };

/** FIRST: how many entries of each kind are shown before anything is typed. MOST: how many are shown in all after that. */
const FIRST = 8;
const MOST = 30;

function icon(room: Pick<Room, "archived" | "kind">): IconName {
  if (room.archived) return "box";
  return room.kind === "private" ? "lock" : room.kind === "direct" ? "message" : "hash";
}

export default function Palette(): JSX.Element {
  const rooms = useRooms();
  const me = useMe();
  const [typed, setTyped] = createSignal("");
  const [at, setAt] = createSignal(0);

  /** The text to look for, and the kind of entries to which `#`, `@` or `>` limits the search. */
  const sought = createMemo((): { only: "room" | "person" | "action" | null; wanted: string } => {
    const text = typed().trim();
    const only = text.startsWith("#")
      ? "room"
      : text.startsWith("@")
        ? "person"
        : text.startsWith(">")
          ? "action"
          : null;
    return { only, wanted: only ? text.slice(1).trim() : text };
  });
  const ofServer = (kind: "room" | "person"): string | null => {
    const { only, wanted } = sought();
    // Before anything is typed, ask for people all the same: entries of direct rooms need the people's profiles.
    return (only === null || only === kind) && (wanted || kind === "person") ? wanted : null;
  };
  const listed = createPages(
    (query, next) => engine.findRooms(query, next),
    createMemo(() => ofServer("room")),
    useIsOnline(),
  );
  const people = createPages(
    (query, next) => engine.findPeople(query, next),
    createMemo(() => ofServer("person")),
    useIsOnline(),
  );

  const entries = createMemo((): readonly Entry[] => {
    const deeds = actions()
      .filter((action) => possible(action) && !action.keyOnly)
      .map((action): Entry => ({ kind: "action", id: `action-${action.id}`, name: action.title(), action }));
    return [...places(rooms(), people.items() ?? [], me()?.id), ...deeds];
  });

  const found = createMemo((): readonly Entry[] => {
    const { only, wanted } = sought();
    const of = entries().filter((entry) => !only || entry.kind === only);
    if (!wanted) {
      if (only) return of.slice(0, MOST);
      // Leave out the open room, so that the first entry, which Enter takes, is the room that was open before.
      const elsewhere = of
        .filter((entry) => entry.kind !== "action" && entry.room !== null && entry.room.id !== currentRoomId())
        .slice(0, FIRST);
      return [...elsewhere, ...of.filter((entry) => entry.kind === "action").slice(0, FIRST)];
    }
    const here = rank(wanted, of, (entry) => entry.name).map((found) => found.item);
    const known = here.filter((entry) => entry.kind !== "action");
    const elsewhere = foundElsewhere(listed.items() ?? [], people.items() ?? [], known, me()?.id);
    // Until the server answers, the answer to the previous text stays. Show those of its entries that match the new text.
    const matching = new Set(rank(wanted, elsewhere, (entry) => entry.name).map((found) => found.item));
    const isAnswer = (entry: PaletteTarget): boolean =>
      (entry.kind === "listed" ? listed : people).answered() === wanted || matching.has(entry);
    return [
      ...here,
      ...elsewhere.filter((entry) => isAnswer(entry) && (!only || (entry.kind === "person") === (only === "person"))),
    ].slice(0, MOST);
  });

  const take = (entry: Entry | undefined): void => {
    if (!entry) return;
    if (entry.kind !== "action" && entry.room) {
      if (entry.room.id === currentRoomId()) closePanel();
      else openAndWrite(entry.room.id);
    } else if (entry.kind === "listed") {
      openRoom(entry.listing);
    } else if (entry.kind === "person") {
      void openDirectWith(entry.person.name);
    } else if (entry.kind === "action") {
      closePanel();
      // Run the action after the dialog has given the focus back and `history.back` has changed the address.
      setTimeout(() => entry.action.run?.(), 50);
    }
  };
  const option = (entry: Entry): string => `palette-${entry.id}`;
  const chosen = (): Entry | undefined => found()[Math.min(at(), found().length - 1)];

  return (
    <Dialog title={t.shell.palette.title} shape="top" onClose={closePanel}>
      <div class={styles.field}>
        <Icon name="search" />
        <input
          data-autofocus=""
          dir="auto"
          role="combobox"
          aria-label={t.shell.palette.title}
          aria-expanded="true"
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={chosen() ? option(chosen() as Entry) : undefined}
          placeholder={t.shell.palette.placeholder}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={typed()}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const last = found().length - 1;
            if (event.key === "ArrowDown") setAt(at() >= last ? 0 : at() + 1);
            else if (event.key === "ArrowUp") setAt(at() <= 0 ? last : at() - 1);
            else if (event.key === "Enter") take(chosen());
            else return;
            event.preventDefault();
            const now = chosen();
            if (now) document.getElementById(option(now))?.scrollIntoView({ block: "nearest" });
          }}
        />
        <Keys keys="Escape" />
      </div>
      <div id="palette-list" role="listbox" aria-label={t.shell.palette.title} class={styles.list}>
        <For each={found()}>
          {(entry, index) => (
            <>
              <Show when={!typed().trim() && index() > 0 && found()[index() - 1]?.kind !== entry.kind}>
                <div role="presentation" class={styles.rule} />
              </Show>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and handles the keys. */}
              <div
                id={option(entry)}
                role="option"
                tabIndex={-1}
                aria-selected={chosen() === entry}
                class={styles.option}
                onMouseMove={() => setAt(index())}
                onClick={() => take(entry)}
              >
                <Line entry={entry} />
              </div>
            </>
          )}
        </For>
      </div>
      <Show when={found().length === 0}>
        <p class={styles.nothing}>{listed.problem() || people.problem() || t.shell.palette.nothing}</p>
      </Show>
    </Dialog>
  );
}

function Line(props: { entry: Entry }): JSX.Element {
  const { entry } = props;
  const room = entry.kind === "action" ? null : entry.room;
  const title =
    entry.kind === "room" || entry.kind === "listed"
      ? entry.name
      : entry.kind === "action"
        ? entry.name
        : entry.person.display || entry.person.name;
  const about = (): string => {
    if (entry.kind === "room") return entry.room.topic;
    if (entry.kind === "listed") return entry.listing.topic;
    return entry.kind === "person" && entry.person.display ? entry.person.name : "";
  };
  return (
    <>
      <span class={styles.mark}>
        {entry.kind === "room" ? (
          <Icon name={icon(entry.room)} />
        ) : entry.kind === "listed" ? (
          <Icon name={icon(entry.listing)} />
        ) : entry.kind === "person" ? (
          <PersonAvatar size="s" of={entry.person} />
        ) : (
          <Icon name="forward" size={12} />
        )}
      </span>
      <span class={styles.name} classList={{ [styles.unread ?? ""]: room !== null && isUnread(room) }} dir="auto">
        {title}
      </span>
      <span class={styles.about} dir="auto">
        {about()}
      </span>
      <Show when={entry.kind === "action" && entry.action.keys?.[0]}>{(keys) => <Keys keys={keys()} />}</Show>
    </>
  );
}
