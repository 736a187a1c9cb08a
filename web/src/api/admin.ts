/** Requests for the administration of the server. */
import type { ServerRole, UserId } from "../sync/types";
import { field, request } from "./request";
import type { Account, Admitted, Audited, BotToken } from "./types";

export const admin = {
  users: (after: UserId) =>
    request<{ users: readonly Account[]; more: boolean }>("GET", `/api/admin/users?after=${after}&limit=200`),
  make: (name: string, role: "member" | "admin" | "owner" | "bot", password: string) =>
    request<Admitted>("POST", "/api/admin/users", role === "bot" ? { name, role } : { name, role, password }),
  change: (user: UserId, changes: { role?: ServerRole; disabled?: boolean; why?: string }) =>
    request<Account>("PATCH", `/api/admin/users/${user}`, changes),
  delete: (user: UserId, messages: "keep" | "erase") =>
    request<void>("DELETE", `/api/admin/users/${user}?messages=${messages}`),
  setPassword: (user: UserId, fresh: string) =>
    request<void>("PUT", `/api/admin/users/${user}/password`, { new: fresh }),
  tokens: () => field(request<{ tokens: readonly BotToken[] }>("GET", "/api/admin/tokens"), "tokens"),
  makeToken: (user: UserId, label: string) => request<Admitted>("POST", "/api/admin/tokens", { user, label }),
  endToken: (id: number) => request<void>("DELETE", `/api/admin/tokens/${id}`),
  audit: (before: string | null) =>
    request<{ entries: readonly Audited[]; before: string | null }>(
      "GET",
      `/api/admin/audit?limit=50${before === null ? "" : `&before=${before}`}`,
    ),
};
