/** The rows of messages: those that the server has stored, and those that wait to be sent. */
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { parse, type Tree } from "../../markdown";
import { InlineText, type Meanings, Text } from "../../markdown/Text";
import { engine } from "../../state";
import type { Pending, RoomEvent, Seq } from "../../sync/types";
import { sentence, t } from "../../text";
import { hasComposer } from "../composer/insertion";
import { Icon } from "../parts";
import { authorStyle } from "../theme/authorColour";
import { Actions } from "./ActionBar";
import actions from "./ActionBar.module.css";
import { useMessages } from "./context";
import lines from "./EventLines.module.css";
import styles from "./Message.module.css";
import { Answered, Foot, RefusedChanges } from "./MessageParts";
import { editRefused } from "./messageActions";
import { isMentioned } from "./rows";
import { OwnStatus } from "./Status";
import { fullOf, isoOf, timeOf } from "./times";

/** The time next to a message. `quiet`: whether it is only visible on hover and focus. */
export function Gutter(props: { at: number; quiet: boolean }): JSX.Element {
  return (
    <time
      class={styles["time"]}
      classList={{ [styles["quiet"] ?? ""]: props.quiet }}
      dir="auto"
      dateTime={isoOf(props.at)}
      title={fullOf(props.at)}
    >
      {timeOf(props.at)}
    </time>
  );
}

function Author(props: { user: number; name: string; bot: boolean }): JSX.Element {
  const context = useMessages();
  const member = createMemo(() => context.member(props.user));
  const display = (): string => member()?.display || props.name;
  return (
    <>
      <button
        type="button"
        tabIndex={-1}
        class={`author ${styles["name"]}`}
        style={authorStyle(props.user, member()?.colour ?? "")}
        title={props.name}
        onClick={(event) => context.openPerson(props.user, props.name, event.currentTarget)}
      >
        <bdi>{display()}</bdi>
      </button>
      <Show when={display() !== props.name}>
        <bdi class={styles["handle"]}>{props.name}</bdi>
      </Show>
      <Show when={props.bot}>
        <span class={styles["bot"]}>{t.timeline.bot}</span>
      </Show>
    </>
  );
}

/** A message is collapsed if it has more characters or lines than these. */
const LONG = { characters: 2500, lines: 40 };

/** The text of a message. A long one is collapsed until it is expanded, or gets the focus. */
function Words(props: { text: string; tree: Tree; meanings: Meanings }): JSX.Element {
  const isLong = props.text.length > LONG.characters || props.text.split("\n", LONG.lines + 1).length > LONG.lines;
  const [isWhole, setWhole] = createSignal(!isLong);
  return (
    <Show when={isLong} fallback={<Text tree={props.tree} meanings={props.meanings} />}>
      <div classList={{ [styles["folded"] ?? ""]: !isWhole() }} onFocusIn={() => setWhole(true)}>
        <Text tree={props.tree} meanings={props.meanings} />
      </div>
      <button type="button" class={styles["more"]} aria-expanded={isWhole()} onClick={() => setWhole(!isWhole())}>
        {isWhole() ? t.timeline.showLess : t.timeline.showWhole}
      </button>
    </Show>
  );
}

/** The message that another one answers: in a thread the one of the thread, if it is not the root. */
const answeredBy = (event: { target?: Seq; reply?: Seq; thread?: Seq }): Seq | undefined =>
  event.reply ?? (event.thread === undefined ? event.target : undefined);

