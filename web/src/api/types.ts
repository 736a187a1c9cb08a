/** The objects in answers of the HTTP API, with the fields that the page uses. */
import type { Millis, RoomId, RoomKind, RoomRole, Seq, ServerRole, UserId } from "../sync/types";

export interface Profile {
  display: string;
  /** `#rrggbb`, or empty. */
  colour: string;
  /** A time zone of the IANA database, or empty. */
  zone: string;
}

export interface User {
  id: UserId;
  name: string;
  role: ServerRole;
  online: boolean;
  profile: Profile;
}

export interface OwnUser {
  user: User;
  rooms: readonly RoomId[];
}

export interface SignedInSession {
  id: number;
  kind: "resume" | "session" | "bot" | "webhook";
  label: string;
  made: Millis;
  current: boolean;
}

export interface RoomDetails {
  id: RoomId;
  name: string;
  kind: RoomKind;
  topic: string;
  members: number;
  role: RoomRole | "";
  archived: boolean;
  read_only: boolean;
  slow: number;
  guests: boolean;
}

/** A ban or a mute. `until` is 0 if it has no end; the name is empty if the account is deleted. */
export interface Restriction {
  user: UserId;
  name: string;
  until: Millis;
}

export interface Webhook {
  id: string;
  direction: "in" | "out";
  label: string;
  url?: string;
  kinds?: readonly string[];
  acked?: Seq;
  parked?: string;
  trouble?: string;
}

/** A new webhook. Its secret (outgoing) or the URL to post to (incoming) is in no later answer. */
export interface NewlyMadeWebhook {
  webhook: Webhook;
  secret?: string;
  url?: string;
}

export interface Invitation {
  id: string;
  /** How many more people may use it; 0: any number. */
  uses: number;
  until: Millis;
  /** The room to which the invitation leads; 0: the lobby. */
  room: RoomId;
  role: "" | "member" | "admin" | "owner";
  label: string;
  by: UserId;
}

/** A new invitation. Its code is in no later answer. */
export interface InvitationLink {
  invitation: Invitation;
  code: string;
  url: string;
}

/** Who may enter the server, and how they reach it. */
export interface ServerInfo {
  /** The URL of the server, with which links to it begin. */
  url: string;
  access: "open" | "invite" | "members";
  /** Whether the server can be reached from its own machine only. */
  loopback: boolean;
  /** Whether the server accepts connections without TLS from other machines. */
  plaintext: boolean;
  /** Whether the user is the only one on the server: nobody else, except bots, has an account, and no other guest is connected. */
  alone: boolean;
}

/** What an invitation leads to. */
export interface Prospect {
  role: Invitation["role"];
  /** The name of the room; empty: the lobby. */
  room: string;
}

export interface Account {
  id: UserId;
  name: string;
  role: ServerRole;
  online: boolean;
  profile: Profile;
  disabled: boolean;
  /** How many rooms the user has joined. */
  rooms: number;
}

export interface BotToken {
  id: number;
  user: UserId;
  name: string;
  label: string;
  made: Millis;
}

export interface Audited {
  room: RoomId;
  seq: Seq;
  at: Millis;
  user: UserId;
  name: string;
  kind: string;
  text: string;
  about?: { user: UserId; name: string; until: Millis };
}

/** The answer when somebody has come in, or an account or a token was made. */
export interface Admitted {
  user: User;
  token?: string | null;
}
