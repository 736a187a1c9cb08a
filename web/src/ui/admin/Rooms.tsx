/** The page of the administration with the rooms of the server. */

import { createMemo, createSignal, type JSX, Show } from "solid-js";
import { rooms as api } from "../../api/rooms";
import type { RoomDetails } from "../../api/types";
import { useRooms } from "../../state";
import { searchable } from "../../sync/searchable";
import type { Answer, Room } from "../../sync/types";
import { locale, t } from "../../text";
import { panels } from "../../text/panels";
import { Field, Icon, IconButton, load, Menu, type MenuItem, showProblem, showToast } from "../parts";
import { openRoom } from "../places/currentRoom";
import { ConfirmArchive } from "../rooms/dialogs/ArchiveRoom";
import styles from "./admin.module.css";
import { Table } from "./Table";

type Row = Pick<RoomDetails, "id" | "name" | "kind" | "topic" | "members" | "archived" | "read_only">;

/** The row of a room that the user has joined. The server's list lacks archived private rooms; this adds those of the user. */
const rowOf = ({ id, name, kind, topic, members, archived, readOnly }: Room): Row => ({
  id,
  name,
  kind,
  topic,
  members,
  archived,
  read_only: readOnly,
});

export function Rooms(): JSX.Element {
  const mine = useRooms();
  const [search, setSearch] = createSignal("");
  const [archiving, setArchiving] = createSignal<Row | null>(null);
  const listed = load(() => api.list());
  const all = createMemo((): readonly Row[] => {
    const archived = mine().filter((room) => room.joined && room.archived && room.kind !== "direct");
    const rows = new Map<number, Row>();
    for (const row of [...(listed.value() ?? []), ...archived.map(rowOf)]) rows.set(row.id, row);
    return [...rows.values()];
  });
  const change = (room: Row, archived: boolean, why = ""): Promise<Answer<unknown>> =>
    listed.after(api.change(room.id, { archived, ...(why ? { why } : {}) }));
  const found = createMemo(() => {
    const wanted = searchable(search().trim().replace(/^#/, ""));
    return all()
      .filter((room) => !wanted || searchable(`${room.name} ${room.topic}`).includes(wanted))
      .sort(
        (a, b) =>
          Number(a.archived) - Number(b.archived) ||
          a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: "base" }),
      );
  });
  const reopen = async (room: Row): Promise<void> => {
    const answer = await change(room, false);
    if (answer.ok) showToast(t.shell.saved);
    else showProblem(answer.problem);
  };
  const at = (room: Row): readonly MenuItem[] => {
    const { admin } = panels;
    const { header, rooms } = t.shell;
    const joined = mine().find((each) => each.id === room.id && each.joined);
    return [
      { label: joined ? rooms.open : admin.roomLook, icon: "forward", run: () => openRoom(room) },
      room.archived
        ? { label: header.reopen, icon: "box", apart: true, run: () => void reopen(room) }
        : { label: `${header.archive} …`, icon: "box", apart: true, run: () => setArchiving(room) },
    ];
  };
  return (
    <div class={styles.page}>
      <div class={styles.head}>
        <Field
          bare
          type="search"
          label={panels.rooms.browseSearch}
          placeholder={panels.rooms.browseSearch}
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      <p role="alert" class={styles.problem}>
        {listed.problem()}
      </p>
      <Show
        when={listed.value()}
        fallback={
          <Show when={!listed.problem()}>
            <p class={styles.note}>{t.shell.loading}</p>
          </Show>
        }
      >
        <Show when={found().length > 0} fallback={<p class={styles.note}>{panels.rooms.browseNothing}</p>}>
          <Table
            columns={[
              [panels.admin.room],
              [panels.room.kind, styles.minor],
              [t.shell.people.title, styles.number],
              [panels.admin.state],
              [""],
            ]}
            rows={found()}
          >
            {(room) => (
              <>
                <td>
                  <div class={styles.room}>
                    <Icon name={room.archived ? "box" : room.kind === "private" ? "lock" : "hash"} />
                    <div>
                      <strong dir="auto">{room.name}</strong>
                      <Show when={room.topic}>
                        <small dir="auto">{room.topic}</small>
                      </Show>
                    </div>
                  </div>
                </td>
                <td class={styles.minor}>
                  {room.kind === "private" ? panels.rooms.createPrivate : panels.rooms.createPublic}
                </td>
                <td class={styles.number}>{room.members.toLocaleString(locale())}</td>
                <td class={styles.state}>
                  <Show
                    when={room.archived}
                    fallback={room.read_only ? panels.admin.roomReadOnly : panels.admin.roomUsed}
                  >
                    <span class={styles.off}>{panels.admin.roomArchived}</span>
                  </Show>
                </td>
                <td class={styles.end}>
                  <Menu
                    label={panels.admin.actions(`#${room.name}`)}
                    items={at(room)}
                    button={(given) => (
                      <IconButton icon="menu" label={panels.admin.actions(`#${room.name}`)} {...given} />
                    )}
                  />
                </td>
              </>
            )}
          </Table>
        </Show>
        <p class={styles.note}>{panels.admin.roomsText}</p>
      </Show>
      <Show when={archiving()}>
        {(room) => (
          <ConfirmArchive
            name={room().name}
            onClose={() => setArchiving(null)}
            run={(why) => change(room(), true, why)}
          />
        )}
      </Show>
    </div>
  );
}
