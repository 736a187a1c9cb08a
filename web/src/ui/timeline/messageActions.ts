/** The actions on a message, for its toolbar and its menu. */
import { engine } from "../../state";
import type { Pending, RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { editInto, hasComposer } from "../composer/insertion";
import { editPending } from "../composer/intent";
import { copyAndTell, type IconName, showRefusal } from "../parts";
import { openPanel } from "../places/router";
import type { MessageContext } from "./context";

export interface MessageAction {
  label: string;
  icon: IconName;
  /** Whether the action is in the toolbar as well as in the menu. */
  quick: boolean;
  danger?: boolean;
  /** `row` is the element of the message. */
  run(row: HTMLElement): void;
}

const copyText = (text: string): MessageAction => ({
  label: t.timeline.copyText,
  icon: "copy",
  quick: false,
  run: () => void copyAndTell(text, t.timeline.copied),
});

/** Put a refused message back into the composer, so that the user can change it. */
export function editRefused(pending: Pending): void {
  editInto(pending.room, { text: pending.text, kind: pending.kind === "action" ? "action" : "message" });
  engine.discard(pending.key);
}

/** The actions on a message that is not stored yet. One that is being sent can not be discarded. */
export function actionsOfPending(pending: Pending): readonly MessageAction[] {
  if (pending.state === "sending") return [copyText(pending.text)];
  const discard = pending.state === "refused" ? t.timeline.discard : t.timeline.unsend;
  const edit: MessageAction = { label: t.timeline.edit, icon: "edit", quick: false, run: () => editRefused(pending) };
  const rewrite: MessageAction = { ...edit, run: () => editPending(pending) };
  return [
    copyText(pending.text),
    ...(pending.state === "queued" && engine.canRewrite(pending.key) && hasComposer(pending.room) ? [rewrite] : []),
    ...(pending.state === "refused" && hasComposer(pending.room) ? [edit] : []),
    { label: discard, icon: "close", quick: false, run: () => engine.discard(pending.key) },
  ];
}

export function actionsOf(event: RoomEvent, context: MessageContext): readonly MessageAction[] {
  const isMine = event.user === context.me()?.id;
  const room = context.about();
  const canWrite = room?.joined === true && !room.archived;
  const name = context.member(event.user)?.display || event.name;
  const panel =
    (panelName: string): (() => void) =>
    () =>
      openPanel(panelName, String(context.room), String(event.seq));
  const actions: (MessageAction | false)[] = [
    canWrite && {
      label: t.timeline.react,
      icon: "smile",
      quick: true,
      run: (row) => context.react(event, row.querySelector<HTMLElement>("[data-actions]") ?? row),
    },
    canWrite && { label: t.timeline.reply, icon: "reply", quick: true, run: () => context.reply(event, name) },
    canWrite &&
      context.thread === null &&
      event.thread === undefined && {
        label: t.timeline.replyInThread,
        icon: "thread",
        quick: true,
        run: panel("thread"),
      },
    event.thread !== undefined &&
      context.thread === null && {
        label: t.timeline.openThread,
        icon: "thread",
        quick: true,
        run: () => openPanel("thread", String(context.room), String(event.thread)),
      },
    canWrite && isMine && { label: t.timeline.edit, icon: "edit", quick: true, run: () => context.edit(event) },
    context.thread === null && {
      label: t.timeline.quote,
      icon: "quote",
      quick: false,
      // Do not mention the author in a direct room, where it is clear to whom one replies.
      run: () => context.quote(event.text, isMine || context.isDirect() ? null : event.name),
    },
    copyText(event.text),
    {
      label: t.timeline.copyLink,
      icon: "link",
      quick: true,
      run: () => void copyAndTell(new URL(context.link(event.seq), location.href).href, t.timeline.linkCopied),
    },
    canWrite &&
      (context.isDirect() || context.mayModerate()) && {
        label: event.now?.pinned === undefined ? t.timeline.pin : t.timeline.unpin,
        icon: "pin",
        quick: false,
        run: () => void showRefusal(engine.pin(context.room, event.seq, event.now?.pinned === undefined)),
      },
    context.thread === null &&
      event.thread === undefined &&
      event.target !== undefined && {
        label: t.timeline.goToAnswered,
        icon: "reply",
        quick: false,
        run: () => context.toMessage(event.target ?? 0),
      },
    event.now?.edited !== undefined &&
      (isMine || context.mayModerate()) && {
        label: t.timeline.versions,
        icon: "clock",
        quick: false,
        run: panel("versions"),
      },
    event.now?.reactions !== undefined && {
      label: t.timeline.whoReacted,
      icon: "info",
      quick: false,
      run: panel("reactions"),
    },
    isMine && {
      label: t.timeline.whoRead,
      icon: "info",
      quick: false,
      run: (row) => context.showReaders(event.seq, row.querySelector<HTMLElement>("[data-status]") ?? row),
    },
    {
      label: t.shell.people.card(name),
      icon: "person",
      quick: false,
      run: (row) => context.openPerson(event.user, event.name, row),
    },
    room?.joined === true &&
      (isMine || context.mayModerate()) && {
        label: t.timeline.delete,
        icon: "trash",
        quick: false,
        danger: true,
        run: panel("delete-message"),
      },
  ];
  return actions.filter((action) => action !== false);
}
