/** The user's profile. A button saves it; if each change were saved at once, others would see half-typed names. */
import { createSignal, For, type JSX, Show } from "solid-js";
import { me as api } from "../../api/me";
import { engine, useMe } from "../../state";
import { sentence, t } from "../../text";
import { panels } from "../../text/panels";
import { Avatar, Button, Field, Form, Icon, load, showToast } from "../parts";
import { Select } from "../parts/choices";
import { profileSaved } from "../people/ownProfile";
import { openPanel } from "../places/router";
import { authorStyle } from "../theme/authorColour";
import styles from "./settings.module.css";

/** The colours to choose from. */
const COLOURS = [
  "#b5483a",
  "#b06a1e",
  "#8c7a16",
  "#4f8a2f",
  "#1f8a6b",
  "#1b8699",
  "#2f74c0",
  "#6a62c4",
  "#9a52b0",
  "#b84a80",
  "#7a756b",
];

export function Profile(): JSX.Element {
  const me = useMe();
  const loaded = load(() => api.get());
  return (
    <Show when={me()}>
      {(now) => (
        <div class={styles.page}>
          <Name />
          <Show when={now().role !== "guest"} fallback={<GuestNote />}>
            <Show when={loaded.value()} fallback={<p class={styles.note}>{loaded.problem() || t.shell.loading}</p>}>
              {(found) => <Details profile={found().user.profile} />}
            </Show>
          </Show>
        </div>
      )}
    </Show>
  );
}

function GuestNote(): JSX.Element {
  return (
    <section class={styles.part}>
      <p class={styles.note}>{panels.settings.guestProfile}</p>
      <div>
        <Button onClick={() => openPanel("settings", "account")}>{panels.settings.makeAccount}</Button>
      </div>
    </section>
  );
}

function Name(): JSX.Element {
  const me = useMe();
  const [name, setName] = createSignal(me()?.name ?? "");
  const [problem, setProblem] = createSignal("");
  const change = async (): Promise<void> => {
    const wanted = name().trim();
    if (!wanted || wanted === me()?.name) return;
    const answer = await engine.rename(wanted);
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (answer.ok) showToast(t.shell.saved);
  };
  return (
    <Form class={styles.part} onSubmit={change}>
      <Field
        label={panels.settings.name}
        hint={panels.settings.nameHint}
        problem={problem()}
        value={name()}
        onInput={(event) => setName(event.currentTarget.value)}
        maxlength={64}
        autocapitalize="none"
        spellcheck={false}
        after={
          <Button type="submit" disabled={!name().trim() || name().trim() === me()?.name}>
            {panels.settings.nameChange}
          </Button>
        }
      />
    </Form>
  );
}

function zones(): readonly string[] {
  const known = (Intl as { supportedValuesOf?: (what: string) => string[] }).supportedValuesOf?.("timeZone") ?? [];
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return known.includes(here) ? known : [here, ...known];
}

function Details(props: { profile: { display: string; colour: string; zone: string } }): JSX.Element {
  const me = useMe();
  const [display, setDisplay] = createSignal(props.profile.display);
  const [colour, setColour] = createSignal(props.profile.colour);
  const [zone, setZone] = createSignal(props.profile.zone);
  const [problem, setProblem] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [saved, setSaved] = createSignal(props.profile);
  const changed = (): boolean =>
    display().trim() !== saved().display || colour() !== saved().colour || zone() !== saved().zone;
  const save = async (): Promise<void> => {
    setBusy(true);
    const answer = await api.change({ display: display().trim(), colour: colour(), zone: zone() });
    setBusy(false);
    setProblem(answer.ok ? "" : sentence(answer.problem));
    if (!answer.ok) return;
    setSaved(answer.value.user.profile);
    profileSaved(answer.value.user.profile);
    showToast(t.shell.saved);
  };
  const choices = (): readonly string[] =>
    colour() && !COLOURS.includes(colour()) ? ["", ...COLOURS, colour()] : ["", ...COLOURS];
  return (
    <Form class={styles.part} onSubmit={save}>
      <div class={styles.who}>
        <Avatar size="l" user={me()?.id ?? 0} name={display() || (me()?.name ?? "")} colour={colour()} />
        <p class={`${styles.whoName} author`} style={authorStyle(me()?.id ?? 0, colour())} dir="auto">
          {display() || me()?.name}
        </p>
      </div>
      <Field
        label={panels.settings.display}
        hint={panels.settings.displayHint}
        problem={problem()}
        maxlength={64}
        value={display()}
        onInput={(event) => setDisplay(event.currentTarget.value)}
      />
      <fieldset class={styles.part}>
        <legend class="visually-hidden">{panels.settings.colour}</legend>
        <span class={styles.label} aria-hidden="true">
          {panels.settings.colour}
        </span>
        <div class={styles.colours}>
          <For each={choices()}>
            {(each) => (
              <label
                class={`${styles.colour} ${each ? "" : styles.none}`}
                style={authorStyle(me()?.id ?? 0, each)}
                title={each || panels.settings.colourNone}
              >
                <input
                  type="radio"
                  name="colour"
                  aria-label={each || panels.settings.colourNone}
                  checked={colour() === each}
                  onChange={() => setColour(each)}
                />
                <Icon name="check" />
              </label>
            )}
          </For>
        </div>
      </fieldset>
      <Select
        label={panels.settings.zone}
        hint={panels.settings.zoneHint}
        value={zone()}
        onPick={setZone}
        options={[["", panels.settings.zoneNone], ...zones().map((each) => [each, each.replaceAll("_", " ")] as const)]}
      />
      <div class={styles.acts}>
        <Button type="submit" look="primary" busy={busy()} disabled={!changed()}>
          {t.shell.save}
        </Button>
      </div>
    </Form>
  );
}