/** Messages that were deleted. Several in a row are one line, which can be unfolded. */
export function Gone(props: { rowKey: string; events: readonly RoomEvent[] }): JSX.Element {
  const context = useMessages();
  const [isOpen, setOpen] = createSignal(false);
  const nameOf = (user: number, name: string): string => context.member(user)?.display || name;
  const words = (event: RoomEvent): string => {
    const author = nameOf(event.user, event.name);
    const by = event.now?.by ?? event.user;
    return by === event.user
      ? t.timeline.deletedBy(author)
      : t.timeline.deletedOf(nameOf(by, event.now?.byName ?? t.timeline.somebody), author);
  };
  const last = (): RoomEvent | undefined => props.events.at(-1);
  return (
    <article
      class={`${styles["message"]} ${styles["gone"]}`}
      tabIndex={-1}
      data-row={props.rowKey}
      classList={{ [styles["pointed"] ?? ""]: props.events.some((event) => context.isLinked(event.seq)) }}
    >
      <Gutter at={last()?.at ?? 0} quiet={true} />
      <div class={styles["body"]}>
        <Show
          when={props.events.length > 1}
          fallback={<bdi>{last() === undefined ? "" : words(last() as RoomEvent)}</bdi>}
        >
          <button type="button" class={lines["fold"]} aria-expanded={isOpen()} onClick={() => setOpen(!isOpen())}>
            {t.timeline.deletedMany(props.events.length)}
            <span class={lines["chevron"]}>
              <Icon name="chevron" />
            </span>
          </button>
          <Show when={isOpen()}>
            <ul class={lines["folded"]}>
              <For each={props.events}>
                {(event) => (
                  <li>
                    <bdi>{words(event)}</bdi>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        </Show>
        <Show when={last()}>{(event) => <Foot event={event()} />}</Show>
      </div>
    </article>
  );
}

export function Message(props: {
  rowKey: string;
  event: RoomEvent;
  head: boolean;
  changes?: readonly Pending[];
}): JSX.Element {
  const context = useMessages();
  const { event } = props;
  const isMine = (): boolean => event.user === context.me()?.id;
  const { known, meanings } = context.namesIn(event);
  const tree = createMemo(() => parse(event.text, known()));
  const isAction = event.kind === "action";
  /** Whether a change of the user's own has not reached the server. */
  const waits = (): boolean => props.changes?.some((each) => each.state !== "refused") ?? false;
  return (
    <article
      class={`${styles["message"]} ${actions["held"]}`}
      classList={{
        [styles["head"] ?? ""]: props.head,
        [styles["deed"] ?? ""]: isAction,
        [styles["named"] ?? ""]: isMentioned(event, context.me()?.id ?? null),
        [styles["pointed"] ?? ""]: context.isLinked(event.seq),
        [styles["waiting"] ?? ""]:
          props.changes?.some(({ kind, state }) => kind === "edit" && state !== "refused") ?? false,
      }}
      tabIndex={-1}
      data-row={props.rowKey}
      aria-label={`${event.name}, ${timeOf(event.at)}`}
    >
      <Gutter at={event.at} quiet={!props.head} />
      <div class={styles["body"]}>
        <Show when={answeredBy(event)}>{(seq) => <Answered seq={seq()} />}</Show>
        <Show
          when={!isAction}
          fallback={
            <div class={styles["action"]} dir="auto">
              <Author user={event.user} name={event.name} bot={event.bot ?? false} />{" "}
              <InlineText tree={tree()} meanings={meanings} />
            </div>
          }
        >
          <Show when={props.head}>
            <div class={styles["author"]}>
              <Author user={event.user} name={event.name} bot={event.bot ?? false} />
            </div>
          </Show>
          <Show when={event.now?.erased === undefined} fallback={<em>{t.timeline.deletedQuoted}</em>}>
            <Words text={event.text} tree={tree()} meanings={meanings} />
          </Show>
        </Show>
        <Foot event={event} />
        <RefusedChanges changes={props.changes ?? []} />
      </div>
      <div class={styles["status"]}>
        <Show when={!waits()} fallback={<Waiting words={t.timeline.changeWaits} />}>
          <Show when={isMine()}>
            <OwnStatus seq={event.seq} />
          </Show>
        </Show>
      </div>
      <Show when={context.isHot(props.rowKey)}>
        <Actions event={event} />
      </Show>
    </article>
  );
}

function Waiting(props: { words: string }): JSX.Element {
  return (
    <span class={styles["glyph"]} role="img" aria-label={props.words} title={props.words}>
      <Icon name="queued" />
    </span>
  );
}

export function PendingMessage(props: { rowKey: string; pending: Pending; head: boolean; name: string }): JSX.Element {
  const context = useMessages();
  const { pending } = props;
  const { known, meanings } = context.namesIn(null);
  const tree = createMemo(() => parse(pending.text, known()));
  const isRefused = pending.state === "refused";
  const waits = pending.fleeting === true ? t.timeline.queuedHere : t.timeline.queued;
  const told = isRefused ? t.timeline.notSent : pending.state === "sending" ? t.timeline.sending : waits;
  return (
    <article
      class={styles["message"]}
      classList={{
        [styles["head"] ?? ""]: props.head,
        [styles["deed"] ?? ""]: pending.kind === "action",
        [styles["waiting"] ?? ""]: !isRefused,
      }}
      tabIndex={-1}
      data-row={props.rowKey}
      aria-label={`${props.name}, ${told}`}
    >
      <Gutter at={pending.at} quiet={!props.head} />
      <div class={styles["body"]}>
        <Show when={answeredBy(pending)}>{(seq) => <Answered seq={seq()} />}</Show>
        <Show
          when={pending.kind !== "action"}
          fallback={
            <div class={styles["action"]} dir="auto">
              <Author user={context.me()?.id ?? -1} name={props.name} bot={false} />{" "}
              <InlineText tree={tree()} meanings={meanings} />
            </div>
          }
        >
          <Show when={props.head}>
            <div class={styles["author"]}>
              <Author user={context.me()?.id ?? -1} name={props.name} bot={false} />
            </div>
          </Show>
          <Words text={pending.text} tree={tree()} meanings={meanings} />
        </Show>
        <Show when={isRefused}>
          <div class={styles["refused"]}>
            <span>
              {t.timeline.notSent} {pending.problem ? sentence(pending.problem) : ""}
            </span>
            <button type="button" data-choice onClick={() => engine.retry(pending.key)}>
              {t.timeline.retry}
            </button>
            <Show when={hasComposer(pending.room)}>
              <button type="button" onClick={() => editRefused(pending)}>
                {t.timeline.edit}
              </button>
            </Show>
            <button type="button" onClick={() => engine.discard(pending.key)}>
              {t.timeline.discard}
            </button>
          </div>
        </Show>
      </div>
      <div class={styles["status"]}>
        <span
          class={styles["glyph"]}
          classList={{ [styles["danger"] ?? ""]: isRefused }}
          role="img"
          aria-label={told}
          title={told}
        >
          <Switch fallback={<Icon name="queued" />}>
            <Match when={isRefused}>
              <Icon name="refused" />
            </Match>
            <Match when={pending.state === "sending"}>
              <Icon name="sending" />
            </Match>
          </Switch>
        </span>
      </div>
    </article>
  );
}
