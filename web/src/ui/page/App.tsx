/** The whole page: the entry screen, or the rooms with the panels over them. */
import {
  type Component,
  createEffect,
  createSignal,
  ErrorBoundary,
  type JSX,
  Match,
  on,
  onMount,
  Show,
  Switch,
} from "solid-js";
import { checkPage, serverWasUpdated } from "../../platform/serviceWorker";
import { engine, useConnection, useMe, useServer } from "../../state";
import { loadLanguage, t } from "../../text";
import type { Entered } from "../entry/admission";
import { entryModule } from "../entry/entryModule";
import { Wordmark } from "../entry/Wordmark";
import { waysModule } from "../entry/waysModule";
import { ConnectionBanner } from "../notices/ConnectionBanner";
import { Button, loadPart, PartFailure, showToast, Toasts } from "../parts";
import { openAndWrite, openRoom } from "../places/currentRoom";
import { navigate, route } from "../places/router";
import { Panels } from "./Panels";
import { Shell } from "./Shell";

const LOBBY = "lobby";

/** Called when the user has just come in: join the room of the invitation, and the lobby if the user is in no room yet. */
async function land(invited: string): Promise<void> {
  if (!engine.rooms().some((room) => room.joined && room.kind !== "direct")) {
    const lobby = await engine.join(LOBBY);
    if (lobby.ok && !invited && route().place.at === "home") {
      openRoom({ id: lobby.value, name: LOBBY, kind: "public" });
    }
  }
  if (!invited) return;
  const answer = await engine.join(invited);
  if (answer.ok) openAndWrite(answer.value);
}

export function App(): JSX.Element {
  const connection = useConnection();
  const me = useMe();
  // Nobody is known here: load the entry screen while the first connection is made.
  if (!me()) entryModule().catch(() => undefined);
  const code = (): string => {
    const { place } = route();
    return place.at === "join" ? place.code : "";
  };
  /** The user who has just come in; null when they were brought to a room. */
  const [entered, setEntered] = createSignal<Entered | null>(null);
  /** The screen of the owner's first visit; null at any other time. */
  const [setup, setSetup] = createSignal<Component<{ onDone: () => void }> | null>(null);
  const isOut = (): boolean => connection().state === "out";

  createEffect(
    on([() => connection().state, entered, me], ([state, coming, now]) => {
      if (state !== "online" || !now) return;
      if (coming) {
        setEntered(null);
        if (code()) navigate("/", { replace: true });
        // If the screen can not be loaded, the page goes on without it.
        if (coming.isNew && coming.role === "owner")
          waysModule().then(
            (module) => setSetup(() => module.Setup),
            () => undefined,
          );
        void land(coming.room);
      } else if (code() && now.role !== "guest") {
        navigate("/", { replace: true });
        showToast(t.shell.entry.already(now.name));
      }
    }),
  );

  // If the server has another version than before, it probably has another version of the page as well.
  const server = useServer();
  createEffect(
    on(
      () => server()?.name,
      (now, before) => {
        if (before !== undefined && now !== undefined && now !== before) serverWasUpdated();
      },
    ),
  );

  // After each reconnect: the server may have another build of the page now, and loading the language may have failed before.
  let wasOnline = false;
  createEffect(
    on(
      () => connection().state === "online",
      (isOnline) => {
        if (isOnline) void loadLanguage();
        if (isOnline && wasOnline) void checkPage();
        wasOnline ||= isOnline;
      },
    ),
  );

  return (
    <>
      <ErrorBoundary fallback={(error) => <Broken error={error} />}>
        <Switch fallback={<Reaching />}>
          <Match when={isOut() || (code() && me()?.role === "guest")}>
            <LazyEntry code={code()} onEntered={setEntered} />
          </Match>
          <Match when={setup()} keyed>
            {(Setup) => <Setup onDone={() => setSetup(null)} />}
          </Match>
          {/* `keyed`: for another user all components are created anew. */}
          <Match when={me()?.id} keyed>
            {(_) => (
              <>
                <Shell />
                <Panels />
              </>
            )}
          </Match>
        </Switch>
      </ErrorBoundary>
      <Toasts />
    </>
  );
}

/** The entry screen. Those who are known here never need it, so it is no part of the first load. */
function LazyEntry(props: { code: string; onEntered: (as: Entered) => void }): JSX.Element {
  const part = loadPart(entryModule);
  return (
    <Switch fallback={<Reaching />}>
      <Match when={part.module()} keyed>
        {({ Entry }) => <Entry code={props.code} onEntered={props.onEntered} />}
      </Match>
      <Match when={part.failure()}>
        {(failure) => (
          <main class="cannot-start">
            <h1>{t.shell.appName}</h1>
            <PartFailure failure={failure()} onTryAgain={part.tryAgain} onClose={part.tryAgain} />
          </main>
        )}
      </Match>
    </Switch>
  );
}

/** Shown instead of the page after an error in its code. */
function Broken(props: { error: unknown }): JSX.Element {
  // Report the error to the browser's console, and to tests, which listen for it.
  onMount(() => reportError(props.error));
  return (
    <main class="cannot-start" role="alert">
      <h1>{t.shell.appName}</h1>
      <p>{t.shell.parts.broken}</p>
      <p>
        <code dir="ltr">{String(props.error)}</code>
      </p>
      <Button look="primary" onClick={() => location.reload()}>
        {t.shell.connection.updateNow}
      </Button>
    </main>
  );
}

/** Shown while the first connection is made. The text appears only if that takes long. */
function Reaching(): JSX.Element {
  const connection = useConnection();
  return (
    <main class="reaching">
      <ConnectionBanner />
      <Show when={connection().state !== "starting"}>
        <div class="reaching-words">
          <Wordmark />
          <p>{t.shell.entry.reaching}</p>
        </div>
      </Show>
    </main>
  );
}
