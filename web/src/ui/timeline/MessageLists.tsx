/** Lists about one message: the texts that it has had, and who has reacted to it. */
import { For, type JSX, Show } from "solid-js";
import { engine } from "../../state";
import type { Reactor, RoomId, Seq } from "../../sync/types";
import { t } from "../../text";
import { formatDate } from "../../text/dates";
import { Dialog, load } from "../parts";
import { closePanel } from "../places/router";
import styles from "./MessagePanels.module.css";

export function MessageVersions(props: { room: RoomId; seq: Seq }): JSX.Element {
  const versions = load(() => engine.versions(props.room, props.seq));
  return (
    <Dialog title={t.timeline.versions} onClose={closePanel} text>
      <p role="alert">{versions.problem()}</p>
      <ol class={styles["list"]} reversed>
        <For each={[...(versions.value() ?? [])].reverse()}>
          {(version) => (
            <li>
              <p class={styles["when"]}>{formatDate("full", version.at)}</p>
              <p class={styles["text"]} dir="auto">
                {version.text}
              </p>
            </li>
          )}
        </For>
      </ol>
    </Dialog>
  );
}

interface OfEmoji {
  emoji: string;
  users: readonly Reactor[];
}

export function MessageReactions(props: { room: RoomId; seq: Seq }): JSX.Element {
  const found = load<readonly OfEmoji[]>(async () => {
    const reactions = engine.held(props.room, props.seq)?.now?.reactions ?? [];
    const all: OfEmoji[] = [];
    for (const { emoji } of reactions) {
      const answer = await engine.reactors(props.room, props.seq, emoji);
      if (!answer.ok) return answer;
      all.push({ emoji, users: answer.value });
    }
    return { ok: true, value: all };
  });
  return (
    <Dialog title={t.timeline.reactions} onClose={closePanel} text>
      <p role="alert">{found.problem()}</p>
      <ul class={styles["list"]}>
        <For each={found.value() ?? []}>
          {({ emoji, users }) => (
            <li class={styles["reaction"]}>
              <span class={styles["emoji"]}>{emoji}</span>
              <ul aria-label={emoji}>
                <For each={users}>
                  {({ name }) => (
                    <li>
                      <bdi>{name}</bdi>
                    </li>
                  )}
                </For>
              </ul>
            </li>
          )}
        </For>
      </ul>
      <Show when={found.value() === undefined && !found.problem()}>
        <p>{t.shell.loading}</p>
      </Show>
    </Dialog>
  );
}
