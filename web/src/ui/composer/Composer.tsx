/** The composer of a room, or the reason why the user can not write there. */
import { createEffect, createMemo, type JSX, Match, on, Show, Switch } from "solid-js";
import { engine, useMe, useMembers, useRoom } from "../../state";
import { may } from "../../state/permissions";
import type { Millis, RoomId } from "../../sync/types";
import { t } from "../../text";
import { formatDate } from "../../text/dates";
import { Button, showRefusal } from "../parts";
import { openDirectWith } from "../places/currentRoom";
import { Closed } from "./ClosedComposer";
import styles from "./Composer.module.css";
import { MessageForm } from "./MessageForm";
import { useOwnMute } from "./ownMute";

/** The time, with the date if it is not today. */
function when(at: Millis): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return formatDate(isToday ? "time" : "dateTime", at);
}

/** `room` must not change: create a new component for another room. */
export function Composer(props: { room: RoomId }): JSX.Element {
  const about = useRoom(props.room);
  const me = useMe();
  const members = useMembers(props.room);
  const myRole = createMemo(() => members()?.find((member) => member.id === me()?.id)?.role);
  const mayModerate = createMemo((): boolean => {
    const role = me()?.role;
    if (role === "owner" || role === "admin") return true;
    return myRole() === "owner" || myRole() === "moderator";
  });
  const muted = useOwnMute(props.room);
  const hasDraft = (): boolean => (about()?.draft ?? "").trim() !== "";
  const isOpen = createMemo(
    () =>
      !about()?.archived &&
      about()?.joined !== false &&
      (mayModerate() || members() === null || !(about()?.readOnly || muted())),
  );
  let wasOpen = false;
  createEffect(
    on(isOpen, (open) => {
      if (open) wasOpen = true;
    }),
  );
  const given = () => ({ draft: hasDraft(), takesFocus: wasOpen });
  return (
    <Switch>
      <Match when={about()?.archived && about()}>
        {(room) => (
          <Closed icon="box" text={t.timeline.archivedHere} {...given()}>
            <Show when={may("archive", me(), myRole(), room().kind)}>
              <Button
                class={styles["deed"] ?? ""}
                onClick={() => void showRefusal(engine.moderate(room().id, { action: "archive", undo: true }))}
              >
                {t.timeline.reopen}
              </Button>
            </Show>
          </Closed>
        )}
      </Match>
      <Match when={about()?.joined === false ? about() : undefined}>
        {(room) => (
          <Closed icon="hash" text={t.timeline.notMember(room().name)} {...given()}>
            <Button
              class={styles["deed"] ?? ""}
              look="primary"
              onClick={() => void showRefusal(engine.join(room().name, room().id))}
            >
              {t.timeline.join}
            </Button>
          </Closed>
        )}
      </Match>
      <Match when={!isOpen() && muted()}>
        {(mute) => (
          <Closed
            icon="bellOff"
            text={t.timeline.mutedHere(mute().by, mute().until ? when(mute().until) : "", mute().why)}
            {...given()}
          >
            <Show when={mute().by && mute().by !== me()?.name}>
              <Button class={styles["deed"] ?? ""} onClick={() => void openDirectWith(mute().by)}>
                {t.timeline.writeTo(mute().by)}
              </Button>
            </Show>
          </Closed>
        )}
      </Match>
      <Match when={!isOpen() && about()}>
        <Closed icon="lock" text={t.timeline.readOnlyHere} {...given()} />
      </Match>
      <Match when={about()}>{(room) => <MessageForm room={room()} mayModerate={mayModerate()} />}</Match>
    </Switch>
  );
}
