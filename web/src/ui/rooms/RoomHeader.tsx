/** The header of a room: its title, topic and menu. */
import { createMemo, type JSX, Show } from "solid-js";
import { engine, useMe, useRooms } from "../../state";
import { useMay } from "../../state/ownPermissions";
import { unreadTotals } from "../../state/unread";
import type { Room } from "../../sync/types";
import { t } from "../../text";
import { Icon, IconButton, Menu, PersonAvatar, showRefusal } from "../parts";
import { titleOf, useOthers } from "../places/roomTitle";
import { navigate, openPanel } from "../places/router";
import { useScreen } from "../places/screen";
import styles from "./RoomHeader.module.css";
import { RoomMark } from "./RoomMark";
import { levelItems, useOnlyOther, useRoomItems } from "./roomMenu";

/** The element id of the button that shows the people. It gets the focus when they are hidden. */
export const PEOPLE_BUTTON = "people-button";

export function RoomHeader(props: { room: Room; peopleShown: boolean; onPeople: () => void }): JSX.Element {
  const me = useMe();
  const may = useMay(() => props.room.id);
  const others = useOthers(() => props.room);
  const direct = (): boolean => props.room.kind === "direct";
  const alone = useOnlyOther(() => props.room);
  const title = (): string => titleOf(props.room, others()) || me()?.name || "";
  const rooms = useRooms();
  const elsewhere = createMemo(() => unreadTotals(rooms().filter((room) => room.id !== props.room.id)));
  const back = (): string => {
    const { mentions, unread } = elsewhere();
    return mentions > 0 ? t.shell.rooms.backWaiting(mentions) : unread ? t.shell.rooms.backUnread : t.shell.rooms.back;
  };

  const items = useRoomItems(() => props.room, {
    favourite: () => useScreen() === "phone",
    levels: false,
    people: () => ({
      label: props.peopleShown ? t.shell.header.hidePeople : t.shell.header.showPeople,
      icon: "people",
      run: () => props.onPeople(),
    }),
  });

  return (
    <header class={styles.header}>
      <div class={styles.back}>
        <IconButton icon="back" label={back()} onClick={() => navigate("/")} />
        <Show when={elsewhere().mentions > 0 || elsewhere().unread}>
          <span aria-hidden="true" class={elsewhere().mentions > 0 ? styles.count : styles.dot}>
            {elsewhere().mentions > 0 ? Math.min(elsewhere().mentions, 99) : ""}
          </span>
        </Show>
      </div>
      <div class={styles.words}>
        <h1 class={styles.title}>
          <Show
            when={alone()}
            fallback={
              // The title of a direct room of several people: their names, as far as they fit. The list of people has all.
              <button
                type="button"
                class={`${styles.person} ${direct() ? "" : styles.room}`}
                title={direct() ? title() : t.shell.header.about(props.room.name)}
                onClick={() => (direct() ? props.onPeople() : openPanel("room", "about"))}
              >
                <RoomMark room={props.room} others={others()} />
                <span dir="auto" class={styles.name}>
                  {title()}
                </span>
              </button>
            }
          >
            {(other) => (
              <button type="button" class={styles.person} onClick={() => openPanel("person", String(other().id))}>
                <PersonAvatar size="m" of={other()} />
                <span dir="auto" class={styles.name} title={props.room.name}>
                  {title()}
                </span>
              </button>
            )}
          </Show>
        </h1>
        <Show when={!direct()}>
          {/* A button with the beginning of the topic. It opens the settings, with the whole topic and a field to change it. */}
          <Show when={props.room.topic || (may("topic") && !props.room.archived)}>
            <button
              type="button"
              class={`${styles.topic} ${styles.edit} ${props.room.topic ? "" : styles.none}`}
              title={props.room.topic || t.shell.header.addTopic}
              onClick={() => openPanel("room", "about", "topic")}
            >
              <span class="visually-hidden">{t.shell.header.topic}: </span>
              <span dir="auto">{props.room.topic || t.shell.header.addTopic}</span>
            </button>
          </Show>
        </Show>
      </div>
      <div class={styles.tools}>
        <IconButton
          class={styles.wide ?? ""}
          icon="star"
          filled={props.room.favourite}
          pressed={props.room.favourite}
          label={props.room.favourite ? t.shell.header.unfavourite : t.shell.header.favourite}
          onClick={() => void showRefusal(engine.prefer(props.room.id, { favourite: !props.room.favourite }))}
        />
        <IconButton
          class={styles.wide ?? ""}
          icon="pin"
          label={t.timeline.pins}
          onClick={() => openPanel("pins", String(props.room.id))}
        />
        <Menu
          label={t.shell.header.level}
          button={(given) => (
            <IconButton
              icon={props.room.level === "nothing" ? "bellOff" : "bell"}
              filled={props.room.level === "all"}
              label={t.shell.header.level}
              {...given}
            />
          )}
          items={levelItems(props.room)}
        />
        <Show when={!alone()}>
          <button
            type="button"
            class={styles.people}
            id={PEOPLE_BUTTON}
            aria-pressed={props.peopleShown}
            title={props.peopleShown ? t.shell.header.hidePeople : t.shell.header.showPeople}
            onClick={() => props.onPeople()}
          >
            <Icon name="people" />
            <span aria-hidden="true">{props.room.members}</span>
            <span class="visually-hidden">{t.shell.header.members(props.room.members)}</span>
          </button>
        </Show>
        <Menu
          label={t.shell.header.menu}
          button={(given) => <IconButton icon="menu" label={t.shell.header.menu} {...given} />}
          items={items()}
        />
      </div>
    </header>
  );
}
