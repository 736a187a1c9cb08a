/** A thread: its root, the replies, and a field to reply. */
import { createEffect, createMemo, createSelector, createSignal, For, type JSX, onCleanup, Show } from "solid-js";
import { engine, useIsOnline, useMe, useOutbox, useRoom, useWindow } from "../../state";
import { useMay } from "../../state/ownPermissions";
import { isVisible } from "../../sync/normalized";
import { overlaid } from "../../sync/overlay";
import { isPendingChange, type RoomEvent, type RoomId, type Seq } from "../../sync/types";
import { sentence, t } from "../../text";
import { panels } from "../../text/panels";
import { quoteInto } from "../composer/insertion";
import type { Intent } from "../composer/intent";
import { Button, ContextMenu, Dialog } from "../parts";
import { closePanel, openPanel, pathOf } from "../places/router";
import { type MessageContext, Messages } from "./context";
import { EmojiPopover, type Picking } from "./EmojiPopover";
import { jumpTo } from "./jump";
import { Gone, Message, PendingMessage } from "./Message";
import styles from "./MessagePanels.module.css";
import { createMessageMenu } from "./messageMenu";
import { createRoomNames } from "./roomNames";
import { isSameList, type Row } from "./rows";

type Working = Extract<Intent, { is: "edit" | "reply" }> | null;

export function ThreadPanel(props: { room: RoomId; root: Seq }): JSX.Element {
  const { room, root } = props;
  const about = useRoom(room);
  const me = useMe();
  const log = useWindow(room);
  const outbox = useOutbox(room);
  const isOnline = useIsOnline();
  const may = useMay(() => room);
  const [hot, setHot] = createSignal("");
  const [picking, setPicking] = createSignal<Picking | null>(null);
  const [working, setWorking] = createSignal<Working>(null);
  const thread = createMemo(() => {
    log();
    return engine.thread(room, root);
  });
  const first = createMemo(() => {
    log();
    return engine.held(room, root);
  });
  createEffect(() => {
    if (!isOnline()) return;
    engine.wantMessage(room, root);
    if (thread().events.length === 0 && !thread().atStart && thread().problem === null) engine.openThread(room, root);
  });
  onCleanup(() => engine.closeThread(room, root));

  const shown = (event: RoomEvent): RoomEvent =>
    overlaid(
      event,
      outbox().filter((each) => each.target === event.seq),
    );
  // A row that has not changed stays the same object, so that its element stays.
  const kept = new Map<Seq, Row & { is: "message" }>();
  const rowOf = (event: RoomEvent, head: boolean): Row & { is: "message" } => {
    const changes = outbox().filter((each) => each.target === event.seq);
    const old = kept.get(event.seq);
    if (old?.stored === event && old.head === head && isSameList(old.changes, changes)) return old;
    const row = { is: "message", key: `t${event.seq}`, event: shown(event), stored: event, head, changes } as const;
    kept.set(event.seq, row);
    return row;
  };
  const rows = createMemo((): readonly (Row & { is: "message" })[] => {
    const start = first();
    return [...(start == null ? [] : [start]), ...thread().events].map(
      // The messages of one author in a row have one name above them, but not that of the root.
      (event, at, all) => rowOf(event, at < 2 || all[at - 1]?.user !== event.user),
    );
  });
  const waiting = createMemo(() => outbox().filter((each) => each.thread === root && !isPendingChange(each)));

  const names = createRoomNames(room, (user) => openPanel("person", String(user)));
  const context: MessageContext = {
    room,
    about,
    me,
    ...names,
    isDirect: () => about()?.kind === "direct",
    thread: root,
    isHot: createSelector(hot),
    isLinked: () => false,
    held: (seq) => thread().events.find((event) => event.seq === seq) ?? (log() && engine.held(room, seq)),
    mayModerate: () => may("kick"),
    toMessage: (seq) => {
      closePanel();
      jumpTo(room, seq);
    },
    quote: (text, author) => quoteInto(room, text, author),
    edit: (event) => setWorking({ is: "edit", room, seq: event.seq, text: event.text }),
    reply: (event, name) => {
      if (event.seq === root) setWorking(null);
      else setWorking({ is: "reply", room, seq: event.seq, name, text: event.text });
    },
    react: (event, anchor) => setPicking({ event, anchor }),
    link: (seq) => pathOf(about() ?? { id: room, name: "", kind: "private" }, seq),
    showReaders: () => undefined,
    openPerson: (user) => openPanel("person", String(user)),
  };
  const menu = createMessageMenu(rows, context);
  let view!: HTMLDivElement;
  const keyAt = (target: EventTarget | null): string =>
    (target as HTMLElement | null)?.closest<HTMLElement>("[data-row]")?.dataset["row"] ?? "";

  return (
    <Dialog title={first()?.now?.title ?? panels.message.thread} onClose={closePanel} shape="wide">
      <Messages.Provider value={context}>
        <div class={styles["thread"]}>
          <div
            ref={view}
            class={styles["messages"]}
            onPointerOver={(event) => event.pointerType !== "touch" && setHot(keyAt(event.target))}
            onPointerLeave={() => setHot("")}
            onFocusIn={(event) => setHot(keyAt(event.target))}
            onPointerDown={menu.pointerDown}
          >
            <Show when={first() === null}>
              <p class={styles["when"]}>{t.timeline.beforeYou}</p>
            </Show>
            <Show when={!thread().atStart && thread().events.length > 0}>
              <Button look="quiet" busy={thread().loading} onClick={() => engine.openThread(room, root)}>
                {panels.message.threadOlder}
              </Button>
            </Show>
            <For each={rows()}>
              {(row) => (
                <Show
                  when={row.event.now?.erased === undefined}
                  fallback={<Gone rowKey={row.key} events={[row.event]} />}
                >
                  <Message rowKey={row.key} event={row.event} head={row.head} changes={row.changes} />
                </Show>
              )}
            </For>
            <For each={waiting()}>
              {(pending) => (
                <PendingMessage rowKey={`p${pending.key}`} pending={pending} head name={me()?.name ?? ""} />
              )}
            </For>
            <p role="alert" class={styles["when"]}>
              {thread().problem ? sentence(thread().problem ?? { code: "", message: "" }) : ""}
            </p>
            <Show when={thread().atStart && thread().events.length === 0 && waiting().length === 0}>
              <p class={styles["when"]}>{panels.message.threadEmpty}</p>
            </Show>
            <ContextMenu within={() => view} find={menu.find} />
          </div>
          <Show when={about()?.joined && !about()?.archived}>
            <ThreadField room={room} root={root} working={working()} onDone={() => setWorking(null)} />
          </Show>
          <Show when={picking()} keyed>
            {(of) => <EmojiPopover of={of} room={room} onClose={() => setPicking(null)} />}
          </Show>
        </div>
      </Messages.Provider>
    </Dialog>
  );
}

