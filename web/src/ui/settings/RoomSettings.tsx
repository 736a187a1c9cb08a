/** The settings of a room. Members can read them, moderators can change them. */
import { createSignal, For, type JSX, Show } from "solid-js";
import { rooms as api } from "../../api/rooms";
import type { Restriction, Webhook } from "../../api/types";
import { linked } from "../../markdown";
import { Text } from "../../markdown/Text";
import { engine, useRoom } from "../../state";
import { useMay } from "../../state/ownPermissions";
import type { Answer, Moderation, Room } from "../../sync/types";
import { sentence, t } from "../../text";
import { formatDate } from "../../text/dates";
import { panels } from "../../text/panels";
import { Button, Dialog, Field, Form, load, showRefusal, showToast } from "../parts";
import { Confirm } from "../parts/Confirm";
import { Choice, Select, Toggle } from "../parts/choices";
import { Secret } from "../parts/Secret";
import { type Tab, Tabs } from "../parts/Tabs";
import { currentRoomId } from "../places/currentRoom";
import { closePanel, openPanel, route } from "../places/router";
import { asRoomName } from "../rooms/roomName";
import styles from "./settings.module.css";

export default function RoomSettings(props: { page: string }): JSX.Element {
  const room = useRoom(currentRoomId);
  const may = useMay(currentRoomId);
  const tabs = (now: () => Room): readonly Tab[] => [
    { id: "about", label: panels.room.about, page: () => <About room={now()} /> },
    { id: "order", label: panels.room.order, page: () => <Order room={now()} /> },
    ...(may("ban") ? [{ id: "bans", label: panels.room.bans, page: () => <Restrictions room={now().id} /> }] : []),
    ...(may("webhooks")
      ? [{ id: "webhooks", label: panels.room.webhooks, page: () => <Webhooks room={now().id} /> }]
      : []),
  ];
  return (
    <Show when={room()?.kind !== "direct" ? room() : undefined}>
      {(now) => (
        <Dialog title={`${panels.room.title}: #${now().name}`} shape="wide" onClose={closePanel}>
          <Tabs
            label={panels.room.title}
            chosen={props.page}
            onPick={(page) => openPanel("room", page)}
            tabs={tabs(now)}
          />
        </Dialog>
      )}
    </Show>
  );
}

/** In a topic, `@name` and `#name` stay text. */
const NO_NAMES = { mention: () => null, room: () => null };

/** How many characters of a topic the field surely shows. */
const FIELD_SHOWS = 40;

function About(props: { room: Room }): JSX.Element {
  const may = useMay(() => props.room.id);
  return (
    <div class={styles.page}>
      {/* Show the whole topic as text, with its links, unless the field below can show it. */}
      <Show
        when={
          props.room.topic &&
          (!may("topic") || props.room.topic.length > FIELD_SHOWS || /https?:/i.test(props.room.topic))
        }
      >
        <section class={styles.part}>
          <h3>{panels.room.topic}</h3>
          <Text tree={linked(props.room.topic)} meanings={NO_NAMES} />
        </section>
      </Show>
      <TextSetting
        label={panels.room.name}
        hint={may("rename") ? panels.rooms.createNameHint : panels.room.mayNotOwner}
        now={props.room.name}
        disabled={!may("rename")}
        save={(value) => engine.moderate(props.room.id, { action: "rename", value: asRoomName(value) })}
      />
      <TextSetting
        label={panels.room.topic}
        hint={panels.header.topicHint}
        now={props.room.topic}
        disabled={!may("topic") || props.room.archived}
        isAsked={route().panel?.[2] === "topic"}
        save={(value) => engine.setTopic(props.room.id, value)}
      />
      <section class={styles.part}>
        <h3 class={styles.label}>{panels.room.kind}</h3>
        <p class={styles.note}>{props.room.kind === "private" ? panels.room.kindPrivate : panels.room.kindPublic}</p>
      </section>
      <Show when={may("archive")}>
        <section class={styles.part}>
          <p class={styles.note}>{props.room.archived ? panels.header.archivedNote : panels.header.archiveText}</p>
          <div>
            <Show
              when={props.room.archived}
              fallback={
                <Button icon="box" onClick={() => openPanel("archive-room")}>
                  {t.shell.header.archive} …
                </Button>
              }
            >
              <Button
                icon="box"
                onClick={() => void showRefusal(engine.moderate(props.room.id, { action: "archive", undo: true }))}
              >
                {t.shell.header.reopen}
              </Button>
            </Show>
          </div>
        </section>
      </Show>
    </div>
  );
}

