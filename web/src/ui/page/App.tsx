/** Which of its faces the page shows: the way in, or the rooms; and what lies over it. */
import { createEffect, createSignal, type JSX, Match, on, Show, Switch } from "solid-js";
import { askForUpdate } from "../../platform/serviceWorker";
import { engine, useConnection, useMe, useServer } from "../../state";
import { t } from "../../text";
import type { Entered } from "../entry/admission";
import { Entry } from "../entry/Entry";
import { Wordmark } from "../entry/Wordmark";
import { ConnectionBanner } from "../notices/ConnectionBanner";
import { Toasts, tell } from "../parts";
import { openNew, openRoom } from "../places/currentRoom";
import { navigate, route } from "../places/router";
import { Panels } from "./Panels";
import { Shell } from "./Shell";

const LOBBY = "lobby";

/** Open the room that an invitation leads to, beside the lobby, which is for whoever is in no room yet. */
async function land(invited: string): Promise<void> {
  if (!engine.rooms().some((room) => room.joined && room.kind !== "direct")) {
    const lobby = await engine.join(LOBBY);
    if (lobby.ok && !invited && route().place.at === "home") {
      openRoom({ id: lobby.value, name: LOBBY, kind: "public" });
    }
  }
  if (!invited) return;
  const answer = await engine.join(invited);
  if (answer.ok) openNew(answer.value);
}

export function App(): JSX.Element {
  const connection = useConnection();
  const me = useMe();
  const code = (): string => {
    const { place } = route();
    return place.at === "join" ? place.code : "";
  };
  /** Somebody has just come in, and is to land somewhere. */
  const [entered, setEntered] = createSignal<Entered | null>(null);
  const isOut = (): boolean => connection().state === "out";

  createEffect(
    on([() => connection().state, entered, me], ([state, coming, now]) => {
      if (state !== "online" || !now) return;
      if (coming) {
        setEntered(null);
        if (code()) navigate("/", { replace: true });
        if (coming.isNew && coming.role === "owner") tell(t.shell.entry.ownerNow);
        void land(coming.room);
      } else if (code() && now.role !== "guest") {
        navigate("/", { replace: true });
        tell(t.shell.entry.already(now.name));
      }
    }),
  );

  // A server that calls itself by another version has brought another page.
  const server = useServer();
  createEffect(
    on(
      () => server()?.name,
      (now, before) => {
        if (before !== undefined && now !== undefined && now !== before) askForUpdate();
      },
    ),
  );

  return (
    <>
      <Switch fallback={<Reaching />}>
        <Match when={isOut() || (code() && me()?.role === "guest")}>
          <Entry code={code()} onEntered={setEntered} />
        </Match>
        {/* Nothing of one person's screen is left when somebody else is in. */}
        <Match when={me()?.id} keyed>
          {(_) => (
            <>
              <Shell />
              <Panels />
            </>
          )}
        </Match>
      </Switch>
      <Toasts />
    </>
  );
}

/** Nobody is known yet, and the server has not answered. It says so only where that takes long. */
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
