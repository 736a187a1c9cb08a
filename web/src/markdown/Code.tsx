/** A block of code with its language and a copy button. It has no colours until the highlighter is loaded. */
import { createResource, createSignal, For, type JSX, Show } from "solid-js";
import { copyText } from "../platform/clipboard";
import { lazyModule } from "../platform/lazyModule";
import { isPrinting } from "../platform/printing";
import { t } from "../text";
import styles from "./Code.module.css";
import type { Piece } from "./highlight";

/** Blocks with more lines than LONG are cut to FOLDED lines until they are expanded. */
const LONG = 24;
const FOLDED = 16;

const highlighter = lazyModule(() => import("./highlight"));

/** The code in pieces by the kind of token; null if the language is unknown, or the highlighter can not be loaded. */
async function coloured(code: string, language: string): Promise<readonly Piece[] | null> {
  try {
    return (await highlighter()).highlight(code, language);
  } catch {
    return null;
  }
}

export function Code(props: { text: string; language: string }): JSX.Element {
  const lines = (): string[] => props.text.split("\n");
  const isLong = (): boolean => lines().length > LONG;
  const [isOpen, setOpen] = createSignal(false);
  const [isCopied, setCopied] = createSignal(false);
  // Print all lines.
  const isCut = (): boolean => isLong() && !isOpen() && !isPrinting();
  const shown = (): string => (isCut() ? lines().slice(0, FOLDED).join("\n") : props.text);
  const [pieces] = createResource(
    () => (props.language === "" ? null : ([shown(), props.language] as const)),
    ([code, language]) => coloured(code, language),
  );
  const copy = async (): Promise<void> => {
    if (!(await copyText(props.text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <figure class={styles["code"]} aria-label={props.language ? t.timeline.codeIn(props.language) : t.timeline.code}>
      <figcaption class={styles["head"]} classList={{ [styles["bare"] ?? ""]: props.language === "" }}>
        <span class={styles["language"]}>{props.language}</span>
        <button type="button" class={styles["copy"]} onClick={() => void copy()}>
          {isCopied() ? t.timeline.copied : t.timeline.copyCode}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys */}
      <pre class={styles["text"]} tabIndex={0} dir="ltr">
        <code>
          <Show when={pieces.latest} fallback={shown()}>
            {(known) => <For each={known()}>{(piece) => <span class={styles[piece.tint]}>{piece.text}</span>}</For>}
          </Show>
        </code>
      </pre>
      <Show when={isLong()}>
        <button type="button" class={styles["more"]} aria-expanded={isOpen()} onClick={() => setOpen(!isOpen())}>
          {isOpen() ? t.timeline.showLess : t.timeline.showAll(lines().length)}
        </button>
      </Show>
    </figure>
  );
}
