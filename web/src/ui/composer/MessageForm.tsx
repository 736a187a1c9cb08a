/** The field one writes in, and its keys. */
import { createEffect, createSignal, type JSX, lazy, on, onCleanup, onMount, Show, Suspense, untrack } from "solid-js";
import { usedEmoji } from "../../emoji/recent";
import { engine } from "../../state";
import type { Room, RoomId } from "../../sync/types";
import { t } from "../../text";
import * as icons from "../parts/glyphs";
import { scrollMessages } from "../places/landmarks";
import { useTitle } from "../places/roomTitle";
import { navigate, pathOf } from "../places/router";
import styles from "./Composer.module.css";
import { carryOut, read } from "./commands";
import { begun, type Suggestion, spelledEmoji } from "./completion";
import { type Draft, isInFence, makeLink, nextLine, ownMark, toggleMark } from "./format";
import { insertion } from "./insertion";
import { createSize } from "./messageSize";
import { Help, Suggestions } from "./Suggestions";
import { createSuggesting } from "./suggestionSource";
import { keepLastWords, lastWordsIn } from "./unsavedDraft";

const Picker = lazy(() => import("../../emoji/Picker"));

/** So long a name has its place in the empty field, on a phone too. */
const NAME_FITS = 20;

/** So long it is said that something was done, in milliseconds. */
const NOTED = 8_000;

/** Drafts are handed on so often, in milliseconds. */
const DRAFT_PAUSE = 100;

