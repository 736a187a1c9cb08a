/**
 * Out of which rooms one was sent, by whom and why: it is said where the room was. Kept on this device, as the server says it
 * once, to one of the tabs, in the last event that one gets of the room.
 */
import type { Millis, RoomEvent, RoomId, RoomKind, UserId } from "../../sync/types";
import { dateTime, t } from "../../text";
import { hasFields, keptList } from "../parts/storedList";

export interface Removal {
  /** Who was sent out: whoever signs in here next was not. */
  user: UserId;
  room: RoomId;
  name: string;
  kind: RoomKind;
  banned: boolean;
  by: string;
  why: string;
  at: Millis;
  /** When a ban ends by itself; 0 for never. */
  until: Millis;
}

const isRemoval = (it: unknown): it is Removal =>
  hasFields(it, {
    user: "number",
    room: "number",
    name: "string",
    kind: "string",
    banned: "boolean",
    by: "string",
    why: "string",
    at: "number",
    until: "number",
  });

const MOST = 50;
const kept = keptList("removals", isRemoval, MOST);

/** What an event says of oneself being sent out; null for any other event. */
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
  kept.put(removal, (each) => each.user === removal.user && each.room === removal.room);
}

/** Forget it: one is in again. */
export function forgetRemoval(user: UserId | undefined, room: RoomId): void {
  kept.drop((each) => each.user === user && each.room === room);
}

/** All of somebody's, the last one first. */
export function removals(user: UserId | undefined): readonly Removal[] {
  return kept.all().filter((each) => each.user === user);
}

const moment = (at: Millis): string => dateTime(at);

/** When it was, for people. */
export function sentOutAt(removal: Removal): string {
  return moment(removal.at);
}

/** Whether it is a ban that has ended by itself. */
export function isOver(removal: Removal, now: Millis): boolean {
  return removal.banned && removal.until > 0 && removal.until <= now;
}

/** The same, as a sentence for whom it happened to. */
export function sentOut(removal: Removal): string {
  const { notify } = t.shell;
  if (!removal.banned) return notify.sentOut(removal.by, removal.name, removal.why);
  return notify.banned(removal.by, removal.name, removal.why, removal.until > 0 ? moment(removal.until) : "");
}
