/** Requests about rooms. */
import type { Answer, RoomId, UserId } from "../sync/types";
import { field, request } from "./request";
import type { NewlyMadeWebhook, Restriction, RoomDetails, Webhook } from "./types";

export const rooms = {
  /** All rooms that the user may see, without direct rooms. Asks for one page after the other. */
  async list(): Promise<Answer<readonly RoomDetails[]>> {
    const rooms: RoomDetails[] = [];
    for (let after = ""; ; ) {
      const path = `/api/rooms?after=${encodeURIComponent(after)}`;
      const page = await request<{ rooms: readonly RoomDetails[]; next: string }>("GET", path);
      if (!page.ok) return page;
      rooms.push(...page.value.rooms);
      after = page.value.next;
      if (after === "") return { ok: true, value: rooms };
    }
  },
  change: (room: RoomId, changes: { archived: boolean; why?: string }) =>
    request<RoomDetails>("PATCH", `/api/rooms/${room}`, changes),
  get: (room: RoomId) => request<RoomDetails>("GET", `/api/rooms/${room}`),
  bans: (room: RoomId) => field(request<{ users: readonly Restriction[] }>("GET", `/api/rooms/${room}/bans`), "users"),
  mutes: (room: RoomId) =>
    field(request<{ users: readonly Restriction[] }>("GET", `/api/rooms/${room}/mutes`), "users"),
  unban: (room: RoomId, user: UserId) => request<void>("DELETE", `/api/rooms/${room}/bans/${user}`),
  unmute: (room: RoomId, user: UserId) => request<void>("DELETE", `/api/rooms/${room}/mutes/${user}`),
  webhooks: (room: RoomId) =>
    field(request<{ webhooks: readonly Webhook[] }>("GET", `/api/rooms/${room}/webhooks`), "webhooks"),
  makeWebhook: (room: RoomId, label: string, url: string) =>
    request<NewlyMadeWebhook>("POST", `/api/rooms/${room}/webhooks`, { label, ...(url ? { url } : {}) }),
  endWebhook: (room: RoomId, id: string) =>
    request<void>("DELETE", `/api/rooms/${room}/webhooks/${encodeURIComponent(id)}`),
  resumeWebhook: (room: RoomId, id: string) =>
    request<void>("POST", `/api/rooms/${room}/webhooks/${encodeURIComponent(id)}/resume`),
};
