/** The list of the people in a room: those who are online come first, and among them moderators. */

import { createMemo, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { engine, useIsOnline, useKnowsPresence, useMe, useMembers, useRoom } from "../../state";
import { searchable } from "../../sync/searchable";
import type { Member, RoomId } from "../../sync/types";
import { t } from "../../text";
import { ContextMenu, Icon, PersonAvatar, type Subject } from "../parts";
import { atEndOfList, createPages } from "../parts/pages";
import { openPanel } from "../places/router";
import { authorStyle } from "../theme/authorColour";
import styles from "./People.module.css";
import { usePersonItems } from "./personMenu";

const RANK = { owner: 0, moderator: 1, member: 2 } as const;

/** The order in which members are shown. */
export function sorted(members: readonly Member[]): readonly Member[] {
  return [...members].sort(
    (a, b) =>
      RANK[a.role] - RANK[b.role] ||
      Number(a.bot) - Number(b.bot) ||
      a.name.localeCompare(b.name, undefined, { sensitivity: "base" }),
  );
}

/** If a room has more members than this, there is a search field. */
const MANY = 8;
/** The most members that the server sends at once. Those of a larger room are asked for in pages, by name. */
const WHOLE = 200;
/** How many members are shown at first; a button shows the others. */
const DRAWN = 200;

export function People(props: { room: RoomId }): JSX.Element {
  const members = useMembers(() => props.room);
  const isKnown = useKnowsPresence();
  const [search, setSearch] = createSignal("");
  const [drawn, setDrawn] = createSignal(DRAWN);
  const found = createMemo(() => {
    const wanted = searchable(search().trim().replace(/^@/, ""));
    return sorted(members() ?? []).filter(
      (each) => !wanted || searchable(each.name).includes(wanted) || searchable(each.display).includes(wanted),
    );
  });
  const online = createMemo(() => found().filter((each) => each.online));
  const away = createMemo(() => found().filter((each) => !each.online));
  const room = useRoom(() => props.room);
  const isPartial = (): boolean => {
    const known = room();
    return known !== undefined && known.kind !== "direct" && known.members > WHOLE;
  };
  let list!: HTMLDivElement;
  const moved = (event: KeyboardEvent): void => {
    const rows = [...list.querySelectorAll<HTMLElement>("[data-row]")];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(to, rows.length - 1))]?.focus();
  };
  const subject = (element: Element): Subject | null => {
    const row = element.closest<HTMLElement>("[data-row]");
    const member = members()?.find((each) => String(each.id) === row?.dataset["row"]);
    if (!row || !member) return null;
    return {
      row,
      label: t.shell.people.card(member.display || member.name),
      items: () => usePersonItems(() => props.room, member.id),
    };
  };
  return (
    <div class={styles.people}>
      <Show when={(members()?.length ?? 0) > MANY || isPartial()}>
        <div class={styles.search}>
          <Icon name="search" />
          <input
            type="search"
            dir="auto"
            aria-label={t.shell.people.search}
            placeholder={t.shell.people.search}
            value={search()}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
      </Show>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move the focus among its rows. */}
      <div class={styles.list} ref={list} onKeyDown={moved}>
        <Show when={members() && isPartial()}>
          <ManyPeople room={props.room} search={search()} count={room()?.members ?? 0} />
        </Show>
        <Show when={!isPartial() && members()} fallback={members() ? "" : <p class={styles.note}>{t.shell.loading}</p>}>
          <Show
            when={isKnown()}
            fallback={<Group title={t.shell.peopleCount(found().length)} members={found().slice(0, drawn())} first />}
          >
            <Group title={t.shell.people.online(online().length)} members={online().slice(0, drawn())} first />
            <Group
              title={t.shell.people.away(away().length)}
              members={away().slice(0, Math.max(0, drawn() - online().length))}
              first={online().length === 0}
            />
          </Show>
          <Show when={found().length > drawn()}>
            <button type="button" class={styles.more} onClick={() => setDrawn(drawn() + 1000)}>
              {t.shell.people.more}
            </button>
          </Show>
          <Show when={found().length === 0}>
            <p class={styles.note}>{t.shell.people.nobody}</p>
          </Show>
        </Show>
      </div>
      <ContextMenu within={() => list} find={subject} />
    </div>
  );
}

/** The members of a large room, by name. The next page is asked for when the user scrolls near the end. */
function ManyPeople(props: { room: RoomId; search: string; count: number }): JSX.Element {
  const listed = createPages(
    (query, next) => engine.findMembers(props.room, query, next),
    createMemo(() => props.search.trim()),
    useIsOnline(),
  );
  return (
    <>
      <Show when={listed.items()} fallback={<p class={styles.note}>{listed.problem() || t.shell.loading}</p>}>
        {(found) => <Group title={t.shell.peopleCount(props.count)} members={found()} first />}
      </Show>
      <Show when={listed.hasMore() ? listed.items() : null} keyed>
        {(_items) => <div ref={(end) => atEndOfList(end, listed.more)} />}
      </Show>
      <Show when={listed.items()?.length === 0}>
        <p class={styles.note}>{t.shell.people.nobody}</p>
      </Show>
    </>
  );
}

/** Keep the focus in the list. The row of a member who changes is created anew: then the new row gets the focus. If the member has
 * left, the first row gets it. */
function keepsFocus(row: HTMLElement): void {
  onCleanup(() => {
    if (document.activeElement !== row) return;
    const aside = row.closest("aside");
    queueMicrotask(() => {
      const next = aside?.querySelector<HTMLElement>(`[data-row="${row.dataset["row"]}"]`);
      (next ?? aside?.querySelector<HTMLElement>("[data-row]"))?.focus();
    });
  });
}

function Group(props: { title: string; members: readonly Member[]; first: boolean }): JSX.Element {
  const me = useMe();
  return (
    <Show when={props.members.length > 0}>
      <section aria-label={props.title}>
        <h3 class={styles.heading}>{props.title}</h3>
        <ul>
          <For each={props.members}>
            {(member, index) => (
              <li>
                <button
                  type="button"
                  ref={keepsFocus}
                  data-row={member.id}
                  tabindex={props.first && index() === 0 ? 0 : -1}
                  class={`${styles.row} ${member.online ? "" : styles.away}`}
                  onClick={() => openPanel("person", String(member.id))}
                >
                  <PersonAvatar of={member} />
                  <span class={styles.names}>
                    <span
                      class={`${styles.name} author`}
                      style={authorStyle(member.id, member.colour)}
                      dir="auto"
                      title={member.display ? `${member.display} (${member.name})` : member.name}
                    >
                      {member.display || member.name}
                    </span>
                    <Show when={member.display && member.display !== member.name}>
                      <span class={styles.second} dir="auto">
                        {member.name}
                      </span>
                    </Show>
                  </span>
                  <Show when={member.id === me()?.id}>
                    <span class={styles.tag}>{t.shell.people.you}</span>
                  </Show>
                  <Show when={member.bot}>
                    <span class={styles.tag}>{t.shell.people.bot}</span>
                  </Show>
                  <Show when={member.role !== "member"}>
                    <span class={styles.tag}>
                      {member.role === "owner" ? t.shell.people.owner : t.shell.people.moderator}
                    </span>
                  </Show>
                </button>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}
