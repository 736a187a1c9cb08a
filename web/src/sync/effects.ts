import type { ClientFrame } from "./frames";
import type { Identity } from "./store";
import type { LogPart } from "./storedLog";
import type { Answer, Change, Member, Pending, Problem, Room, RoomId, Seq, UserId } from "./types";

/** Identifies a call of the interface that waits for an answer. */
export type Ticket = number;

/** The effects of a session, in order. */
export type Effect =
  | { do: "transmit"; frame: ClientFrame }
  /** Close the connection, or stop connecting. Do not call `Session.lost` for that. */
  | { do: "hangup" }
  /** Tell the interface that something has changed. */
  | { do: "changed"; change: Change }
  | { do: "answer"; ticket: Ticket; answer: Answer<unknown> }
  /** Store who the user is, for the next start. Null: nobody is signed in, and the next start shows no data of the last user. */
  | { do: "remember"; identity: Identity | null }
  /** Another user is signed in now: load their data from the store, then call `Session.adopt`. */
  | { do: "adopt"; user: UserId }
  /** Write a part of the log to the store; call `Session.kept` when it is durable there. */
  | { do: "keep"; room: RoomId; part: LogPart }
  /** Read the events of a range from the store, then call `Session.found`. */
  | { do: "read"; room: RoomId; epoch: string; from: Seq; to: Seq; page: number }
  | { do: "putRoom"; room: Room }
  | { do: "putMembers"; room: RoomId; members: readonly Member[] }
  | { do: "dropRoom"; room: RoomId }
  /** Remove a message from the stored outbox: the server has stored it, or the user has discarded it. */
  | { do: "settle"; pending: Pending }
  /** The user discards a message: call `Session.unwanted` in the other tabs, one of which may be about to send it. */
  | { do: "unwanted"; key: string }
  /** The server refuses a message for good: store that state in the outbox. */
  | { do: "refused"; pending: Pending; problem: Problem }
  /** Ask for the lock that only one tab can hold, the one that sends messages; or release it, if `wanted` is false. When this tab
   * holds it, call `Session.granted`. */
  | { do: "post"; wanted: boolean };
