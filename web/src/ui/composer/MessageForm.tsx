/** The form in which the user writes messages. */
import { createEffect, createSignal, type JSX, Match, on, onCleanup, Show, Switch, untrack } from "solid-js";
import { plainText } from "../../markdown";
import { isVisible } from "../../sync/normalized";
import type { Room } from "../../sync/types";
import { t } from "../../text";
import { Icon, loadPart, PartFailure, PartLoading } from "../parts";
import { useTitle } from "../places/roomTitle";
import styles from "./Composer.module.css";
import { createDraft, type Draft } from "./draft";
import { pickerModule } from "./emojiModules";
import { composerClosed, composerOpened, insertion } from "./insertion";
import { type Intent, intent, setIntent } from "./intent";
import { createKeyboard, isTouchOnly } from "./keyboard";
import { createMessageSize } from "./messageSize";
import { CommandHelp, SuggestionList } from "./SuggestionList";
import { createSending } from "./sending";
import { createSuggestions } from "./suggestionState";
import type { TextField } from "./textField";

/** The most characters of a room's title with which the placeholder fits into the field on a phone. */
const TITLE_FITS = 20;

/** Insert the texts that other parts of the page send to this composer (insertion.ts). */
function takeInsertions(room: number, { field, save }: Draft): void {
  composerOpened(room);
  onCleanup(() => composerClosed(room));
  createEffect(
    on(
      insertion,
      (asked) => {
        if (asked === null || asked.room !== room) return;
        const { text, start } = field.current();
        if (asked.before) {
          const whole = text === "" ? asked.text : asked.text + asked.separator + text;
          field.edit({ text: whole, start: whole.length, end: whole.length });
          save();
        } else field.insert((start > 0 && !/\s$/.test(text.slice(0, start)) ? " " : "") + asked.text);
      },
      { defer: true },
    ),
  );
}

/** Lend the field to the message that the user edits, and give it the focus. */
function followIntent(room: number, draft: Draft): void {
  createEffect(
    on(
      intent,
      (now) => {
        if (now === null || now.room !== room) {
          draft.giveBack();
          return;
        }
        if (now.is === "reply") draft.giveBack();
        else draft.lend(now.text);
        // The menu in which this was chosen gives the focus back to its row first.
        queueMicrotask(() => draft.field.element().focus());
      },
      { defer: true },
    ),
  );
  onCleanup(() => setIntent(null));
}

