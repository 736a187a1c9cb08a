/**
 * The rooms from which the user was kicked or banned, by whom and why; the page shows that instead of the room. Stored on this
 * device, because the user gets it only once, in the last event of the room, which only one tab reports.
 */
import type { Millis, RoomEvent, RoomId, RoomKind, UserId } from "../../sync/types";
import { t } from "../../text";
import { formatDate } from "../../text/dates";
import { createStoredList } from "../parts/storedList";

export interface Removal {
  /** The user who was removed: another user may sign in on this device. */
  user: UserId;
  room: RoomId;
  name: string;
  kind: RoomKind;
  banned: boolean;
  by: string;
  why: string;
  at: Millis;
  /** When a ban ends; 0 for never. */
  until: Millis;
}

const MOST = 50;
const stored = createStoredList<Removal>(
  "removals",
  {
    user: "number",
    room: "number",
    name: "string",
    kind: "string",
    banned: "boolean",
    by: "string",
    why: "string",
    at: "number",
    until: "number",
  },
  MOST,
);

/** The removal of the user that an event describes; null if it is another kind of event, or about somebody else. */
export function removalOf(
  event: RoomEvent,
  me: UserId | undefined,
  room: { id: RoomId; name: string; kind: RoomKind },
): Removal | null {
  if ((event.kind !== "kicked" && event.kind !== "banned") || me === undefined || event.about?.user !== me) return null;
  return {
    user: me,
    room: room.id,
    name: room.name,
    kind: room.kind,
    banned: event.kind === "banned",
    by: event.name,
    why: event.text,
    at: event.at,
    until: event.about.until ?? 0,
  };
}

export function rememberRemoval(removal: Removal): void {
  stored.put(removal, (each) => each.user === removal.user && each.room === removal.room);
}

/** Delete a removal. Called when the user is in the room again. */
export function forgetRemoval(user: UserId | undefined, room: RoomId): void {
  stored.drop((each) => each.user === user && each.room === room);
}

/** The removals of a user, the latest first. */
export function removals(user: UserId | undefined): readonly Removal[] {
  return stored.all().filter((each) => each.user === user);
}

const moment = (at: Millis): string => formatDate("dateTime", at);

/** The time of the removal, as text. */
export function removalTime(removal: Removal): string {
  return moment(removal.at);
}

/** Whether the removal was a ban that has ended. */
export function isOver(removal: Removal, now: Millis): boolean {
  return removal.banned && removal.until > 0 && removal.until <= now;
}

/** The sentence about the removal: by whom, why, and until when. */
export function removalSentence(removal: Removal): string {
  const { notify } = t.shell;
  if (!removal.banned) return notify.sentOut(removal.by, removal.name, removal.why);
  return notify.banned(removal.by, removal.name, removal.why, removal.until > 0 ? moment(removal.until) : "");
}
