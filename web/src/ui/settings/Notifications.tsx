/** When and how one is told: on this device, and the hours of quiet, which hold on all of them. */
import { createSignal, type JSX, Match, Show, Switch } from "solid-js";
import { engine, useHours } from "../../state";
import type { Hours } from "../../sync/types";
import { t } from "../../text";
import { permission, setSound, setWanted, sound, turnOn, wanted } from "../notices/preferences";
import { tone } from "../notices/sound";
import { Button, tellIfRefused } from "../parts";
import { Toggle } from "../parts/choices";
import styles from "./settings.module.css";

/** From ten in the evening to seven in the morning, until somebody says otherwise. Minutes since midnight. */
const NIGHT: Hours = { begin: 22 * 60, end: 7 * 60 };

const shown = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

function read(time: string): number | null {
  const match = /^(\d\d):(\d\d)/.exec(time);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

export function Notifications(): JSX.Element {
  const hours = useHours();
  const [last, setLast] = createSignal<Hours>(hours() ?? NIGHT);
  const set = (next: Hours | null): void => {
    if (next) setLast(next);
    void tellIfRefused(engine.setHours(next));
  };
  return (
    <div class={styles.page}>
      <section class={styles.part}>
        <h3>{t.shell.settings.browser}</h3>
        <Switch>
          <Match when={permission() === "none"}>
            <p class={styles.note}>{t.shell.settings.browserNone}</p>
          </Match>
          <Match when={permission() === "denied"}>
            <p class={styles.note}>{t.shell.settings.browserBlocked}</p>
          </Match>
          <Match when={permission() === "granted" && wanted()}>
            <p class={styles.note}>{t.shell.settings.browserOn}</p>
            <div>
              <Button onClick={() => setWanted(false)}>{t.shell.settings.browserStop}</Button>
            </div>
          </Match>
          <Match when={true}>
            <p class={styles.note}>{t.shell.settings.browserOff}</p>
            <div>
              <Button onClick={() => void turnOn()}>{t.shell.settings.browserAsk}</Button>
            </div>
          </Match>
        </Switch>
      </section>
      <section class={styles.part}>
        <Toggle
          label={t.shell.settings.sound}
          hint={t.shell.settings.soundHint}
          checked={sound()}
          onChange={(on) => {
            setSound(on);
            if (on) void tone();
          }}
        />
      </section>
      <section class={styles.part}>
        <Toggle
          label={t.shell.settings.hours}
          hint={t.shell.settings.hoursHint}
          checked={hours() !== null}
          onChange={(on) => set(on ? last() : null)}
        />
        <Show when={hours()}>
          {(now) => (
            <div class={styles.times}>
              <label>
                {t.shell.settings.hoursFrom}{" "}
                <input
                  type="time"
                  value={shown(now().begin)}
                  onChange={(event) => {
                    const begin = read(event.currentTarget.value);
                    if (begin !== null) set({ begin, end: now().end });
                  }}
                />
              </label>
              <label>
                {t.shell.settings.hoursTo}{" "}
                <input
                  type="time"
                  value={shown(now().end)}
                  onChange={(event) => {
                    const end = read(event.currentTarget.value);
                    if (end !== null) set({ begin: now().begin, end });
                  }}
                />
              </label>
            </div>
          )}
        </Show>
      </section>
    </div>
  );
}