function TextSetting(props: {
  label: string;
  hint: string;
  now: string;
  disabled: boolean;
  /** Whether the dialog was opened for this setting. */
  isAsked?: boolean;
  save: (value: string) => Promise<Answer>;
}): JSX.Element {
  const [value, setValue] = createSignal(props.now);
  const [problem, setProblem] = createSignal("");
  const save = async (): Promise<void> => {
    const answer = await props.save(value().trim());
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (answer.ok) showToast(t.shell.saved);
  };
  return (
    <Form onSubmit={save}>
      <Field
        label={props.label}
        hint={props.hint}
        problem={problem()}
        value={value()}
        maxlength={250}
        disabled={props.disabled}
        data-autofocus={props.isAsked && !props.disabled ? "this" : undefined}
        onInput={(event) => setValue(event.currentTarget.value)}
        after={
          <Show when={!props.disabled}>
            <Button type="submit" disabled={value().trim() === props.now}>
              {t.shell.save}
            </Button>
          </Show>
        }
      />
    </Form>
  );
}

const SLOW = [0, 5, 10, 30, 60, 300, 900, 3600, 21600] as const;

function Order(props: { room: Room }): JSX.Element {
  const may = useMay(() => props.room.id);
  const details = load(() => api.get(props.room.id));
  const change = async (what: Moderation): Promise<void> => {
    await showRefusal(details.after(engine.moderate(props.room.id, what)));
  };
  const slow = (): readonly (readonly [string, string])[] => {
    const steps: readonly number[] = SLOW.some((each) => each === props.room.slow)
      ? SLOW
      : [...SLOW, props.room.slow].sort((a, b) => a - b);
    return steps.map(
      (seconds) => [String(seconds), seconds === 0 ? panels.room.slowOff : panels.room.seconds(seconds)] as const,
    );
  };
  return (
    <div class={styles.page}>
      <Show when={!may("slow")}>
        <p class={styles.note}>{panels.room.mayNot}</p>
      </Show>
      <Select
        label={panels.room.slow}
        hint={panels.room.slowHint}
        value={String(props.room.slow)}
        options={slow()}
        disabled={!may("slow")}
        onPick={(value) => void change({ action: "slow", value })}
      />
      <Toggle
        label={panels.room.readOnly}
        checked={props.room.readOnly}
        disabled={!may("read_only")}
        onChange={(on) => void change({ action: "read_only", value: on ? "on" : "off" })}
      />
      <Toggle
        label={panels.room.guests}
        {...(may("slow") && !may("guests") ? { hint: panels.room.mayNotOwner } : {})}
        checked={details.value()?.guests ?? true}
        disabled={!may("guests") || !details.value()}
        onChange={(on) => void change({ action: "guests", value: on ? "on" : "off" })}
      />
      <Choice
        label={panels.room.calls}
        value={props.room.calls}
        disabled={!may("calls")}
        onPick={(value) => void change({ action: "calls", value })}
        options={[
          { value: "members", label: panels.room.callsMembers },
          { value: "moderators", label: panels.room.callsModerators },
          { value: "nobody", label: panels.room.callsNobody },
        ]}
      />
    </div>
  );
}

function Restrictions(props: { room: number }): JSX.Element {
  const bans = load(() => api.bans(props.room));
  const mutes = load(() => api.mutes(props.room));
  return (
    <div class={styles.page}>
      <List
        title={panels.room.banned}
        none={panels.room.noBans}
        problem={bans.problem()}
        list={bans.value()}
        lift={(user) => bans.after(api.unban(props.room, user))}
      />
      <List
        title={panels.room.muted}
        none={panels.room.noMutes}
        problem={mutes.problem()}
        list={mutes.value()}
        lift={(user) => mutes.after(api.unmute(props.room, user))}
      />
    </div>
  );
}

