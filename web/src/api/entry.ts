/** Coming in and signing out. */
import { labelOf } from "./device";
import { request } from "./request";
import type { Admitted, Prospect } from "./types";

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
  prospect: (code: string) => request<Prospect>("GET", `/api/join/${encodeURIComponent(code)}`),
};
