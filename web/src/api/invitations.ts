/** Links by which people come in. */
import type { Millis, RoomId } from "../sync/types";
import { field, request } from "./request";
import type { Invitation, InvitationLink } from "./types";

export interface NewInvitation {
  /** How many may come in by it; 0: any number. */
  uses: number;
  /** 0: it does not end by itself. */
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
