/** The request for facts about the server, such as its URL. Guests and accounts may make it. */
import { request } from "./request";
import type { ServerInfo } from "./types";

export const server = {
  info: () => request<ServerInfo>("GET", "/api/server"),
};
