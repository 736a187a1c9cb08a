/** The user's settings. */
import type { JSX } from "solid-js";
import { t } from "../../text";
import { Dialog } from "../parts";
import { Tabs } from "../parts/Tabs";
import { closePanel, openPanel } from "../places/router";
import { Account } from "./Account";
import { Look } from "./Look";
import { Notifications } from "./Notifications";
import { Profile } from "./Profile";

export default function Settings(props: { page: string }): JSX.Element {
  return (
    <Dialog title={t.shell.settings.title} shape="wide" onClose={closePanel}>
      <Tabs
        label={t.shell.settings.title}
        chosen={props.page}
        onPick={(page) => openPanel("settings", page)}
        tabs={[
          { id: "profile", label: t.shell.settings.profile, page: () => <Profile /> },
          { id: "look", label: t.shell.settings.look, page: () => <Look /> },
          { id: "notifications", label: t.shell.settings.notifications, page: () => <Notifications /> },
          { id: "account", label: t.shell.settings.account, page: () => <Account /> },
        ]}
      />
    </Dialog>
  );
}
