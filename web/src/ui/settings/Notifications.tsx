/** The settings of notifications. They apply to this device, except the quiet hours, which apply to all devices. */
import { createEffect, createSignal, type JSX, Match, Show, Switch } from "solid-js";
import { engine, useHours } from "../../state";
import type { Hours } from "../../sync/types";
import { panels } from "../../text/panels";
import {
  enableNotifications,
  notificationsWanted,
  permission,
  setNotificationsWanted,
  setSoundWanted,
  soundWanted,
} from "../notices/preferences";
import { playSound } from "../notices/sound";
import { Button, showRefusal } from "../parts";
import { Toggle } from "../parts/choices";
import styles from "./settings.module.css";

/** The quiet hours when they are first turned on, in minutes since midnight. */
const NIGHT: Hours = { begin: 22 * 60, end: 7 * 60 };

const shown = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

function read(time: string): number | null {
  const match = /^(\d\d):(\d\d)/.exec(time);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

export function Notifications(): JSX.Element {
  const hours = useHours();
  /** The hours that the user has set last. The engine has them only after the server's answer. */
  const [last, setLast] = createSignal<Hours>(NIGHT);
  createEffect(() => {
    const now = hours();
    if (now) setLast(now);
  });
  const set = (next: Hours | null): void => {
    if (next) setLast(next);
    void showRefusal(engine.setHours(next));
  };
  return (
    <div class={styles.page}>
      <section class={styles.part}>
        <h3>{panels.settings.browser}</h3>
        <Switch>
          <Match when={permission() === "none"}>
            <p class={styles.note}>{panels.settings.browserNone}</p>
          </Match>
          <Match when={permission() === "denied"}>
            <p class={styles.note}>{panels.settings.browserBlocked}</p>
          </Match>
          <Match when={permission() === "granted" && notificationsWanted()}>
            <p class={styles.note}>{panels.settings.browserOn}</p>
            <div>
              <Button onClick={() => setNotificationsWanted(false)}>{panels.settings.browserStop}</Button>
            </div>
          </Match>
          <Match when={true}>
            <p class={styles.note}>{panels.settings.browserOff}</p>
            <div>
              <Button onClick={() => void enableNotifications()}>{panels.settings.browserAsk}</Button>
            </div>
          </Match>
        </Switch>
      </section>
      <section class={styles.part}>
        <Toggle
          label={panels.settings.sound}
          hint={panels.settings.soundHint}
          checked={soundWanted()}
          onChange={(on) => {
            setSoundWanted(on);
            if (on) void playSound();
          }}
        />
      </section>
      <section class={styles.part}>
        <Toggle
          label={panels.settings.hours}
          hint={panels.settings.hoursHint}
          checked={hours() !== null}
          onChange={(on) => set(on ? last() : null)}
        />
        <Show when={hours()}>
          {(now) => (
            <div class={styles.times}>
              <Time
                label={panels.settings.hoursFrom}
                value={now().begin}
                onPick={(begin) => set({ ...last(), begin })}
              />
              <Time label={panels.settings.hoursTo} value={now().end} onPick={(end) => set({ ...last(), end })} />
            </div>
          )}
        </Show>
      </section>
    </div>
  );
}

/** A field for a time of day, in minutes since midnight. */
function Time(props: { label: string; value: number; onPick: (minute: number) => void }): JSX.Element {
  const changed = (event: { currentTarget: HTMLInputElement }): void => {
    const minute = read(event.currentTarget.value);
    if (minute !== null) props.onPick(minute);
  };
  return (
    <label>
      {props.label} <input type="time" value={shown(props.value)} onChange={changed} />
    </label>
  );
}
