/** Coming in and signing out. */
import { labelOf } from "./device";
import { request } from "./request";
import type { Admitted, Prospect } from "./types";

const invited = (invitation: string): { invitation?: string } => (invitation ? { invitation } : {});

/** The label of this browser's session in the list of the user's sessions. */
const named = (): { label?: string } => {
  const label = labelOf(navigator.userAgent);
  return label ? { label } : {};
};

/** Each of these sets or clears the session's cookie: call the engine's `identityChanged` afterwards. */
export const entry = {
  guest: (name: string, invitation = "") =>
    request<Admitted>("POST", "/api/guests", { name, bearer: false, ...invited(invitation) }),
  signIn: (name: string, password: string) => request<Admitted>("POST", "/api/session", { name, password, ...named() }),
  /** A guest who registers keeps id, rooms and messages. */
  register: (name: string, password: string, invitation = "") =>
    request<Admitted>("POST", "/api/accounts", { name, password, ...named(), ...invited(invitation) }),
  signOut: () => request<void>("DELETE", "/api/session"),
  /** The server and the room of an invitation. */
  prospect: (code: string) => request<Prospect>("GET", `/api/join/${encodeURIComponent(code)}`),
};