function List(props: {
  title: string;
  none: string;
  problem: string;
  list: readonly Restriction[] | undefined;
  lift: (user: number) => Promise<Answer>;
}): JSX.Element {
  const until = (each: Restriction): string =>
    each.until ? panels.room.until(formatDate("dateTime", each.until)) : panels.room.forGood;
  return (
    <section class={styles.part}>
      <h3>{props.title}</h3>
      <p role="alert" class={styles.problem}>
        {props.problem}
      </p>
      <Show when={props.list?.length} fallback={<p class={styles.note}>{props.list ? props.none : t.shell.loading}</p>}>
        <ul class={styles.rows}>
          <For each={props.list}>
            {(each) => (
              <li class={styles.row}>
                <div>
                  <span dir="auto">{each.name || panels.room.unnamed(each.user)}</span>
                  <p class={styles.note}>{until(each)}</p>
                </div>
                <Button look="quiet" onClick={() => void showRefusal(props.lift(each.user))}>
                  {panels.room.lift}
                </Button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </section>
  );
}

function Webhooks(props: { room: number }): JSX.Element {
  const loaded = load(() => api.webhooks(props.room));
  const [label, setLabel] = createSignal("");
  const [url, setUrl] = createSignal("");
  const [problem, setProblem] = createSignal("");
  const [made, setMade] = createSignal<{ label: string; value: string; hint: string } | null>(null);
  const [ending, setEnding] = createSignal<Webhook | null>(null);
  const make = async (): Promise<void> => {
    const answer = await api.makeWebhook(props.room, label().trim(), url().trim());
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    setLabel("");
    setUrl("");
    setMade(
      answer.value.url
        ? { label: panels.room.hookAddress, value: answer.value.url, hint: panels.room.hookPost }
        : { label: panels.room.hookKey, value: answer.value.secret ?? "", hint: panels.room.hookSecret },
    );
    await loaded.again();
  };
  return (
    <div class={styles.page}>
      <p class={styles.note}>{panels.room.hooksText}</p>
      <section class={styles.part}>
        <p role="alert" class={styles.problem}>
          {loaded.problem()}
        </p>
        <Show
          when={loaded.value()?.length}
          fallback={<p class={styles.note}>{loaded.value() ? panels.room.noHooks : t.shell.loading}</p>}
        >
          <ul class={styles.rows}>
            <For each={loaded.value()}>
              {(hook) => (
                <li class={styles.row}>
                  <div>
                    <span dir="auto">{hook.label}</span>
                    <p class={styles.note}>
                      {hook.direction === "in" ? panels.room.hookIn : panels.room.hookOut} {hook.url ?? ""}
                    </p>
                    <Show when={hook.parked ?? hook.trouble}>
                      {(why) => (
                        <p class={`${styles.note} ${styles.problem}`}>
                          {hook.parked ? panels.room.hookParked(why()) : why()}
                        </p>
                      )}
                    </Show>
                  </div>
                  <Show when={hook.parked}>
                    <Button
                      look="quiet"
                      onClick={() => void showRefusal(loaded.after(api.resumeWebhook(props.room, hook.id)))}
                    >
                      {panels.room.hookResume}
                    </Button>
                  </Show>
                  <Button look="quiet" onClick={() => setEnding(hook)}>
                    {panels.room.hookEnd}
                  </Button>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </section>
      <Form class={styles.part} onSubmit={make}>
        <Field
          label={panels.room.hookLabel}
          problem={problem()}
          required
          maxlength={32}
          value={label()}
          onInput={(event) => setLabel(event.currentTarget.value)}
        />
        <Field
          label={panels.room.hookUrl}
          hint={panels.room.hookUrlHint}
          type="url"
          dir="ltr"
          value={url()}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <div>
          <Button type="submit">{panels.room.hookMake}</Button>
        </div>
        <Show when={made()}>
          {(secret) => <Secret label={secret().label} hint={secret().hint} value={secret().value} />}
        </Show>
      </Form>
      <Show when={ending()}>
        {(hook) => (
          <Confirm
            title={panels.room.hookEndTitle(hook().label)}
            text={panels.room.hookEndText}
            doIt={panels.room.hookEnd}
            onClose={() => setEnding(null)}
            run={() => loaded.after(api.endWebhook(props.room, hook().id))}
          />
        )}
      </Show>
    </div>
  );
}
