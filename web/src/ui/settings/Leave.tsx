/** A guest who goes can't come back as the same person: they are told first. */
import type { JSX } from "solid-js";
import { closePanel } from "../../router";
import { t } from "../../text";
import { end } from "../entry/leave";
import { Confirm } from "../parts";

export default function Leave(): JSX.Element {
  return (
    <Confirm
      title={t.shell.settings.signOutGuestTitle}
      text={t.shell.settings.signOutGuestText}
      doIt={t.shell.settings.signOutGuest}
      onClose={closePanel}
      run={async () => {
        await end();
        return { ok: true, value: undefined };
      }}
    />
  );
}