/** A name as it is compared: what a command is about may stand without its mark. */
const unmarked = (text: string): string => text.replace(/^[@#]/, "").toLowerCase();

export function Writing(props: { room: Room; mayModerate: boolean }): JSX.Element {
  const id: RoomId = untrack(() => props.room.id);
  let field!: HTMLTextAreaElement;
  let form!: HTMLFormElement;
  const title = useTitle(() => props.room);
  const [text, setText] = createSignal(lastWordsIn(id) ?? untrack(() => props.room.draft));
  const [cursor, setCursor] = createSignal(0);
  const [note, setNote] = createSignal<string | null>(null);
  const [isHelp, setHelp] = createSignal(false);
  const [isPicking, setPicking] = createSignal(false);
  const [hasFocus, setHasFocus] = createSignal(false);
  const listId = `suggestions-${id}`;

  const size = createSize(text);
  const suggesting = createSuggesting({
    room: () => props.room,
    text,
    cursor,
    hasFocus,
    mayModerate: () => props.mayModerate,
  });

  // The draft.
  let saving: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    clearTimeout(saving);
    saving = undefined;
    engine.setDraft(id, text());
  };
  const keepSoon = (): void => {
    saving ??= setTimeout(keep, DRAFT_PAUSE);
  };
  const leaving = (): void => {
    if (saving !== undefined) keep();
  };
  // What was typed right before a reload: nothing else can be stored in that moment.
  const unloading = (): void => {
    if (touched) keepLastWords(id, text());
    leaving();
  };
  window.addEventListener("pagehide", unloading);
  onCleanup(() => {
    leaving();
    window.removeEventListener("pagehide", unloading);
  });
  // Another tab has written on, or the draft has come from where it is kept: shown where nobody is writing.
  createEffect(
    on(
      () => props.room.draft,
      (draft, before) => {
        if (saving !== undefined || draft === text()) return;
        // Whoever writes here goes on with their own words, unless those are the ones that were changed.
        const isWriting = document.activeElement === field && text() !== before;
        if (isWriting && (text() !== "" || touched)) return;
        // It is kept already: kept again from here it could come back when it is gone there.
        field.value = draft;
        field.setSelectionRange(draft.length, draft.length);
        setText(draft);
        setCursor(draft.length);
        touched = false;
        grow();
      },
      { defer: true },
    ),
  );
  let touched = false;

  const grow = (): void => {
    field.style.height = "auto";
    // An empty field is as high as it is without being measured, for which all the page would be laid out.
    if (field.value !== "") field.style.height = `${field.scrollHeight + 2}px`;
  };
  onMount(() => {
    if (lastWordsIn(id) !== null) {
      keepLastWords(id, null);
      touched = true;
      keepSoon();
    }
    field.value = text();
    field.setSelectionRange(text().length, text().length);
    grow();
    if (
      matchMedia("(hover: hover)").matches &&
      (document.activeElement === document.body || document.activeElement === null)
    )
      field.focus();
  });

  /** Take over a change that was not typed. The browser's undo knows of it where it can. */
  const change = (draft: Draft): void => {
    field.focus();
    const old = field.value;
    let from = 0;
    while (from < old.length && from < draft.text.length && old[from] === draft.text[from]) from += 1;
    let end = 0;
    while (
      end < old.length - from &&
      end < draft.text.length - from &&
      old[old.length - 1 - end] === draft.text[draft.text.length - 1 - end]
    )
      end += 1;
    field.setSelectionRange(from, old.length - end);
    const part = draft.text.slice(from, draft.text.length - end);
    const isDone =
      from === old.length - end && part === ""
        ? true
        : document.execCommand(part === "" ? "delete" : "insertText", false, part);
    if (!isDone || field.value !== draft.text) field.value = draft.text;
    field.setSelectionRange(draft.start, draft.end);
    typed();
  };
  const typed = (): void => {
    touched = true;
    setText(field.value);
    setCursor(field.selectionStart);
    grow();
    keepSoon();
  };
  const current = (): Draft => ({ text: field.value, start: field.selectionStart, end: field.selectionEnd });
  const insert = (piece: string): void => {
    const { text: old, start, end } = current();
    change({
      text: old.slice(0, start) + piece + old.slice(end),
      start: start + piece.length,
      end: start + piece.length,
    });
  };
  createEffect(
    on(
      insertion,
      (asked) => {
        if (asked === null || asked.room !== id) return;
        if (!asked.before) {
          const { text: old, start } = current();
          insert((start > 0 && !/\s$/.test(old.slice(0, start)) ? " " : "") + asked.text);
          return;
        }
        const old = field.value;
        const made = asked.text + old;
        change({ text: made, start: made.length, end: made.length });
      },
      { defer: true },
    ),
  );

  const complete = (suggestion: Suggestion): void => {
    const now = suggesting.beginning();
    if (now === null) return;
    if (now.is === "emoji") usedEmoji(suggestion.key);
    const old = field.value;
    const rest = old.slice(now.to);
    const piece = rest.startsWith(" ") ? suggestion.text.trimEnd() : suggestion.text;
    const at = now.from + piece.length + (rest.startsWith(" ") ? 1 : 0);
    change({ text: old.slice(0, now.from) + piece + rest, start: at, end: at });
    suggesting.dismiss({ from: now.from, text: piece.trimEnd() });
  };

  // Sending.
  const touch = matchMedia("(pointer: coarse) and (not (any-pointer: fine))");
  const isPhone = (): boolean => touch.matches;
  const send = async (): Promise<void> => {
    const value = field.value;
    if (value.trim() === "") return;
    if (size.problem() !== null) return;
    const reading = read(value.replace(/\s+$/, ""));
    setHelp(false);
    if (reading.is === "problem") {
      setNote(reading.sentence);
      return;
    }
    if (reading.is === "text") {
      // The first line keeps its indentation: it may be code.
      engine.send(id, reading.text.replace(/^\s*\n/, "").replace(/\s+$/, ""));
      clear();
      return;
    }
    setNote(null);
    const outcome = await carryOut(engine, id, reading, Date.now());
    if (outcome.help === true) setHelp(true);
    setNote(outcome.sentence);
    // What was done need not be read until one types on: it lies over the messages.
    if (outcome.done && outcome.sentence !== null)
      setTimeout(() => note() === outcome.sentence && setNote(null), NOTED);
    if (outcome.done && field.value === value) clear(outcome.sentence);
    const next = outcome.room === undefined ? undefined : engine.room(outcome.room);
    if (next !== undefined) navigate(pathOf(next));
    else if (reading.name === "leave" && outcome.done) navigate("/");
  };
  const clear = (keepNote: string | null = null): void => {
    field.value = "";
    setText("");
    setCursor(0);
    suggesting.dismiss(null);
    setNote(keepNote);
    touched = true;
    grow();
    keep();
  };

  /** An emoji typed in full becomes one, but in code. */
  const spelled = async (): Promise<void> => {
    const code = spelledEmoji(field.value, field.selectionStart);
    if (code === null || isInFence(field.value, field.selectionStart)) return;
    const character = (await (await import("../../emoji/table")).emojiTable("en")).of(code);
    const at = field.selectionStart;
    // One may have typed on while the table came.
    const from = field.value.lastIndexOf(`:${code}:`, at - code.length - 2);
    if (character === undefined || from < 0) return;
    const end = from + code.length + 2;
    const to = at + character.length - code.length - 2;
    change({ text: field.value.slice(0, from) + character + field.value.slice(end), start: to, end: to });
  };
  const paste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (data === null || data.files.length === 0 || data.types.includes("text/plain")) return;
    event.preventDefault();
    setNote(t.timeline.noFiles);
  };

  /** Where the line begins whose mark was put by itself last. */
  let begunLine = -1;
  let typingTold = 0;
  const input = (event: Event): void => {
    typed();
    setNote(null);
    setHelp(false);
    const own = (event as InputEvent).data === " " && begunLine >= 0 ? ownMark(current(), begunLine) : null;
    if (own !== null) change(own);
    if (!(event as InputEvent).isComposing) void spelled();
    if (
      suggesting.dismissed() !== null &&
      begun(field.value, field.selectionStart)?.from !== suggesting.dismissed()?.from
    )
      suggesting.dismiss(null);
    if (Date.now() - typingTold > 3000 && field.value.trim() !== "" && !field.value.startsWith("/")) {
      typingTold = Date.now();
      engine.isTyping(id);
    }
  };

  const keyDown = (event: KeyboardEvent): void => {
    // An input method has the keys until it is done; Safari tells it by the code alone.
    if (event.isComposing || event.keyCode === 229) return;
    const list = suggesting.list();
    if (list.length > 0 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const pickNext = (step: number): void => {
        event.preventDefault();
        suggesting.choose((suggesting.chosen() + step + list.length) % list.length);
      };
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        pickNext(event.key === "ArrowDown" ? 1 : -1);
        return;
      }
      const one = list[suggesting.chosen()];
      // What is typed in full already needs no completing: Enter sends.
      const isWhole =
        one !== undefined &&
        unmarked(one.text.trim()) ===
          unmarked(field.value.slice(suggesting.beginning()?.from ?? 0, suggesting.beginning()?.to));
      // A room that is joined by its name need not be there yet: only who has chosen one means it.
      const now = suggesting.beginning();
      const mayBeNew = now?.is === "room" && now.ofCommand === true && suggesting.chosen() === 0;
      const isTaken = event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !isWhole && !mayBeNew);
      if (one !== undefined && isTaken) {
        event.preventDefault();
        complete(one);
        return;
      }
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        suggesting.dismiss(now === null ? null : { from: now.from, text: field.value.slice(now.from, now.to) });
        return;
      }
    }
    if (event.key === "Escape" && (note() !== null || isHelp())) {
      event.preventDefault();
      event.stopPropagation();
      setNote(null);
      setHelp(false);
      return;
    }
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (isPlain && /^Page(Up|Down)$/.test(event.key) && field.scrollHeight <= field.clientHeight) {
      event.preventDefault();
      scrollMessages(event.key === "PageUp" ? -1 : 1);
      return;
    }
    if (event.key === "Enter" && !event.altKey) {
      const isSending =
        event.ctrlKey ||
        event.metaKey ||
        (!event.shiftKey && !isPhone() && !isInFence(field.value, field.selectionStart));
      if (isSending) {
        event.preventDefault();
        void send();
        return;
      }
      const next = nextLine(current());
      if (next !== null) {
        event.preventDefault();
        change(next);
        begunLine = next.text.lastIndexOf("\n", next.start - 1) + 1;
      }
      return;
    }
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const made =
      key === "b" && !event.shiftKey
        ? toggleMark(current(), "**")
        : key === "i" && !event.shiftKey
          ? toggleMark(current(), "*")
          : key === "e" && !event.shiftKey
            ? toggleMark(current(), "`")
            : key === "x" && event.shiftKey
              ? toggleMark(current(), "~~")
              : key === "k" && event.shiftKey
                ? makeLink(current())
                : null;
    if (made === null) return;
    event.preventDefault();
    event.stopPropagation();
    change(made);
  };
  const moved = (): void => {
    setCursor(field.selectionStart);
  };
  document.addEventListener("selectionchange", moved);
  onCleanup(() => document.removeEventListener("selectionchange", moved));

  // The picker goes where the focus goes.
  createEffect(() => {
    if (!isPicking()) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !form.contains(event.target)) setPicking(false);
    };
    document.addEventListener("pointerdown", outside);
    onCleanup(() => document.removeEventListener("pointerdown", outside));
  });

  const label = (): string =>
    props.room.kind === "direct" ? t.timeline.placeholderDirect(title()) : t.timeline.placeholder(title());
  // A field can't end what is too long for it with dots.
  const placeholder = (): string => (title().length > NAME_FITS ? t.timeline.placeholderShort : label());
  const isOpen = (): boolean => suggesting.list().length > 0;

  return (
    <form
      ref={form}
      class={styles["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
        // Who sent it with the button goes on writing; a keyboard on the screen that was not there does not come by it.
        if (!isPhone()) field.focus();
      }}
    >
      <Show when={isOpen()}>
        <Suggestions
          id={listId}
          list={suggesting.list()}
          chosen={suggesting.chosen()}
          onChoose={suggesting.choose}
          onTake={complete}
        />
      </Show>
      <Show when={isHelp()}>
        <Help />
      </Show>
      <Show when={isPicking()}>
        <div class={styles["picker"]}>
          <Suspense>
            <Picker
              onPick={(character) => {
                setPicking(false);
                insert(character);
              }}
              onClose={() => {
                setPicking(false);
                field.focus();
              }}
            />
          </Suspense>
        </div>
      </Show>
      <div class={styles["box"]} classList={{ [styles["over"] ?? ""]: size.problem() !== null }}>
        <textarea
          ref={field}
          class={styles["field"]}
          rows={1}
          dir="auto"
          placeholder={placeholder()}
          aria-label={label()}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-controls={isOpen() ? listId : undefined}
          aria-activedescendant={isOpen() ? `${listId}-${suggesting.chosen()}` : undefined}
          enterkeyhint={isPhone() ? "enter" : "send"}
          autocapitalize="sentences"
          spellcheck={true}
          onInput={input}
          onPaste={paste}
          onKeyDown={keyDown}
          onFocus={() => setHasFocus(true)}
          onBlur={() => setHasFocus(false)}
        />
        <div class={styles["buttons"]}>
          <button
            type="button"
            class={styles["button"]}
            aria-label={t.timeline.emoji}
            title={t.timeline.emoji}
            aria-expanded={isPicking()}
            onClick={() => setPicking(!isPicking())}
          >
            <icons.Smile />
          </button>
          <button
            type="submit"
            class={styles["button"]}
            classList={{ [styles["ready"] ?? ""]: text().trim() !== "" && size.problem() === null }}
            aria-label={t.timeline.send}
            title={t.timeline.send}
            aria-disabled={text().trim() === "" || size.problem() !== null}
            // The field keeps the focus, and with it the keyboard on the screen.
            onMouseDown={(event) => event.preventDefault()}
          >
            <icons.Send />
          </button>
        </div>
      </div>
      <div class={styles["foot"]}>
        <span class={styles["note"]} role="status">
          {note() ?? size.problem() ?? ""}
        </span>
        <Show when={size.left() !== null}>
          <span class={styles["count"]}>{t.timeline.charactersLeft(size.left() ?? 0)}</span>
        </Show>
      </div>
    </form>
  );
}
