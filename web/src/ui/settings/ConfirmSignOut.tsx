/** Asks for confirmation before signing out, as a guest can not come back as the same user, and unsent messages are lost. */
import type { JSX } from "solid-js";
import { engine, useMe } from "../../state";
import { t } from "../../text";
import { panels } from "../../text/panels";
import { end } from "../entry/signOut";
import { Confirm } from "../parts/Confirm";
import { closePanel } from "../places/router";

export default function Leave(): JSX.Element {
  const { settings } = panels;
  const { menu } = t.shell;
  const isGuest = useMe()()?.role === "guest";
  const unsent = engine.unsent();
  const text = [isGuest ? settings.signOutGuestText : "", unsent > 0 ? settings.signOutUnsent(unsent) : ""];
  return (
    <Confirm
      title={isGuest ? settings.signOutGuestTitle : settings.signOutTitle}
      text={text.filter(Boolean).join(" ")}
      doIt={isGuest ? settings.signOutGuest : menu.signOut}
      onClose={closePanel}
      run={async () => {
        await end();
        return { ok: true, value: undefined };
      }}
    />
  );
}
