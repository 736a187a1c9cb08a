/** The actions on a message, for its toolbar and its menu. */
import { engine } from "../../state";
import type { Pending, RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { editInto, hasComposer } from "../composer/insertion";
import { copyAndTell, type IconName } from "../parts";
import type { TimelineContext } from "./context";

export interface MessageAction {
  label: string;
  icon: IconName;
  /** Whether the action is in the toolbar as well as in the menu. */
  quick: boolean;
  /** `row` is the element of the message. */
  run(row: HTMLElement): void;
}

const copyText = (text: string): MessageAction => ({
  label: t.timeline.copyText,
  icon: "copy",
  quick: true,
  run: () => void copyAndTell(text, t.timeline.copied),
});

/** Put a refused message back into the composer, so that the user can change it. */
export function editRefused(pending: Pending): void {
  editInto(pending.room, pending);
  engine.discard(pending.key);
}

/** The actions on a message that is not stored yet. One that is being sent can not be discarded. */
export function actionsOfPending(pending: Pending): readonly MessageAction[] {
  if (pending.state === "sending") return [copyText(pending.text)];
  const discard = pending.state === "refused" ? t.timeline.discard : t.timeline.unsend;
  const edit: MessageAction = { label: t.timeline.edit, icon: "edit", quick: false, run: () => editRefused(pending) };
  return [
    copyText(pending.text),
    ...(pending.state === "refused" && hasComposer(pending.room) ? [edit] : []),
    { label: discard, icon: "close", quick: false, run: () => engine.discard(pending.key) },
  ];
}

export function actionsOf(event: RoomEvent, context: TimelineContext): readonly MessageAction[] {
  const isMine = event.user === context.me()?.id;
  const actions: MessageAction[] = [
    {
      label: t.timeline.quote,
      icon: "quote",
      quick: true,
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
  ];
  if (isMine)
    actions.push({
      label: t.timeline.whoRead,
      icon: "info",
      quick: true,
      run: (row) => context.showReaders(event.seq, row.querySelector<HTMLElement>("[data-status]") ?? row),
    });
  actions.push({
    label: t.shell.people.card(context.member(event.user)?.display || event.name),
    icon: "person",
    quick: false,
    run: (row) => context.openPerson(event.user, event.name, row),
  });
  return actions;
}
