/** Invitation links: with one, people can come to the server. */
import type { Millis, RoomId } from "../sync/types";
import { field, request } from "./request";
import type { Invitation, InvitationLink } from "./types";

export interface NewInvitation {
  /** How many people may use it; 0: any number. */
  uses: number;
  /** When it expires; 0: never. */
  until: Millis;
  room?: RoomId;
  role?: Invitation["role"];
  label?: string;
}

export const invitations = {
  list: () => field(request<{ invitations: readonly Invitation[] }>("GET", "/api/invitations"), "invitations"),
  make: (wanted: NewInvitation) => request<InvitationLink>("POST", "/api/invitations", wanted),
  revoke: (id: string) => request<void>("DELETE", `/api/invitations/${encodeURIComponent(id)}`),
};
