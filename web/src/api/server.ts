/** What the server says of itself to somebody who is signed in. */
import { request } from "./request";
import type { ServerInfo } from "./types";

export const server = {
  info: () => request<ServerInfo>("GET", "/api/server"),
};
