/** Requests about the user's own account. */
import { field, request } from "./request";
import type { OwnUser, Profile, SignedInSession } from "./types";

export const me = {
  get: () => request<OwnUser>("GET", "/api/me"),
  change: (changes: Partial<Profile> & { name?: string }) => request<OwnUser>("PATCH", "/api/me", changes),
  setPassword: (old: string, fresh: string) => request<void>("PUT", "/api/me/password", { old, new: fresh }),
  sessions: () => field(request<{ sessions: readonly SignedInSession[] }>("GET", "/api/me/sessions"), "sessions"),
  endSession: (id: number) => request<void>("DELETE", `/api/me/sessions/${id}`),
  endOtherSessions: () => request<void>("DELETE", "/api/me/sessions"),
  delete: (messages: "keep" | "erase") => request<void>("DELETE", `/api/me?messages=${messages}`),
  /** The URL from which the user downloads all their data. */
  exportUrl: "/api/me/export",
};
