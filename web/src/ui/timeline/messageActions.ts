/** What one can do with a message: one list for its bar and its menu. Editing, reactions and threads have their place here. */
import { engine } from "../../state";
import type { Pending, RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { type IconName, tell } from "../parts";
import type { TimelineContext } from "./context";

export interface Deed {
  label: string;
  icon: IconName;
  /** Whether it is done so often that it has its place in the bar, too. */
  quick: boolean;
  /** `row` is the message's element. */
  run(row: HTMLElement): void;
}

function copy(text: string, told: string): void {
  void navigator.clipboard?.writeText(text).then(() => tell(told));
}

const copyText = (text: string): Deed => ({
  label: t.timeline.copyText,
  icon: "copy",
  quick: true,
  run: () => copy(text, t.timeline.copied),
});

/** What one can do with one's own that the server does not have yet. What is on its way is not to be held. */
export function deedsOfPending(pending: Pending): readonly Deed[] {
  if (pending.state === "sending") return [copyText(pending.text)];
  const discard = pending.state === "refused" ? t.timeline.discard : t.timeline.unsend;
  return [
    copyText(pending.text),
    { label: discard, icon: "close", quick: false, run: () => engine.discard(pending.key) },
  ];
}

export function deedsOf(event: RoomEvent, context: TimelineContext): readonly Deed[] {
  const isMine = event.user === context.me()?.id;
  const deeds: Deed[] = [
    {
      label: t.timeline.quote,
      icon: "quote",
      quick: true,
      // In a conversation of two it is clear who is answered.
      run: () => context.quote(event.text, isMine || context.isDirect() ? null : event.name),
    },
    copyText(event.text),
    {
      label: t.timeline.copyLink,
      icon: "link",
      quick: true,
      run: () => copy(new URL(context.link(event.seq), location.href).href, t.timeline.linkCopied),
    },
  ];
  if (isMine)
    deeds.push({
      label: t.timeline.whoRead,
      icon: "info",
      quick: true,
      run: (row) => context.showReaders(event.seq, row.querySelector<HTMLElement>("[data-status]") ?? row),
    });
  deeds.push({
    label: t.shell.people.card(context.member(event.user)?.display || event.name),
    icon: "person",
    quick: false,
    run: (row) => context.openPerson(event.user, event.name, row),
  });
  return deeds;
}
