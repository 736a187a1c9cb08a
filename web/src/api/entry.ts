/** Requests to come in as a guest, to sign in, to register and to sign out. */
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

/** The name and the new token of the last request to become a guest, until its answer has arrived. */
let offered: { name: string; token: string } | null = null;

/**
 * Come in as a guest. If the answer is lost, the server may have made this guest already. So a repeated request for the same name
 * sends the same token, and the server lets the same guest in. After the answer the page drops the token, as it has the cookie.
 */
async function guest(name: string, invitation = ""): Promise<Answer<Admitted>> {
  if (offered?.name !== name) offered = { name, token: newToken((bytes) => crypto.getRandomValues(bytes)) };
  const body = { name, bearer: false, new_token: offered.token, ...invited(invitation) };
  const answer = await request<Admitted>("POST", "/api/guests", body);
  if (answer.ok || answer.problem.code === "token_unknown") offered = null;
  return answer;
}

/** All but `prospect` set or clear the session's cookie: call the engine's `identityChanged` after they have succeeded. */
export const entry = {
  guest,
  signIn: (name: string, password: string) => request<Admitted>("POST", "/api/session", { name, password, ...named() }),
  /** A guest who registers keeps id, rooms and messages. */
  register: (name: string, password: string, invitation = "") =>
    request<Admitted>("POST", "/api/accounts", { name, password, ...named(), ...invited(invitation) }),
  signOut: () => request<void>("DELETE", "/api/session"),
  /** What an invitation with this code leads to. */
  prospect: (code: string) => request<Prospect>("GET", `/api/join/${encodeURIComponent(code)}`),
};
