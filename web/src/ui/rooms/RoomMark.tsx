/** The icon of a room's kind, or the avatar of the other person in a direct room. */
import { type JSX, Match, Show, Switch } from "solid-js";
import type { Member, Room } from "../../sync/types";
import { Avatar, Icon, PersonAvatar } from "../parts";
import styles from "./RoomMark.module.css";

export function RoomMark(props: { room: Room; others: readonly Member[] }): JSX.Element {
  const alone = (): Member | undefined => (props.room.members === 2 ? props.others[0] : undefined);
  return (
    <span class={styles.mark}>
      <Switch fallback={<Icon name="hash" />}>
        <Match when={props.room.archived}>
          <Icon name="box" />
        </Match>
        <Match when={props.room.kind === "private"}>
          <Icon name="lock" />
        </Match>
        <Match when={props.room.kind === "direct"}>
          <Show
            when={alone()}
            fallback={
              <Show
                when={props.room.members > 2}
                fallback={<Avatar size="s" user={props.room.id} name={props.room.name} colour="" />}
              >
                <span class={styles.several}>{props.room.members - 1}</span>
              </Show>
            }
          >
            {(other) => <PersonAvatar size="s" of={other()} />}
          </Show>
        </Match>
      </Switch>
    </span>
  );
}
