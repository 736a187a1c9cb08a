/** What room this is, what it is about, and what one can do with it. */
import { createSignal, type JSX, Show } from "solid-js";
import { navigate, openPanel } from "../../router";
import { engine, useMe } from "../../state";
import type { Room } from "../../sync/types";
import { t } from "../../text";
import { Avatar, Button, Dialog, Field, Icon, IconButton, Menu, tellIfRefused } from "../parts";
import { useMay } from "../people";
import { titleOf, useOthers } from "./direct";
import styles from "./RoomHeader.module.css";
import { RoomMark } from "./RoomMark";
import { levelItems, useOnlyOther, useRoomItems } from "./roomMenu";
import { useScreen } from "./screen";

/** The button that shows the people; focus returns to it when they go. */
export const PEOPLE_BUTTON = "people-button";

export function RoomHeader(props: { room: Room; peopleShown: boolean; onPeople: () => void }): JSX.Element {
  const me = useMe();
  const may = useMay(() => props.room.id);
  const others = useOthers(() => props.room);
  const direct = (): boolean => props.room.kind === "direct";
  const alone = useOnlyOther(() => props.room);
  const title = (): string => titleOf(props.room, others()) || me()?.name || "";
  const [editing, setEditing] = createSignal(false);

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
      <IconButton class={styles.back ?? ""} icon="back" label={t.shell.rooms.back} onClick={() => navigate("/")} />
      <div class={styles.words}>
        <h1 class={styles.title}>
          <Show
            when={alone()}
            fallback={
              <Show
                when={direct()}
                fallback={
                  <>
                    <RoomMark room={props.room} others={others()} />
                    <span dir="auto" class={styles.name} title={props.room.name}>
                      {title()}
                    </span>
                  </>
                }
              >
                {/* The names say who is in it, as far as there is space; the list says it in full. */}
                <button type="button" class={styles.person} title={title()} onClick={() => props.onPeople()}>
                  <RoomMark room={props.room} others={others()} />
                  <span dir="auto" class={styles.name}>
                    {title()}
                  </span>
                </button>
              </Show>
            }
          >
            {(other) => (
              <button type="button" class={styles.person} onClick={() => openPanel("person", String(other().id))}>
                <Avatar
                  size="m"
                  user={other().id}
                  name={other().display || other().name}
                  colour={other().colour}
                  online={other().online}
                />
                <span dir="auto" class={styles.name} title={props.room.name}>
                  {title()}
                </span>
              </button>
            )}
          </Show>
        </h1>
        <Show when={!direct()}>
          <Show
            when={may("topic") && !props.room.archived}
            fallback={
              <p class={styles.topic} dir="auto" title={props.room.topic}>
                {props.room.topic}
              </p>
            }
          >
            <button
              type="button"
              class={`${styles.topic} ${styles.edit} ${props.room.topic ? "" : styles.none}`}
              title={props.room.topic || t.shell.header.addTopic}
              onClick={() => setEditing(true)}
            >
              <span dir="auto">{props.room.topic || t.shell.header.addTopic}</span>
              <span class="visually-hidden">{t.shell.header.editTopic}</span>
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
          onClick={() => void tellIfRefused(engine.prefer(props.room.id, { favourite: !props.room.favourite }))}
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
      <Show when={editing()}>
        <Topic room={props.room} onClose={() => setEditing(false)} />
      </Show>
    </header>
  );
}

function Topic(props: { room: Room; onClose: () => void }): JSX.Element {
  const [topic, setTopic] = createSignal(props.room.topic);
  const save = async (): Promise<void> => {
    const answer = await engine.setTopic(props.room.id, topic().trim());
    if (answer.ok) props.onClose();
    else setProblem(answer.problem.message);
  };
  const [problem, setProblem] = createSignal("");
  return (
    <Dialog
      title={t.shell.header.editTopic}
      onClose={() => props.onClose()}
      foot={
        <>
          <Button look="quiet" onClick={() => props.onClose()}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" onClick={() => void save()}>
            {t.shell.save}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field
          label={t.shell.header.topic}
          hint={t.shell.header.topicHint}
          problem={problem()}
          maxlength={250}
          value={topic()}
          onInput={(event) => setTopic(event.currentTarget.value)}
          data-autofocus=""
        />
      </form>
    </Dialog>
  );
}
