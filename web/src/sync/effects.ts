import type { ClientFrame } from "./frames";
import type { Span } from "./seqRanges";
import type { Identity } from "./store";
import type { Answer, Change, Member, Pending, Problem, Room, RoomEvent, RoomId, Seq, UserId } from "./types";

/** Names a question of the interface's; its answer carries it. */
export type Ticket = number;

/** What shall be done, in order. */
export type Effect =
  | { do: "transmit"; frame: ClientFrame }
  /** End the connection, if there is one, or one is being made. The session knows; it need not be told. */
  | { do: "hangup" }
  /** Something is different now. */
  | { do: "changed"; change: Change }
  | { do: "answer"; ticket: Ticket; answer: Answer<unknown> }
  /** Who we are, to be known at the next start; null: nobody, so that nothing is shown that was somebody's. */
  | { do: "remember"; identity: Identity | null }
  /** We are this user now, whose things are in the store and not here: load them, and tell `Session.adopt`. */
  | { do: "adopt"; user: UserId }
  /** Put into the store; tell `Session.kept` when it is there. */
  | { do: "keep"; room: RoomId; epoch: string; span: Span; events: readonly RoomEvent[] }
  /** Read from the store, and tell `Session.found`. */
  | { do: "read"; room: RoomId; epoch: string; from: Seq; to: Seq; page: number }
  | { do: "putRoom"; room: Room }
  | { do: "putMembers"; room: RoomId; members: readonly Member[] }
  | { do: "dropRoom"; room: RoomId }
  /** A message is stored at the server, or discarded: out of the outbox with it. */
  | { do: "settle"; pending: Pending }
  /** A message is not to be sent: tell the other tabs' `Session.unwanted`, one of which may be about to send it. */
  | { do: "unwanted"; key: string }
  /** A message is refused for good: it stays in the outbox as that. */
  | { do: "refused"; pending: Pending; problem: Problem }
  /** Whether we want to be the one tab that sends what is in the outbox. When we are, tell `Session.granted`. */
  | { do: "post"; wanted: boolean };
