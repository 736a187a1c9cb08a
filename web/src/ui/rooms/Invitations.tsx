/** Invitations into rooms, at the head of the list of rooms. */
import { For, type JSX, Show } from "solid-js";
import { engine } from "../../state";
import type { Invited } from "../../sync/types";
import { t } from "../../text";
import { Button, IconButton, showRefusal } from "../parts";
import { openAndWrite } from "../places/currentRoom";
import { decline } from "./declinedInvitations";
import styles from "./RoomList.module.css";

export function Invitations(props: { invitations: readonly Invited[] }): JSX.Element {
  return (
    <Show when={props.invitations.length > 0}>
      <section aria-label={t.shell.rooms.invitations}>
        <h2 class={styles.heading}>{t.shell.rooms.invitations}</h2>
        <ul>
          <For each={props.invitations}>
            {(invited) => (
              <li class={styles.invited}>
                <div class={styles.invitedWords}>
                  <strong dir="auto">#{invited.name}</strong>
                  <small dir="auto">{t.shell.rooms.invitedBy(invited.by)}</small>
                </div>
                <Button
                  class={styles.accept ?? ""}
                  onClick={() => {
                    void showRefusal(engine.join(invited.name, invited.room)).then((room) => {
                      if (room !== undefined) openAndWrite(room);
                    });
                  }}
                >
                  {t.shell.rooms.accept}
                </Button>
                <IconButton
                  icon="close"
                  small
                  label={t.shell.rooms.decline(invited.name)}
                  onClick={() => decline(invited)}
                />
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}