function ThreadField(props: { room: RoomId; root: Seq; working: Working; onDone: () => void }): JSX.Element {
  let field!: HTMLTextAreaElement;
  const [also, setAlso] = createSignal(false);
  createEffect(() => {
    if (props.working === null) return;
    if (props.working.is === "edit") field.value = props.working.text;
    field.focus();
  });
  const done = (): void => {
    field.value = "";
    props.onDone();
    field.focus();
  };
  const send = (): void => {
    const text = field.value.replace(/^\s*\n/, "").replace(/\s+$/, "");
    if (!isVisible(text)) return;
    const now = props.working;
    if (now?.is === "edit") engine.change(props.room, now.seq, "edit", text);
    else {
      const reply = now?.is === "reply" ? { reply: now.seq } : {};
      engine.send(props.room, text, "message", { thread: props.root, ...reply, ...(also() ? { also: true } : {}) });
    }
    done();
  };
  return (
    <form
      class={styles["field"]}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Show when={props.working}>
        {(now) => (
          <p class={styles["when"]}>
            {now().is === "edit" ? t.timeline.editing : t.timeline.answers((now() as { name?: string }).name ?? "")}{" "}
            <button type="button" class={styles["cancel"]} onClick={done}>
              {t.timeline.cancelIntent}
            </button>
          </p>
        )}
      </Show>
      <textarea
        ref={field}
        rows={2}
        dir="auto"
        data-autofocus=""
        aria-label={panels.message.threadPlaceholder}
        placeholder={panels.message.threadPlaceholder}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.altKey && matchMedia("(pointer: fine)").matches) {
            event.preventDefault();
            send();
          } else if (event.key === "Escape" && props.working !== null) {
            event.preventDefault();
            event.stopPropagation();
            done();
          }
        }}
      />
      <div class={styles["row"]}>
        <label>
          <input type="checkbox" checked={also()} onChange={(event) => setAlso(event.currentTarget.checked)} />{" "}
          {panels.message.threadAlso}
        </label>
        <Button look="primary" icon="send" type="submit">
          {t.timeline.send}
        </Button>
      </div>
    </form>
  );
}
