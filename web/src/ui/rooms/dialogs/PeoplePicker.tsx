/** A field to find people of the server by name, and choose several. */
import { createMemo, createSignal, createUniqueId, For, type JSX, Show } from "solid-js";
import { engine, useIsOnline, useMe } from "../../../state";
import { fold } from "../../../sync/fold";
import type { UserId } from "../../../sync/types";
import { t } from "../../../text";
import { panels } from "../../../text/panels";
import { Field, IconButton, PersonAvatar } from "../../parts";
import { rank } from "../../parts/fuzzy";
import { createPages } from "../../parts/pages";
import styles from "./dialogs.module.css";

export interface PickablePerson {
  id: UserId;
  name: string;
  display: string;
  colour: string;
  online: boolean;
}

/** The most people that are listed. */
const MOST = 50;

const nameOf = (text: string): string => text.trim().replace(/^@/, "");

export function PeoplePicker(props: {
  label: string;
  hint: string;
  problem: string;
  chosen: readonly PickablePerson[];
  onChosen: (people: readonly PickablePerson[]) => void;
  /** Returns true for people to leave out of the list. */
  without?: (user: UserId) => boolean;
  /** Whether enough people are chosen: then Enter in the empty field calls `onEnter`. */
  isEnough: boolean;
  onEnter: () => void;
}): JSX.Element {
  const me = useMe();
  const [typed, setTyped] = createSignal("");
  const wanted = createMemo(() => nameOf(typed()));
  const listed = createPages((query, next) => engine.findPeople(query, next), wanted, useIsOnline());
  const [at, setAt] = createSignal(0);
  const list = createUniqueId();
  let field: HTMLInputElement | undefined;
  const known = createMemo((): readonly PickablePerson[] =>
    (listed.items() ?? []).filter((user) => user.id !== me()?.id),
  );
  const found = createMemo((): readonly PickablePerson[] => {
    const left = known().filter(
      (user) => !props.without?.(user.id) && !props.chosen.some((each) => each.id === user.id),
    );
    if (!wanted()) return [...left].sort((a, b) => Number(b.online) - Number(a.online)).slice(0, MOST);
    // Until the server answers, the people are those of the previous search text. Keep those that match the new text, so that
    // Enter chooses nobody else.
    const matching = rank(wanted(), left, (user) => `${user.name} ${user.display}`).map(({ item }) => item);
    return (listed.answered() === wanted() ? left : matching).slice(0, MOST);
  });
  const add = (user: PickablePerson | undefined): void => {
    if (!user) return;
    props.onChosen([...props.chosen, user]);
    setTyped("");
    setAt(0);
  };
  const isNamed = (user: PickablePerson, name: string): boolean =>
    fold(user.name) === fold(name) || fold(user.display) === fold(name);
  const lookedUp = new Set<string>();
  /** Ask the server who has a name that the user has typed before a comma, and choose that person. */
  const lookUp = async (name: string): Promise<void> => {
    if (lookedUp.has(name)) return;
    lookedUp.add(name);
    const answer = await engine.findPeople(name, "");
    const user = answer.ok ? answer.value.items.find((each) => isNamed(each, name)) : undefined;
    if (user === undefined || user.id === me()?.id || props.without?.(user.id)) return;
    if (!props.chosen.some((each) => each.id === user.id)) props.onChosen([...props.chosen, user]);
    const names = typed().split(/[,;]/);
    const rest = names.filter((each, at) => at === names.length - 1 || fold(nameOf(each)) !== fold(name));
    setTyped(rest.map((each) => each.trimStart()).join(", "));
  };
  /** Choose the people whose names stand before commas. Returns the text after the last comma. */
  const take = (value: string): string => {
    const names = value.split(/[,;]/);
    if (names.length === 1) return value;
    const rest = [];
    let chosen = props.chosen;
    for (const name of names.slice(0, -1)) {
      const wanted = nameOf(name);
      const user = known().find((each) => isNamed(each, wanted));
      if (user === undefined && wanted) {
        rest.push(name.trim());
        void lookUp(wanted);
      }
      if (user && !props.without?.(user.id) && !chosen.some((each) => each.id === user.id)) chosen = [...chosen, user];
    }
    if (chosen !== props.chosen) props.onChosen(chosen);
    return [...rest, (names.at(-1) ?? "").trimStart()].join(", ");
  };
  return (
    <div class={styles.browse}>
      <Chosen
        people={props.chosen}
        onRemove={(user) => {
          props.onChosen(props.chosen.filter((each) => each !== user));
          field?.focus();
        }}
      />
      <Field
        ref={(element: HTMLInputElement) => {
          field = element;
        }}
        label={props.label}
        hint={props.hint}
        problem={props.problem || listed.problem()}
        value={typed()}
        role="combobox"
        aria-expanded={found().length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={found().length > 0 ? `${list}-${at()}` : undefined}
        onInput={(event) => {
          const left = event.isComposing ? event.currentTarget.value : take(event.currentTarget.value);
          event.currentTarget.value = left;
          setTyped(left);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.max(Math.min(at() + 1, found().length - 1), 0));
          else if (event.key === "ArrowUp") setAt(Math.max(at() - 1, 0));
          else if (event.key === "Enter") {
            if (typed().trim() || !props.isEnough) add(found()[at()]);
            else props.onEnter();
          } else if (event.key === "Backspace" && !typed()) {
            props.onChosen(props.chosen.slice(0, -1));
            return;
          } else return;
          event.preventDefault();
          document.getElementById(`${list}-${at()}`)?.scrollIntoView({ block: "nearest" });
        }}
        autocapitalize="none"
        spellcheck={false}
        data-autofocus=""
      />
      <Show
        when={found().length > 0}
        fallback={
          <p class={styles.note}>
            {listed.answered() !== wanted() || !listed.items()
              ? t.shell.loading
              : typed().trim()
                ? panels.rooms.newNobody
                : ""}
          </p>
        }
      >
        <Options id={list} people={found()} at={at()} onMove={setAt} onPick={add} />
      </Show>
    </div>
  );
}

function Chosen(props: { people: readonly PickablePerson[]; onRemove: (user: PickablePerson) => void }): JSX.Element {
  return (
    <Show when={props.people.length > 0}>
      <ul class={styles.chosen}>
        <For each={props.people}>
          {(user) => (
            <li class={styles.chip}>
              <span dir="auto">{user.display || user.name}</span>
              <IconButton
                icon="close"
                small
                label={panels.rooms.newRemove(user.name)}
                onClick={() => props.onRemove(user)}
              />
            </li>
          )}
        </For>
      </ul>
    </Show>
  );
}

/** The list of the people that were found. The field keeps the focus and handles the keys. */
function Options(props: {
  id: string;
  people: readonly PickablePerson[];
  at: number;
  onMove: (at: number) => void;
  onPick: (user: PickablePerson) => void;
}): JSX.Element {
  return (
    <div id={props.id} role="listbox" aria-label={t.shell.people.title} class={styles.options}>
      <For each={props.people}>
        {(user, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and handles the keys.
          <div
            tabIndex={-1}
            id={`${props.id}-${index()}`}
            role="option"
            aria-selected={index() === props.at}
            class={styles.option}
            onMouseMove={() => props.onMove(index())}
            // The press must not take the focus from the field.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => props.onPick(user)}
          >
            <PersonAvatar of={user} />
            <strong dir="auto">{user.display || user.name}</strong>
            <Show when={user.display && user.display !== user.name}>
              <small dir="auto">{user.name}</small>
            </Show>
          </div>
        )}
      </For>
    </div>
  );
}
