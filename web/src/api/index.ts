/** The HTTP API, route by route: what is a single request, and no business of the sync engine. */
import type { Answer, Millis, RoomId, ServerRole, UserId } from "../sync/types";
import { labelOf } from "./device";
import { reference, request } from "./request";
import type * as r from "./types";

export { deviceOf } from "./device";
export { readProblem, reference, request } from "./request";
export type * from "./types";

interface Admitted {
  user: r.User;
  token?: string | null;
}

/** Unwrap a list that comes as the one field of an object. */
async function field<K extends string, T>(answer: Promise<Answer<Record<K, T>>>, key: K): Promise<Answer<T>> {
  const outcome = await answer;
  return outcome.ok ? { ok: true, value: outcome.value[key] } : outcome;
}

const invited = (invitation: string): { invitation?: string } => (invitation ? { invitation } : {});

/** What this browser's session is called, among the others of its user. */
const named = (): { label?: string } => {
  const label = labelOf(navigator.userAgent);
  return label ? { label } : {};
};

/** Coming in and going. Each sets or takes back the session's cookie: tell the engine by `identityChanged`. */
export const entry = {
  guest: (name: string, invitation = "") =>
    request<Admitted>("POST", "/api/guests", { name, bearer: false, ...invited(invitation) }),
  signIn: (name: string, password: string) => request<Admitted>("POST", "/api/session", { name, password, ...named() }),
  /** A guest who registers keeps id, rooms and messages. */
  register: (name: string, password: string, invitation = "") =>
    request<Admitted>("POST", "/api/accounts", { name, password, ...named(), ...invited(invitation) }),
  signOut: () => request<void>("DELETE", "/api/session"),
  /** What an invitation promises. */
  prospect: (code: string) => request<r.Prospect>("GET", `/api/join/${encodeURIComponent(code)}`),
};

export const me = {
  get: () => request<r.Me>("GET", "/api/me"),
  change: (changes: Partial<r.Profile> & { name?: string }) => request<r.Me>("PATCH", "/api/me", changes),
  setPassword: (old: string, fresh: string) => request<void>("PUT", "/api/me/password", { old, new: fresh }),
  sessions: () => field(request<{ sessions: readonly r.Session[] }>("GET", "/api/me/sessions"), "sessions"),
  endSession: (id: number) => request<void>("DELETE", `/api/me/sessions/${id}`),
  endOtherSessions: () => request<void>("DELETE", "/api/me/sessions"),
  delete: (messages: "keep" | "erase") => request<void>("DELETE", `/api/me?messages=${messages}`),
  /** The address of the download. */
  exportUrl: "/api/me/export",
};

export const users = {
  get: (user: UserId | string) => request<r.User>("GET", `/api/users/${reference(user)}`),
  list: () => field(request<{ users: readonly r.User[] }>("GET", "/api/users?limit=1000"), "users"),
};

export const rooms = {
  /** Those that there are for whoever asks, but for direct ones. */
  list: () => field(request<{ rooms: readonly r.RoomDetails[] }>("GET", "/api/rooms"), "rooms"),
  change: (room: RoomId, changes: { archived: boolean; why?: string }) =>
    request<r.RoomDetails>("PATCH", `/api/rooms/${room}`, changes),
  get: (room: RoomId) => request<r.RoomDetails>("GET", `/api/rooms/${room}`),
  bans: (room: RoomId) =>
    field(request<{ users: readonly r.Restriction[] }>("GET", `/api/rooms/${room}/bans`), "users"),
  mutes: (room: RoomId) =>
    field(request<{ users: readonly r.Restriction[] }>("GET", `/api/rooms/${room}/mutes`), "users"),
  unban: (room: RoomId, user: UserId) => request<void>("DELETE", `/api/rooms/${room}/bans/${user}`),
  unmute: (room: RoomId, user: UserId) => request<void>("DELETE", `/api/rooms/${room}/mutes/${user}`),
  webhooks: (room: RoomId) =>
    field(request<{ webhooks: readonly r.Webhook[] }>("GET", `/api/rooms/${room}/webhooks`), "webhooks"),
  makeWebhook: (room: RoomId, label: string, url: string) =>
    request<r.NewlyMadeWebhook>("POST", `/api/rooms/${room}/webhooks`, { label, ...(url ? { url } : {}) }),
  endWebhook: (room: RoomId, id: string) =>
    request<void>("DELETE", `/api/rooms/${room}/webhooks/${encodeURIComponent(id)}`),
  resumeWebhook: (room: RoomId, id: string) =>
    request<void>("POST", `/api/rooms/${room}/webhooks/${encodeURIComponent(id)}/resume`),
};

export interface NewInvitation {
  /** How many may come in by it; 0: any number. */
  uses: number;
  /** 0: it does not end by itself. */
  until: Millis;
  room?: RoomId;
  role?: r.Invitation["role"];
  label?: string;
}

export const invitations = {
  list: () => field(request<{ invitations: readonly r.Invitation[] }>("GET", "/api/invitations"), "invitations"),
  make: (wanted: NewInvitation) => request<r.InvitationLink>("POST", "/api/invitations", wanted),
  revoke: (id: string) => request<void>("DELETE", `/api/invitations/${encodeURIComponent(id)}`),
};

export const admin = {
  users: (after: UserId) =>
    request<{ users: readonly r.Account[]; more: boolean }>("GET", `/api/admin/users?after=${after}&limit=200`),
  make: (name: string, role: "member" | "admin" | "owner" | "bot", password: string) =>
    request<Admitted>("POST", "/api/admin/users", role === "bot" ? { name, role } : { name, role, password }),
  change: (user: UserId, changes: { role?: ServerRole; disabled?: boolean; why?: string }) =>
    request<r.Account>("PATCH", `/api/admin/users/${user}`, changes),
  delete: (user: UserId, messages: "keep" | "erase") =>
    request<void>("DELETE", `/api/admin/users/${user}?messages=${messages}`),
  setPassword: (user: UserId, fresh: string) =>
    request<void>("PUT", `/api/admin/users/${user}/password`, { new: fresh }),
  tokens: () => field(request<{ tokens: readonly r.BotToken[] }>("GET", "/api/admin/tokens"), "tokens"),
  makeToken: (user: UserId, label: string) => request<Admitted>("POST", "/api/admin/tokens", { user, label }),
  endToken: (id: number) => request<void>("DELETE", `/api/admin/tokens/${id}`),
  audit: (before: string | null) =>
    request<{ entries: readonly r.Audited[]; before: string | null }>(
      "GET",
      `/api/admin/audit?limit=50${before === null ? "" : `&before=${before}`}`,
    ),
};
