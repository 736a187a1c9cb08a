/**
 * The rooms from which the user was kicked or banned, by whom and why; shown in place of the room. Kept on this device, because
 * the server tells it once, to one tab, in the last event of the room that the user gets.
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

/** The removal that an event describes; null if it is another event, or about somebody else. */
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

/** Forget a removal: the user is in the room again. */
export function forgetRemoval(user: UserId | undefined, room: RoomId): void {
  stored.drop((each) => each.user === user && each.room === room);
}

/** The removals of a user, the last one first. */
export function removals(user: UserId | undefined): readonly Removal[] {
  return stored.all().filter((each) => each.user === user);
}

const moment = (at: Millis): string => formatDate("dateTime", at);

/** When it was, as text. */
export function removalTime(removal: Removal): string {
  return moment(removal.at);
}

/** Whether it is a ban that has ended. */
export function isOver(removal: Removal, now: Millis): boolean {
  return removal.banned && removal.until > 0 && removal.until <= now;
}

/** A sentence about the removal. */
export function removalSentence(removal: Removal): string {
  const { notify } = t.shell;
  if (!removal.banned) return notify.sentOut(removal.by, removal.name, removal.why);
  return notify.banned(removal.by, removal.name, removal.why, removal.until > 0 ? moment(removal.until) : "");
}
