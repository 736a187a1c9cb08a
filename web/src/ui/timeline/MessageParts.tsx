/** What belongs to a message besides its text: the message that it answers, marks, reactions, and the number of replies. */
import { createEffect, createMemo, createSignal, For, type JSX, Show } from "solid-js";
import { plainText } from "../../markdown";
import { engine, useIsOnline } from "../../state";
import type { Pending, RoomEvent, Seq } from "../../sync/types";
import { sentence, t } from "../../text";
import { copyAndTell, Icon } from "../parts";
import { openPanel } from "../places/router";
import { chipsOf } from "./chips";
import { useMessages } from "./context";
import styles from "./MessageParts.module.css";

/** The most characters of a quoted message. */
const QUOTED = 60;

/** The message that another one answers, in one line. It is not stored with the answer, so that edits and deletions show. */
export function Answered(props: { seq: Seq }): JSX.Element {
  const context = useMessages();
  const isOnline = useIsOnline();
  const held = createMemo(() => context.held(props.seq));
  createEffect(() => {
    if (held() === undefined && isOnline()) engine.wantMessage(context.room, props.seq);
  });
  const words = (): string => {
    const event = held();
    if (event == null) return event === null ? t.timeline.beforeYou : t.timeline.loadingQuoted;
    return event.now?.erased === undefined ? plainText(event.text, QUOTED) : t.timeline.deletedQuoted;
  };
  const name = (): string => {
    const event = held();
    return event == null ? "" : context.member(event.user)?.display || event.name;
  };
  return (
    <button
      type="button"
      tabIndex={-1}
      class={styles["answered"]}
      title={held() == null ? undefined : t.timeline.goToAnswered}
      disabled={held() === null}
      onClick={() => context.toMessage(props.seq)}
    >
      <Icon name="reply" size={14} />
      <Show when={name()}>
        <bdi class={styles["who"]}>{name()}</bdi>
      </Show>
      <bdi class={styles["quoted"]}>{words()}</bdi>
    </button>
  );
}

/** The most names in the tooltip of a reaction. */
const NAMED = 10;

export function Reactions(props: { event: RoomEvent; mayReact: boolean }): JSX.Element {
  const context = useMessages();
  const { event } = props;
  return (
    <ul class={styles["reactions"]} aria-label={t.timeline.reactions}>
      <For each={chipsOf(event.now?.reactions ?? [])}>
        {(chip) => {
          const [names, setNames] = createSignal("");
          const ask = async (): Promise<void> => {
            if (names() !== "") return;
            const answers = await Promise.all(chip.all.map((emoji) => engine.reactors(context.room, event.seq, emoji)));
            const users = answers.flatMap((answer) => (answer.ok ? answer.value : []));
            if (users.length === 0) return;
            const known = users.map(({ id, name }) => context.member(id)?.display || name);
            setNames(t.timeline.reactedBy(known.slice(0, NAMED), Math.max(chip.count, users.length)));
          };
          const toggle = (): void => {
            if (chip.mine.length === 0) engine.change(context.room, event.seq, "react", chip.emoji);
            else for (const emoji of chip.mine) engine.change(context.room, event.seq, "unreact", emoji);
          };
          return (
            <li>
              <button
                type="button"
                tabIndex={-1}
                class={styles["chip"]}
                classList={{ [styles["mine"] ?? ""]: chip.mine.length > 0 }}
                data-part={chip.emoji}
                aria-pressed={chip.mine.length > 0}
                aria-label={t.timeline.reactionOf(chip.emoji, chip.count, chip.mine.length > 0)}
                title={names()}
                disabled={!props.mayReact}
                onPointerEnter={() => void ask()}
                onFocus={() => void ask()}
                onClick={toggle}
              >
                <span aria-hidden="true">{chip.emoji}</span>
                <span aria-hidden="true">{chip.count}</span>
              </button>
            </li>
          );
        }}
      </For>
    </ul>
  );
}

/** The marks below a message: edited, pinned, the reactions, and how many replies its thread has. */
export function Foot(props: { event: RoomEvent }): JSX.Element {
  const context = useMessages();
  const { event } = props;
  const { edited, pinned, reactions, replies } = event.now ?? {};
  /** In the room: the thread that the message is said in as well. */
  const thread = context.thread === null ? event.thread : undefined;
  const isMine = event.user === context.me()?.id;
  return (
    <Show when={edited ?? pinned ?? reactions ?? replies ?? thread}>
      <div class={styles["foot"]}>
        <Show when={reactions}>
          <Reactions event={event} mayReact={context.about()?.joined === true && !context.about()?.archived} />
        </Show>
        <Show when={context.thread === null && replies}>
          {(n) => (
            <button
              type="button"
              tabIndex={-1}
              class={styles["replies"]}
              onClick={() => openPanel("thread", String(context.room), String(event.seq))}
            >
              <Icon name="thread" size={14} />
              {t.timeline.replies(n())}
            </button>
          )}
        </Show>
        <Show when={thread}>
          {(root) => (
            <button
              type="button"
              tabIndex={-1}
              class={styles["replies"]}
              onClick={() => openPanel("thread", String(context.room), String(root()))}
            >
              <Icon name="thread" size={14} />
              {t.timeline.alsoHere}
            </button>
          )}
        </Show>
        <Show when={pinned}>
          <span class={styles["mark"]}>
            <Icon name="pin" size={14} />
            {t.timeline.pinnedMark}
          </span>
        </Show>
        <Show when={edited}>
          <Show
            when={isMine || context.mayModerate()}
            fallback={<span class={styles["mark"]}>{t.timeline.edited}</span>}
          >
            <button
              type="button"
              tabIndex={-1}
              class={`${styles["mark"]} ${styles["press"]}`}
              title={t.timeline.versions}
              onClick={() => openPanel("versions", String(context.room), String(event.seq))}
            >
              {t.timeline.edited}
            </button>
          </Show>
        </Show>
      </div>
    </Show>
  );
}

const REFUSED: Readonly<Record<string, () => string>> = {
  edit: () => t.timeline.notChanged,
  erase: () => t.timeline.notDeleted,
};

/** The user's own changes of a message that the server has refused, and why. */
export function RefusedChanges(props: { changes: readonly Pending[] }): JSX.Element {
  return (
    <For each={props.changes.filter((each) => each.state === "refused")}>
      {(change) => (
        <div class={styles["refused"]} role="alert">
          <span>
            {REFUSED[change.kind]?.() ?? t.timeline.notReacted} {change.problem ? sentence(change.problem) : ""}
          </span>
          <Show when={change.kind === "edit"}>
            <button type="button" data-choice onClick={() => void copyAndTell(change.text, t.timeline.copied)}>
              {t.timeline.copyText}
            </button>
          </Show>
          <button type="button" data-choice onClick={() => engine.discard(change.key)}>
            {t.timeline.discard}
          </button>
        </div>
      )}
    </For>
  );
}
