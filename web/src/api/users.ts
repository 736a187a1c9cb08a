/** Other users. */
import type { UserId } from "../sync/types";
import { field, reference, request } from "./request";
import type { User } from "./types";

export const users = {
  get: (user: UserId | string) => request<User>("GET", `/api/users/${reference(user)}`),
  list: () => field(request<{ users: readonly User[] }>("GET", "/api/users?limit=1000"), "users"),
};
