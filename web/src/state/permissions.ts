/**
 * Who may do what, so that nobody is offered what the server refuses. The server decides; docs/guide/moderation.md has its
 * table, and this is the part of it that the page shows.
 */
import type { Me, Member, RoomKind, RoomRole } from "../sync/types";

const RANKS: Readonly<Record<RoomRole, number>> = { member: 1, moderator: 2, owner: 3 };

export type Action =
  | "topic"
  | "invite"
  | "kick"
  | "ban"
  | "mute"
  | "slow"
  | "read_only"
  | "calls"
  | "guests"
  | "role"
  | "rename"
  | "archive"
  | "webhooks";

const LEAST: Readonly<Record<Action, number>> = {
  topic: 1,
  invite: 1,
  kick: 2,
  ban: 2,
  mute: 2,
  slow: 2,
  read_only: 2,
  calls: 2,
  guests: 3,
  role: 3,
  rename: 3,
  archive: 3,
  webhooks: 3,
};

export const runsServer = (me: Pick<Me, "role"> | null): boolean => me?.role === "owner" || me?.role === "admin";

/** How much say someone has in a room they are in; 0 where nobody is in charge. */
export function rank(role: RoomRole, serverRole: Me["role"] | undefined, kind: RoomKind): number {
  if (kind === "direct") return 0;
  return serverRole === "owner" || serverRole === "admin" ? RANKS.owner : RANKS[role];
}

/** What one may do in a room, as its member. */
export function may(action: Action, me: Me | null, mine: RoomRole | undefined, kind: RoomKind): boolean {
  if (!me || !mine || kind === "direct") return false;
  if (action === "webhooks" && (me.role === "guest" || me.role === "bot")) return false;
  return rank(mine, me.role, kind) >= LEAST[action];
}

/**
 * Whether one may do it to a member: nobody does to those who have as much say. What role somebody has on the server the
 * members' list does not tell; of those the server refuses it with a sentence.
 */
export function mayTo(
  action: Action,
  me: Me | null,
  mine: RoomRole | undefined,
  kind: RoomKind,
  other: Member,
): boolean {
  if (!me || !mine || other.id === me.id || !may(action, me, mine, kind)) return false;
  if (me.role === "owner" && action === "role") return true;
  return rank(mine, me.role, kind) > RANKS[other.role] || (me.role === "owner" && RANKS[other.role] <= RANKS.owner);
}

/** Whether the room has others, and nobody of them to run it once this user has left. */
export function isOnlyOwner(members: readonly Pick<Member, "id" | "role">[], me: Me["id"] | undefined): boolean {
  const owners = members.filter((member) => member.role === "owner");
  return members.length > 1 && owners.length === 1 && owners[0]?.id === me;
}
