/** Where one writes, or why one can't. */
import { createMemo, type JSX, Match, Show, Switch } from "solid-js";
import { engine, useMe, useMembers, useRoom } from "../../state";
import type { RoomId } from "../../sync/types";
import { t } from "../../text";
import styles from "./Composer.module.css";
import { Writing } from "./Writing";

export interface ComposerProps {
  room: RoomId;
}

export function Composer(props: ComposerProps): JSX.Element {
  return (
    <Show when={props.room} keyed>
      {(room) => <RoomComposer room={room} />}
    </Show>
  );
}

function RoomComposer(props: { room: RoomId }): JSX.Element {
  const about = useRoom(props.room);
  const me = useMe();
  const members = useMembers(props.room);
  const mayModerate = createMemo((): boolean => {
    const role = me()?.role;
    if (role === "owner" || role === "admin") return true;
    const own = members()?.find((member) => member.id === me()?.id);
    return own?.role === "owner" || own?.role === "moderator";
  });
  return (
    <Switch>
      <Match when={about()?.archived}>
        <p class={styles["closed"]}>{t.timeline.archivedHere}</p>
      </Match>
      <Match when={about()?.readOnly && members() !== null && !mayModerate()}>
        <p class={styles["closed"]}>{t.timeline.readOnlyHere}</p>
      </Match>
      <Match when={about()?.joined === false ? about() : undefined}>
        {(room) => (
          <p class={styles["closed"]}>
            {t.timeline.notMember(room().name)}{" "}
            <button type="button" class={styles["join"]} onClick={() => void engine.join(room().name, room().id)}>
              {t.timeline.join}
            </button>
          </p>
        )}
      </Match>
      <Match when={about()}>{(room) => <Writing room={room()} mayModerate={mayModerate()} />}</Match>
    </Switch>
  );
}
