/**
 * The present form of messages: what they are like after the events that have changed them, as in `src/parley/core/forms.py`.
 *
 * A held message has `upto`. A change is applied if its seq is higher; so a change that is in already, because the page that
 * brought the message was newer than the stream, is not applied twice. A change of a message that is not held is ignored: the page
 * that brings the message brings it changed.
 */
import { isMessage, type MessageNow, type Reaction, type RoomEvent, type Seq, type UserId } from "./types";

const CHANGES: ReadonlySet<string> = new Set([
  "edited",
  "erased",
  "reacted",
  "unreacted",
  "pinned",
  "unpinned",
  "titled",
]);

/** Whether an event changes an earlier message. */
export function isChange(event: RoomEvent): boolean {
  return CHANGES.has(event.kind) && event.target !== undefined;
}

/** Whether the room lists an event: not if it changes a message, or is said in a thread only. */
export function isListed(event: RoomEvent): boolean {
  return !isChange(event) && (event.thread === undefined || event.also === true);
}

/** The seq up to which all changes of an event are in it. */
export function uptoOf(event: RoomEvent): Seq {
  return event.upto ?? event.seq;
}

/** The seqs of the messages that an event changes: its target, and the root of its thread. */
export function changedBy(event: RoomEvent): readonly Seq[] {
  const { target = 0, thread = 0 } = event;
  if (isChange(event)) return event.kind === "erased" && thread > 0 ? [target, thread] : [target];
  return thread > 0 && isMessage(event) ? [thread] : [];
}

/** A held message after an event of the stream. Returns the same object if the event does not change it, or is in it already. */
export function applied(held: RoomEvent, event: RoomEvent, me: UserId): RoomEvent {
  if (event.seq <= uptoOf(held) || !isMessage(held)) return held;
  const upto = event.seq;
  const now = held.now ?? {};
  if (event.thread === held.seq) {
    if (isMessage(event)) return { ...held, upto, now: { ...now, replies: (now.replies ?? 0) + 1, last: event.seq } };
    if (event.kind === "erased") return { ...held, upto, now: withReplies(now, (now.replies ?? 0) - 1) };
  }
  if (event.target !== held.seq || !isChange(event)) return held;
  if (event.kind === "erased") return tombstone(held, event);
  // Texts of changes are blank if the message was erased later. That event follows in the stream.
  if (now.erased !== undefined || (event.text === "" && event.kind !== "titled" && !/pinned$/.test(event.kind)))
    return { ...held, upto };
  if (event.kind === "edited") {
    const { mentions: _, ...rest } = held;
    const changed = {
      ...rest,
      upto,
      text: event.text,
      now: { ...now, edited: event.seq, edits: (now.edits ?? 0) + 1 },
    };
    return event.mentions === undefined ? changed : { ...changed, mentions: event.mentions };
  }
  return { ...held, upto, now: changedNow(now, event, me) };
}

/** Apply the events of the stream, in order, to held events by seq. Returns the seqs of those that have changed. */
export function applyStream(held: Map<Seq, RoomEvent>, events: readonly RoomEvent[], me: UserId): Set<Seq> {
  const changed = new Set<Seq>();
  const put = (event: RoomEvent): void => {
    held.set(event.seq, event);
    changed.add(event.seq);
  };
  for (const event of events) {
    const old = held.get(event.seq);
    if (!isChange(event) && (old === undefined || uptoOf(event) >= uptoOf(old))) put(event);
    for (const seq of changedBy(event)) {
      const one = held.get(seq);
      const next = one === undefined ? undefined : applied(one, event, me);
      if (next !== undefined && next !== one) put(next);
    }
  }
  return changed;
}

function tombstone(held: RoomEvent, event: RoomEvent): RoomEvent {
  const { mentions: _, now: was = {}, ...rest } = held;
  const now: MessageNow = { erased: event.seq, by: event.user };
  if (event.name !== "") now.byName = event.name;
  for (const name of ["replies", "last"] as const) if (was[name] !== undefined) now[name] = was[name];
  return { ...rest, upto: event.seq, text: "", now };
}

function withReplies(now: MessageNow, replies: number): MessageNow {
  const { replies: _, ...rest } = now;
  return replies > 0 ? { ...rest, replies } : rest;
}

function changedNow(was: MessageNow, event: RoomEvent, me: UserId): MessageNow {
  const now: MessageNow = { ...was };
  switch (event.kind) {
    case "reacted":
    case "unreacted": {
      const reactions = withReaction(was.reactions ?? [], event.text, event.kind === "reacted", event.user === me);
      if (reactions.length > 0) now.reactions = reactions;
      else delete now.reactions;
      break;
    }
    case "pinned":
      now.pinned = event.seq;
      break;
    case "unpinned":
      delete now.pinned;
      break;
    case "titled":
      if (event.text === "") delete now.title;
      else now.title = event.text;
      break;
  }
  return now;
}

/** Reactions after somebody has added or removed one. `isMine`: whether that is the user of this client. */
export function withReaction(
  reactions: readonly Reaction[],
  emoji: string,
  isOn: boolean,
  isMine: boolean,
): readonly Reaction[] {
  if (isOn && !reactions.some((each) => each.emoji === emoji)) return [...reactions, { emoji, count: 1, mine: isMine }];
  return reactions.flatMap((each) => {
    if (each.emoji !== emoji) return [each];
    const count = each.count + (isOn ? 1 : -1);
    return count > 0 ? [{ emoji, count, mine: isMine ? isOn : each.mine }] : [];
  });
}
