/** The sentences for events that are not messages. */
import { firstSeq, type RoomEvent } from "../../sync/types";
import { t } from "../../text";
import { untilOf } from "./times";

/** Isolate a name within a sentence, so that its text direction does not affect the rest (U+2068, U+2069). */
export function apart(name: string): string {
  return `\u2068${name}\u2069`;
}

/** The sentence for an event; null if its kind is not shown. */
export function lineOf(event: RoomEvent): string | null {
  const words = t.timeline;
  const name = apart(event.name);
  const whom = apart(event.about?.name ?? "");
  const until = event.about?.until === undefined ? "" : untilOf(event.about.until);
  const text = apart(event.text);
  const why = event.text === "" ? "" : words.because(text);
  switch (event.kind) {
    case "created":
      return words.created(name, text);
    case "private":
      return words.madePrivate;
    case "joined":
      return words.joined(name);
    case "left":
      return words.left(name, event.text && text);
    case "topic":
      return event.text === "" ? words.topicCleared(name) : words.topic(name, text);
    case "renamed":
      return words.renamed(name, text);
    case "invited":
      return words.invited(name, whom) + why;
    case "kicked":
      return words.kicked(name, whom) + why;
    case "banned":
      return words.banned(name, whom, until) + why;
    case "unbanned":
      return words.unbanned(name, whom) + why;
    case "muted":
      return words.muted(name, whom, until) + why;
    case "unmuted":
      return words.unmuted(name, whom) + why;
    case "role":
      return words.role(name, whom, event.text);
    case "room_renamed":
      return words.roomRenamed(name, text);
    case "archived":
      return words.archived(name) + why;
    case "reopened":
      return words.reopened(name) + why;
    case "slow":
      return words.slow(name, Number(event.text) || 0);
    case "read_only":
      return words.readOnly(name, event.text === "on");
    case "guests":
      return words.guests(name, event.text === "on");
    case "calls":
      return words.calls(name, event.text);
    default:
      return null;
  }
}

/** The events of a fold that are known. Of a run, only its newest events are. */
export function eventsOf(events: readonly RoomEvent[]): readonly RoomEvent[] {
  return events.flatMap((event) => event.run?.newest ?? [event]);
}

/** The number of events of a fold, including all events of runs. */
export function countOf(events: readonly RoomEvent[]): number {
  return events.reduce((count, event) => count + event.seq - firstSeq(event) + 1, 0);
}

/** The sentence for a fold, with the people who joined and those who left. Somebody who did both is named twice. The kind of the
 * last event comes last. */
export function foldOf(events: readonly RoomEvent[]): string {
  if (events.some((event) => event.run !== undefined)) {
    const names = new Set(eventsOf(events).map((event) => event.name));
    return t.timeline.foldMany(countOf(events), [...names].slice(-3).map(apart));
  }
  const sentence = (kind: string, say: (people: readonly string[], n: number) => string): string | null => {
    const people = new Map(events.filter((event) => event.kind === kind).map((event) => [event.user, event.name]));
    if (people.size === 0) return null;
    const shown = people.size <= 3 ? 3 : 2;
    return say([...people.values()].slice(0, shown).map(apart), people.size);
  };
  const parts = [sentence("joined", t.timeline.foldJoined), sentence("left", t.timeline.foldLeft)];
  if (events.at(-1)?.kind === "joined") parts.reverse();
  return parts.filter((part) => part !== null).join(t.timeline.foldSeparator);
}
