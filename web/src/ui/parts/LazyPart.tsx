/** Components whose modules are loaded when they are first shown. If loading fails, the user is told, and can try again. */
import { type Accessor, type Component, createSignal, type JSX, Match, onCleanup, onMount, Switch } from "solid-js";
import { isPageReplaced, type LazyModule } from "../../platform/lazyModule";
import { t } from "../../text";
import { Button } from "./Button";
import { Dialog, Holding } from "./Dialog";
import styles from "./LazyPart.module.css";

/** Why a part could not be loaded: the server can not be reached, or it has another version of the page. */
export type LoadFailure = "unreachable" | "replaced";

export interface LoadingPart<T> {
  /** The module; undefined until it is loaded. */
  module: Accessor<T | undefined>;
  failure: Accessor<LoadFailure | null>;
  tryAgain: () => void;
}

/** Load a module for the component that is being created. */
export function loadPart<T>(load: LazyModule<T>): LoadingPart<T> {
  const [module, setModule] = createSignal<T | undefined>(load.loaded);
  const [failure, setFailure] = createSignal<LoadFailure | null>(null);
  let isAlive = true;
  onCleanup(() => {
    isAlive = false;
  });
  const tryAgain = async (): Promise<void> => {
    setFailure(null);
    try {
      const loaded = await load();
      if (isAlive) setModule(() => loaded);
    } catch {
      if (!isAlive) return;
      setFailure("unreachable");
      if ((await isPageReplaced().catch(() => false)) && isAlive && failure() !== null) setFailure("replaced");
    }
  };
  if (module() === undefined) void tryAgain();
  return { module, failure, tryAgain: () => void tryAgain() };
}

const reload = (): void => location.reload();

function FailureText(props: { failure: LoadFailure }): JSX.Element {
  return <p role="alert">{props.failure === "replaced" ? t.shell.parts.replaced : t.shell.parts.unreachable}</p>;
}

function FailureButtons(props: { failure: LoadFailure; onTryAgain: () => void }): JSX.Element {
  const isReplaced = (): boolean => props.failure === "replaced";
  return (
    <>
      <Button look={isReplaced() ? "primary" : "plain"} onClick={reload}>
        {t.shell.connection.updateNow}
      </Button>
      <Button look={isReplaced() ? "plain" : "primary"} onClick={() => props.onTryAgain()}>
        {t.shell.parts.tryAgain}
      </Button>
    </>
  );
}

/** Shown instead of a part of the page, except a dialog, while it is loaded. The text becomes visible only if that takes long. */
export function PartLoading(): JSX.Element {
  return <p class={styles.loading}>{t.shell.loading}</p>;
}

/** Shown instead of a part of the page, except a dialog, that could not be loaded. */
export function PartFailure(props: { failure: LoadFailure; onTryAgain: () => void; onClose: () => void }): JSX.Element {
  let place!: HTMLDivElement;
  onMount(() => place.focus());
  return (
    <div
      ref={place}
      class={styles.failure}
      role="group"
      aria-label={t.shell.parts.failed}
      tabindex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        props.onClose();
      }}
    >
      <FailureText failure={props.failure} />
      <div class={styles.buttons}>
        <Button look="quiet" onClick={() => props.onClose()}>
          {t.shell.close}
        </Button>
        <FailureButtons failure={props.failure} onTryAgain={props.onTryAgain} />
      </div>
    </div>
  );
}

/**
 * Returns a component for a dialog whose module is loaded when it is first opened. While it loads, and if that fails, the
 * component shows another dialog, which says so.
 * @param pick returns the dialog's component from the module.
 */
export function lazyDialog<M, P extends object>(
  load: LazyModule<M>,
  pick: (module: M) => Component<P>,
  onClose: () => void,
): Component<P> {
  return (props) => {
    const part = loadPart(load);
    return (
      <Switch fallback={<Holding onClose={onClose} />}>
        <Match when={part.module()} keyed>
          {(module) => {
            const Panel = pick(module);
            return <Panel {...props} />;
          }}
        </Match>
        <Match when={part.failure()}>
          {(failure) => (
            <Dialog
              title={t.shell.parts.failed}
              onClose={onClose}
              foot={<FailureButtons failure={failure()} onTryAgain={part.tryAgain} />}
            >
              <FailureText failure={failure()} />
            </Dialog>
          )}
        </Match>
      </Switch>
    );
  };
}
