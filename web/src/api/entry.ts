/** Coming in and signing out. */
import { newToken } from "../sync/newToken";
import type { Answer } from "../sync/types";
import { labelOf } from "./device";
import { request } from "./request";
import type { Admitted, Prospect } from "./types";

const invited = (invitation: string): { invitation?: string } => (invitation ? { invitation } : {});

/** The label of this browser's session in the list of the user's sessions. */
const named = (): { label?: string } => {
  const label = labelOf(navigator.userAgent);
  return label ? { label } : {};
};

/** The token of a guest whose name was asked for, and not yet given: the answer may be lost. */
let offered: { name: string; token: string } | null = null;

/**
 * Come in as a guest. If the answer is lost, the name may be taken, by this very guest: asking for it again offers the same token,
 * and so is the same guest. The page keeps the token no longer than that: then the session is the cookie.
 */
async function guest(name: string, invitation = ""): Promise<Answer<Admitted>> {
  if (offered?.name !== name) offered = { name, token: newToken((bytes) => crypto.getRandomValues(bytes)) };
  const body = { name, bearer: false, new_token: offered.token, ...invited(invitation) };
  const answer = await request<Admitted>("POST", "/api/guests", body);
  if (answer.ok || answer.problem.code === "token_unknown") offered = null;
  return answer;
}

/** Each of these sets or clears the session's cookie: call the engine's `identityChanged` afterwards. */
export const entry = {
  guest,
  signIn: (name: string, password: string) => request<Admitted>("POST", "/api/session", { name, password, ...named() }),
  /** A guest who registers keeps id, rooms and messages. */
  register: (name: string, password: string, invitation = "") =>
    request<Admitted>("POST", "/api/accounts", { name, password, ...named(), ...invited(invitation) }),
  signOut: () => request<void>("DELETE", "/api/session"),
  /** The server and the room of an invitation. */
  prospect: (code: string) => request<Prospect>("GET", `/api/join/${encodeURIComponent(code)}`),
};
