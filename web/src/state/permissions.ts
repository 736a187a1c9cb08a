/**
 * Which actions the page offers to the user. The rules are those of the table in docs/guide/moderation.md. The server enforces
 * them; the page uses them to offer no action that the server would refuse.
 */
import type { Me, Member, RoomKind, RoomRole } from "../sync/types";

const RANKS: Readonly<Record<RoomRole, number>> = { member: 1, moderator: 2, owner: 3 };

export type RoomAction =
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

const LEAST: Readonly<Record<RoomAction, number>> = {
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

/** The rank of a member in a room; 0 in direct rooms, which have no roles. */
export function rank(role: RoomRole, serverRole: Me["role"] | undefined, kind: RoomKind): number {
  if (kind === "direct") return 0;
  return serverRole === "owner" || serverRole === "admin" ? RANKS.owner : RANKS[role];
}

/** Whether the user may do an action in a room; `mine` is their role in it. */
export function may(action: RoomAction, me: Me | null, mine: RoomRole | undefined, kind: RoomKind): boolean {
  if (!me || !mine || kind === "direct") return false;
  if (action === "webhooks" && (me.role === "guest" || me.role === "bot")) return false;
  return rank(mine, me.role, kind) >= LEAST[action];
}

/**
 * Whether the user may do an action to `other`, who has to have a lower rank. The page does not know the role of `other` on the
 * server: if that role forbids the action, the server refuses it.
 */
export function mayTo(
  action: RoomAction,
  me: Me | null,
  mine: RoomRole | undefined,
  kind: RoomKind,
  other: Member,
): boolean {
  if (!me || !mine || other.id === me.id || !may(action, me, mine, kind)) return false;
  if (me.role === "owner" && action === "role") return true;
  return rank(mine, me.role, kind) > RANKS[other.role] || (me.role === "owner" && RANKS[other.role] <= RANKS.owner);
}

/** Whether the user is the only owner of a room with other members. */
export function isOnlyOwner(members: readonly Pick<Member, "id" | "role">[], me: Me["id"] | undefined): boolean {
  const owners = members.filter((member) => member.role === "owner");
  return members.length > 1 && owners.length === 1 && owners[0]?.id === me;
}