/** What the composer is used for, above the field. */
function IntentBar(props: { now: Intent }): JSX.Element {
  return (
    <div class={styles["intent"]}>
      <Icon name={props.now.is === "reply" ? "reply" : "edit"} size={14} />
      <Show when={props.now.is === "reply" ? props.now : null} fallback={<span>{t.timeline.editing}</span>}>
        {(reply) => (
          <>
            <span>{t.timeline.answers(reply().name)}</span>
            <bdi class={styles["words"]}>{plainText(reply().text, 80)}</bdi>
          </>
        )}
      </Show>
      <button
        type="button"
        class={styles["cancel"]}
        aria-label={t.timeline.cancelIntent}
        title={`${t.timeline.cancelIntent} (Esc)`}
        onClick={() => setIntent(null)}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}

export function MessageForm(props: { room: Room; mayModerate: boolean }): JSX.Element {
  const id = untrack(() => props.room.id);
  const room = (): Room => props.room;
  let form!: HTMLFormElement;
  const title = useTitle(room);
  const [isPicking, setPicking] = createSignal(false);
  const [hasFocus, setHasFocus] = createSignal(false);

  const draft = createDraft(room);
  const { field } = draft;
  const size = createMessageSize(field.text);
  const suggestions = createSuggestions({ room, field, hasFocus, mayModerate: () => props.mayModerate });
  const sending = createSending(id, draft, () => size.problem() === null, suggestions.reset);
  const keyboard = createKeyboard(id, field, suggestions, sending);
  takeInsertions(id, draft);
  followIntent(id, draft);
  document.addEventListener("selectionchange", field.moved);
  onCleanup(() => document.removeEventListener("selectionchange", field.moved));

  const paste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (data === null || data.files.length === 0 || data.types.includes("text/plain")) return;
    event.preventDefault();
    sending.setNote(t.timeline.noFiles);
  };
  const listId = `suggestions-${id}`;
  const isOpen = (): boolean => suggestions.list().length > 0;
  const isReady = (): boolean => isVisible(field.text()) && size.problem() === null;
  const label = (): string =>
    props.room.kind === "direct" ? t.timeline.placeholderDirect(title()) : t.timeline.placeholder(title());

  return (
    <form
      ref={form}
      class={styles["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        void sending.send();
        // On touch screens, focus would open the keyboard.
        if (!isTouchOnly()) field.element().focus();
      }}
    >
      <Show when={isOpen()}>
        <SuggestionList
          id={listId}
          list={suggestions.list()}
          chosen={suggestions.selected()}
          onChoose={suggestions.select}
          onTake={suggestions.complete}
        />
      </Show>
      <Show when={sending.isHelp()}>
        <CommandHelp />
      </Show>
      <Show when={isPicking()}>
        <EmojiPicker form={form} field={field} onClose={() => setPicking(false)} />
      </Show>
      <Show when={intent()?.room === id ? intent() : null}>{(now) => <IntentBar now={now()} />}</Show>
      <div class={styles["box"]} classList={{ [styles["over"] ?? ""]: size.problem() !== null }}>
        <textarea
          ref={field.attach}
          class={styles["field"]}
          rows={1}
          dir="auto"
          // A placeholder that is too long would be cut off without an ellipsis.
          placeholder={title().length > TITLE_FITS ? t.timeline.placeholderShort : label()}
          aria-label={label()}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-controls={isOpen() ? listId : undefined}
          aria-activedescendant={isOpen() ? `${listId}-${suggestions.selected()}` : undefined}
          enterkeyhint={isTouchOnly() ? "enter" : "send"}
          autocapitalize="sentences"
          spellcheck={true}
          onInput={keyboard.onInput}
          onPaste={paste}
          onKeyDown={keyboard.onKeyDown}
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
            <Icon name="smile" />
          </button>
          <button
            type="submit"
            class={styles["button"]}
            classList={{ [styles["ready"] ?? ""]: isReady() }}
            aria-label={t.timeline.send}
            title={t.timeline.send}
            aria-disabled={!isReady()}
            // The press must not take the focus from the field, which would close a phone's keyboard.
            onMouseDown={(event) => event.preventDefault()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
      <div class={styles["foot"]}>
        <span class={styles["note"]} role="status">
          {sending.note() ?? size.problem() ?? ""}
        </span>
        <Show when={size.left() !== null}>
          <span class={styles["count"]}>{t.timeline.charactersLeft(size.left() ?? 0)}</span>
        </Show>
      </div>
    </form>
  );
}

/** The emoji picker over the form. A click outside of the form closes it. */
function EmojiPicker(props: { form: HTMLFormElement; field: TextField; onClose: () => void }): JSX.Element {
  const outside = (event: Event): void => {
    if (event.target instanceof Node && !props.form.contains(event.target)) props.onClose();
  };
  const close = (): void => {
    props.onClose();
    props.field.element().focus();
  };
  const part = loadPart(pickerModule);
  document.addEventListener("pointerdown", outside);
  onCleanup(() => document.removeEventListener("pointerdown", outside));
  return (
    <div class={styles["picker"]}>
      <Switch fallback={<PartLoading />}>
        <Match when={part.module()}>
          {(module) => {
            const Picker = module().default;
            return (
              <Picker
                onPick={(character) => {
                  props.onClose();
                  props.field.insert(character);
                }}
                onClose={close}
              />
            );
          }}
        </Match>
        <Match when={part.failure()}>
          {(failure) => <PartFailure failure={failure()} onTryAgain={part.tryAgain} onClose={close} />}
        </Match>
      </Switch>
    </div>
  );
}
