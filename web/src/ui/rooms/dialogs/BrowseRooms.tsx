import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { engine, useIsOnline, useMe, useRooms } from "../../../state";
import { fold } from "../../../sync/fold";
import type { RoomListing } from "../../../sync/types";
import { sentence, t } from "../../../text";
import { panels } from "../../../text/panels";
import { Button, Dialog, Field, Icon } from "../../parts";
import { rank } from "../../parts/fuzzy";
import { atEndOfList, createPages } from "../../parts/pages";
import { openAndWrite, openRoom } from "../../places/currentRoom";
import { closePanel } from "../../places/router";
import { joinFailed, leftRooms } from "../leftRooms";
import { asRoomName } from "../roomName";
import styles from "./dialogs.module.css";

export function BrowseRooms(props: { search: string }): JSX.Element {
  const [search, setSearch] = createSignal(props.search);
  const [problem, setProblem] = createSignal("");
  const me = useMe();
  const rooms = useRooms();
  const wanted = createMemo(() => search().trim().replace(/^#/, ""));
  const listed = createPages(
    (query, next) => engine.findRooms(query, next),
    () => search().trim().replace(/^#/, ""),
    useIsOnline(),
  );
  /** Private rooms that the user has left: the server does not list them. */
  const lost = (): readonly RoomListing[] =>
    leftRooms(me()?.id, rooms()).map(({ room, name }) => ({
      id: room,
      name,
      kind: "private",
      topic: t.shell.rooms.leftText,
      members: 0,
      archived: false,
      joined: false,
    }));
  const isAnswered = (): boolean => listed.answered() === wanted();
  const found = createMemo((): readonly RoomListing[] => {
    const matching = (rooms: readonly RoomListing[]): readonly RoomListing[] =>
      wanted() ? rank(wanted(), rooms, (room) => room.name).map((each) => each.item) : rooms;
    const listing = listed.items() ?? [];
    // Until the server answers, the rooms are those of the previous search text. Keep those that match the new text, so that Enter
    // opens no other.
    if (!isAnswered()) return matching(listing);
    const others = lost().filter((room) => !listing.some((each) => each.id === room.id));
    return listed.hasMore() ? listing : [...listing, ...matching(others)];
  });
  const plain = (): string => asRoomName(search());
  const unheard = (): boolean =>
    /^[^\s]{1,32}$/.test(plain()) && !found().some((room) => fold(room.name) === fold(plain()));
  const enter = async (room: RoomListing): Promise<void> => {
    if (room.joined) return openRoom(room);
    const answer = await engine.join(room.name, room.id);
    if (answer.ok) openRoom(room);
    else {
      joinFailed(me()?.id, room.id, answer.problem);
      setProblem(sentence(answer.problem));
    }
  };
  const make = async (): Promise<void> => {
    const answer = await engine.create(plain(), false);
    if (answer.ok) openAndWrite(answer.value);
    else setProblem(sentence(answer.problem));
  };
  return (
    <Dialog title={panels.rooms.browseTitle} onClose={closePanel}>
      <div class={styles.browse}>
        <Field
          bare
          type="search"
          label={panels.rooms.browseSearch}
          placeholder={panels.rooms.browseSearch}
          problem={problem() || listed.problem()}
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = found()[0];
            if (event.key !== "Enter" || !first) return;
            event.preventDefault();
            void enter(first);
          }}
          data-autofocus=""
        />
        <Show when={listed.items() || listed.problem()} fallback={<p class={styles.note}>{t.shell.loading}</p>}>
          <ul class={styles.listing}>
            <For each={found()}>
              {(room) => (
                <li class={styles.listed}>
                  <span class={styles.sign}>
                    <Icon name={room.archived ? "box" : room.kind === "private" ? "lock" : "hash"} />
                  </span>
                  <div class={styles.about}>
                    <p class={styles.heading}>
                      <strong dir="auto">{room.name}</strong>
                      <Show when={room.members > 0}>
                        <small>{t.shell.peopleCount(room.members)}</small>
                      </Show>
                    </p>
                    <Show when={room.topic}>
                      <p class={styles.topic} dir="auto">
                        {room.topic}
                      </p>
                    </Show>
                  </div>
                  <Button
                    look={room.joined ? "quiet" : "plain"}
                    class={room.joined ? (styles.open ?? "") : ""}
                    aria-label={`${room.joined ? t.shell.rooms.open : t.shell.rooms.join} #${room.name}`}
                    onClick={() => void enter(room)}
                  >
                    {room.joined ? t.shell.rooms.open : t.shell.rooms.join}
                  </Button>
                </li>
              )}
            </For>
            <Show when={listed.hasMore() ? listed.items() : null} keyed>
              {(_items) => <li ref={(end) => atEndOfList(end, listed.more)} class={styles.note} aria-hidden="true" />}
            </Show>
          </ul>
          <Show when={found().length === 0 && isAnswered()}>
            <p class={styles.note}>{panels.rooms.browseNothing}</p>
          </Show>
          <Show when={unheard()}>
            <Button icon="plus" onClick={() => void make()}>
              {panels.rooms.browseMake(plain())}
            </Button>
          </Show>
        </Show>
      </div>
    </Dialog>
  );
}
