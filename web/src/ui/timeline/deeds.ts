/** What one can do with a message: one list for its bar and its menu. Editing, reactions and threads have their place here. */
import type { RoomEvent } from "../../sync/types";
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

export function deedsOf(event: RoomEvent, context: TimelineContext): readonly Deed[] {
  const copy = (text: string, told: string): void => {
    void navigator.clipboard?.writeText(text).then(() => tell(told));
  };
  const isMine = event.user === context.me();
  const deeds: Deed[] = [
    {
      label: t.timeline.quote,
      icon: "quote",
      quick: true,
      // In a conversation of two it is clear who is answered.
      run: () => context.quote(event.text, isMine || context.direct() ? null : event.name),
    },
    {
      label: t.timeline.copyText,
      icon: "copy",
      quick: true,
      run: () => copy(event.text, t.timeline.copied),
    },
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
