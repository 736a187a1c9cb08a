/** The user's settings. */
import type { JSX } from "solid-js";
import { panels } from "../../text/panels";
import { Dialog } from "../parts";
import { Tabs } from "../parts/Tabs";
import { closePanel, openPanel } from "../places/router";
import { Account } from "./Account";
import { Look } from "./Look";
import { Notifications } from "./Notifications";
import { Profile } from "./Profile";

export default function Settings(props: { page: string }): JSX.Element {
  return (
    <Dialog title={panels.settings.title} shape="wide" onClose={closePanel}>
      <Tabs
        label={panels.settings.title}
        chosen={props.page}
        onPick={(page) => openPanel("settings", page)}
        tabs={[
          { id: "profile", label: panels.settings.profile, page: () => <Profile /> },
          { id: "look", label: panels.settings.look, page: () => <Look /> },
          { id: "notifications", label: panels.settings.notifications, page: () => <Notifications /> },
          { id: "account", label: panels.settings.account, page: () => <Account /> },
        ]}
      />
    </Dialog>
  );
}
