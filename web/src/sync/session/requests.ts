import type { Ticket } from "../effects";
import type { ClientFrame, ServerFrame } from "../frames";
import type { Problem, RoomId, Seq } from "../types";
import type { LogPosition } from "./log";

/** Why a page of a room's log is loaded. */
export type Page =
  | { purpose: "open"; at: LogPosition; ticket: Ticket | null; unreadAfter: Seq | null }
  | { purpose: "older" | "newer" }
  /** Loaded in advance, so that the room can be shown at once, and offline. */
  | { purpose: "backfill" };

/** A question to the server that waits for its answer. `ticket` is the call of the interface that asked. */
export type Request =
  | { what: "join"; ticket: Ticket | null; room: RoomId | null }
  | { what: "create"; ticket: Ticket }
  | { what: "gather"; ticket: Ticket; names: readonly string[] }
  | { what: "leave"; ticket: Ticket; room: RoomId }
  | { what: "rename"; ticket: Ticket; name: string }
  | { what: "do"; ticket: Ticket }
  | { what: "directory"; ticket: Ticket | null }
  | { what: "find"; ticket: Ticket }
  | { what: "members"; room: RoomId }
  /** Lists that the interface shows as they are: versions of a message, who reacts to it, pinned messages. */
  | { what: "list"; ticket: Ticket }
  /** Messages to hold beside the window: the message `seq`, or a page of the thread `root`. */
  | { what: "aside"; room: RoomId; seq: Seq }
  | { what: "thread"; room: RoomId; root: Seq }
  | { what: "page"; room: RoomId; page: Page }
  | { what: "ping" };

/** A frame with an `id`, which is added when it is sent. */
export type Question = ClientFrame extends infer Frame
  ? Frame extends { id: string }
    ? Omit<Frame, "id">
    : never
  : never;

// Problems that the client itself finds. The interface shows its own sentences for these codes, in the user's language.

export const OFFLINE: Problem = { code: "offline", message: "There is no connection to the server." };
export const NOT_THERE: Problem = { code: "room_unknown", message: "There is no such room here." };
export const TOO_LONG: Problem = { code: "frame_too_long", message: "This is too long to be sent." };
export const CANCELLED: Problem = { code: "cancelled", message: "Something else was asked for meanwhile." };
export const SIGNED_OUT: Problem = { code: "session_unknown", message: "This session has ended. Sign in again." };

/** The problem that an `error` frame describes. */
export function problemOf(frame: ServerFrame & { t: "error" }): Problem {
  const problem: Problem = { code: frame.code, message: frame.message };
  if (frame.retryAfter !== null) problem.retryAfter = frame.retryAfter;
  return problem;
}
