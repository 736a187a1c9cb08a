/** The dialog for the administration of the server, with a tab for each page. */
import type { JSX } from "solid-js";
import { t } from "../../text";
import { panels } from "../../text/panels";
import { Dialog } from "../parts";
import { Tabs } from "../parts/Tabs";
import { closePanel, openPanel } from "../places/router";
import { Audit } from "./Audit";
import { Invitations } from "./Invitations";
import { Rooms } from "./Rooms";
import { Tokens } from "./Tokens";
import { Users } from "./Users";

export default function Admin(props: { page: string }): JSX.Element {
  return (
    <Dialog title={panels.admin.title} shape="wide" onClose={closePanel}>
      <Tabs
        label={panels.admin.title}
        chosen={props.page}
        onPick={(page) => openPanel("admin", page)}
        tabs={[
          { id: "users", label: panels.admin.users, page: () => <Users /> },
          { id: "rooms", label: t.shell.rooms.title, page: () => <Rooms /> },
          { id: "invitations", label: panels.admin.invitations, page: () => <Invitations /> },
          { id: "tokens", label: panels.admin.tokens, page: () => <Tokens /> },
          { id: "audit", label: panels.admin.audit, page: () => <Audit /> },
        ]}
      />
    </Dialog>
  );
}
