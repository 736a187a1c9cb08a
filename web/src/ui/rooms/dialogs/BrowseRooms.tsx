import { createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { engine, useMe, useRooms } from "../../../state";
import { fold } from "../../../sync/fold";
import { searchable } from "../../../sync/searchable";
import type { RoomListing } from "../../../sync/types";
import { sentence, t } from "../../../text";
import { Button, Dialog, Field, Icon, load } from "../../parts";
import { rank } from "../../parts/fuzzy";
import { openAndWrite, openRoom } from "../../places/currentRoom";
import { closePanel } from "../../places/router";
import { forgetLeft, leftRooms } from "../leftRooms";
import { asRoomName } from "../roomName";
import styles from "./dialogs.module.css";

export function BrowseRooms(props: { search: string }): JSX.Element {
  const [search, setSearch] = createSignal(props.search);
  const [problem, setProblem] = createSignal("");
  const me = useMe();
  const rooms = useRooms();
  const listed = load(() => engine.directory());
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
  const found = createMemo((): readonly RoomListing[] => {
    const listing = (listed.value() ?? []).filter((room) => room.kind !== "direct");
    const all = [...listing, ...lost().filter((room) => !listing.some((each) => each.id === room.id))];
    const wanted = search().trim();
    if (!wanted) return [...all].sort((a, b) => b.members - a.members || a.name.localeCompare(b.name));
    const folded = searchable(wanted);
    const byName = rank(wanted, all, (room) => room.name).map((each) => each.item);
    return [...byName, ...all.filter((room) => !byName.includes(room) && searchable(room.topic).includes(folded))];
  });
  const plain = (): string => asRoomName(search());
  const unheard = (): boolean =>
    /^[^\s]{1,32}$/.test(plain()) && !(listed.value() ?? []).some((room) => fold(room.name) === fold(plain()));
  const enter = async (room: RoomListing): Promise<void> => {
    if (room.joined) return openRoom(room);
    const answer = await engine.join(room.name, room.id);
    if (answer.ok) openRoom(room);
    else {
      forgetLeft(me()?.id, room.id);
      setProblem(sentence(answer.problem));
    }
  };
  const make = async (): Promise<void> => {
    const answer = await engine.create(plain(), false);
    if (answer.ok) openAndWrite(answer.value);
    else setProblem(sentence(answer.problem));
  };
  return (
    <Dialog title={t.shell.rooms.browseTitle} onClose={closePanel}>
      <div class={styles.browse}>
        <Field
          bare
          type="search"
          label={t.shell.rooms.browseSearch}
          placeholder={t.shell.rooms.browseSearch}
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
        <Show when={listed.value() || listed.problem()} fallback={<p class={styles.note}>{t.shell.loading}</p>}>
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
          </ul>
          <Show when={found().length === 0}>
            <p class={styles.note}>{t.shell.rooms.browseNothing}</p>
          </Show>
          <Show when={unheard()}>
            <Button icon="plus" onClick={() => void make()}>
              {t.shell.rooms.browseMake(plain())}
            </Button>
          </Show>
        </Show>
      </div>
    </Dialog>
  );
}
