/** Requests about other users. */
import type { UserId } from "../sync/types";
import { reference, request } from "./request";
import type { User } from "./types";

export const users = {
  get: (user: UserId | string) => request<User>("GET", `/api/users/${reference(user)}`),
};
