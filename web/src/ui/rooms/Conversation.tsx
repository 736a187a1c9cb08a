/** An open room: header, timeline and composer. */
import { createEffect, type JSX, Show } from "solid-js";
import type { Room } from "../../sync/types";
import { Composer } from "../composer/Composer";
import { currentSeq, remember } from "../places/currentRoom";
import { COMPOSER, MESSAGES } from "../places/landmarks";
import { openPanel } from "../places/router";
import { Timeline } from "../timeline/Timeline";
import styles from "./Conversation.module.css";
import { OnlyPerson } from "./OnlyPerson";
import { RoomHeader } from "./RoomHeader";

export function Conversation(props: { room: Room; peopleShown: boolean; onPeople: () => void }): JSX.Element {
  createEffect(() => {
    remember(props.room.id);
  });
  return (
    <main class={styles.conversation} aria-label={props.room.name}>
      <RoomHeader room={props.room} peopleShown={props.peopleShown} onPeople={() => props.onPeople()} />
      <Show when={props.room.id} keyed>
        {(id) => (
          <>
            <div id={MESSAGES} class={styles.messages} tabindex={-1}>
              <Timeline room={id} at={currentSeq()} onPerson={(user) => openPanel("person", String(user))} />
            </div>
            <OnlyPerson room={props.room} />
            <div id={COMPOSER} class={styles.composer}>
              <Composer room={id} />
            </div>
          </>
        )}
      </Show>
    </main>
  );
}
