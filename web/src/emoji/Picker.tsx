/** A grid of emoji, with a search field. */
import { createMemo, createResource, createSignal, For, type JSX, onMount, Show } from "solid-js";
import { language, t } from "../text";
import { panels } from "../text/panels";
import styles from "./Picker.module.css";
import { recentEmoji, usedEmoji } from "./recent";
import { type Emoji, emojiTable } from "./table";

interface Group {
  name: string;
  emoji: readonly { character: string; name: string }[];
}

const nameOf = (emoji: Emoji): { character: string; name: string } => ({
  character: emoji.character,
  name: (emoji.codes[0] ?? "").replaceAll("_", " "),
});

export default function Picker(props: { onPick: (character: string) => void; onClose: () => void }): JSX.Element {
  const [table] = createResource(language, emojiTable);
  const [typed, setTyped] = createSignal("");
  let search!: HTMLInputElement;
  let grid!: HTMLDivElement;
  onMount(() => search.focus());

  const groups = createMemo((): Group[] => {
    const all = table();
    if (all === undefined) return [];
    if (typed().trim() !== "") {
      const found = all.find(typed().trim(), 120).map(nameOf);
      return found.length === 0 ? [] : [{ name: "", emoji: found }];
    }
    const recent = recentEmoji().map((character) => ({ character, name: character }));
    const named = all.groups.map((emoji, at) => ({
      name: panels.message.emojiGroups[at] ?? "",
      emoji: emoji.map(nameOf),
    }));
    return recent.length === 0 ? named : [{ name: panels.message.emojiRecent, emoji: recent }, ...named];
  });

  const pick = (character: string): void => {
    usedEmoji(character);
    props.onPick(character);
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      props.onClose();
      return;
    }
    const buttons = [...grid.querySelectorAll<HTMLButtonElement>("button")];
    const inSearch = event.target === search;
    if (inSearch && event.key === "Enter") {
      event.preventDefault();
      const first = buttons[0];
      if (first !== undefined) pick(first.dataset["emoji"] ?? "");
      return;
    }
    if (inSearch) {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        buttons[0]?.focus();
      }
      return;
    }
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const here = buttons[at];
    if (here === undefined) return;
    const forward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
    let to: HTMLElement | undefined;
    if (event.key === "ArrowRight") to = buttons[at + forward];
    else if (event.key === "ArrowLeft") to = buttons[at - forward];
    else if (event.key === "ArrowDown") to = nearest(buttons, here, 1);
    else if (event.key === "ArrowUp") to = nearest(buttons, here, -1) ?? search;
    else return;
    event.preventDefault();
    to?.focus();
  };

  return (
    <div class={styles["picker"]} role="dialog" aria-label={t.timeline.emoji} onKeyDown={keyDown}>
      <input
        ref={search}
        type="search"
        class={styles["search"]}
        placeholder={panels.message.emojiSearch}
        aria-label={panels.message.emojiSearch}
        value={typed()}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <div class={styles["grid"]} ref={grid}>
        <For
          each={groups()}
          fallback={
            <Show when={table() !== undefined}>
              <p class={styles["none"]}>{panels.message.emojiNone}</p>
            </Show>
          }
        >
          {(group) => (
            <section class={styles["group"]} aria-label={group.name || t.timeline.emoji}>
              <Show when={group.name !== ""}>
                <h3 class={styles["name"]}>{group.name}</h3>
              </Show>
              <div class={styles["cells"]}>
                <For each={group.emoji}>
                  {(emoji) => (
                    <button
                      type="button"
                      class={styles["cell"]}
                      tabIndex={-1}
                      data-emoji={emoji.character}
                      aria-label={emoji.name}
                      title={emoji.name}
                      onClick={() => pick(emoji.character)}
                    >
                      {emoji.character}
                    </button>
                  )}
                </For>
              </div>
            </section>
          )}
        </For>
      </div>
    </div>
  );
}

/** The cell nearest to `from` in the row before or after it. */
function nearest(cells: readonly HTMLElement[], from: HTMLElement, direction: 1 | -1): HTMLElement | undefined {
  const { left, top } = from.getBoundingClientRect();
  const at = cells.indexOf(from as HTMLButtonElement);
  let best: { cell: HTMLElement; far: number } | undefined;
  let row: number | undefined;
  for (let next = at + direction; next >= 0 && next < cells.length; next += direction) {
    const cell = cells[next];
    if (cell === undefined) break;
    const box = cell.getBoundingClientRect();
    if (Math.abs(box.top - top) < 2) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 2) break;
    const far = Math.abs(box.left - left);
    if (best === undefined || far < best.far) best = { cell, far };
  }
  return best?.cell;
}
