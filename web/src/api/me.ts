/** The user's own account. */
import { field, request } from "./request";
import type { Me, Profile, Session } from "./types";

export const me = {
  get: () => request<Me>("GET", "/api/me"),
  change: (changes: Partial<Profile> & { name?: string }) => request<Me>("PATCH", "/api/me", changes),
  setPassword: (old: string, fresh: string) => request<void>("PUT", "/api/me/password", { old, new: fresh }),
  sessions: () => field(request<{ sessions: readonly Session[] }>("GET", "/api/me/sessions"), "sessions"),
  endSession: (id: number) => request<void>("DELETE", `/api/me/sessions/${id}`),
  endOtherSessions: () => request<void>("DELETE", "/api/me/sessions"),
  delete: (messages: "keep" | "erase") => request<void>("DELETE", `/api/me?messages=${messages}`),
  /** The address of the download. */
  exportUrl: "/api/me/export",
};
