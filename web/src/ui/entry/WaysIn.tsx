/** Shows how others get into the server: by its address or an invitation link, with a QR code; or why nobody can. */
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { invitations } from "../../api/invitations";
import type { ServerInfo } from "../../api/types";
import type { RoomId, ServerRole } from "../../sync/types";
import { sentence, t } from "../../text";
import { panels } from "../../text/panels";
import { ways } from "../../text/ways";
import { Button, copyAndTell, Field } from "../parts";
import { QrCode } from "../parts/QrCode";
import { Secret } from "../parts/Secret";
import styles from "./WaysIn.module.css";
import { LISTEN_FLAGS, type WayIn, wayIn } from "./wayIn";

/** How many people can use a link that is made here, and for how many milliseconds. Keep the text `linkGood` in agreement. */
const LINK_USES = 25;
const LINK_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

export function WaysIn(props: {
  info: ServerInfo;
  /** The user's role on the server. */
  as: ServerRole;
  /** The room to which the link leads. Without it, the lobby; only owners and admins of the server can make such links. */
  room?: RoomId;
}): JSX.Element {
  const way = createMemo(() => wayIn(props.info, props.as, location.origin));
  const wayBy = <By extends WayIn["by"]>(by: By): Extract<WayIn, { by: By }> | null => {
    const now = way();
    return now.by === by ? (now as Extract<WayIn, { by: By }>) : null;
  };
  return (
    <Switch>
      <Match when={way().by === "nothing"}>
        <p>{ways().local}</p>
        <Copied label={ways().flags} text={LISTEN_FLAGS} />
      </Match>
      <Match when={wayBy("address")}>
        {(now) => (
          <div class={styles.ways}>
            <div class={styles.words}>
              <p>{ways().address}</p>
              <Copied label={ways().addressLabel} text={now().url} />
              <p class={styles.note}>
                {ways().terminal}{" "}
                <For each={now().commands}>
                  {(command) => (
                    <>
                      <code dir="ltr">{command}</code>{" "}
                    </>
                  )}
                </For>
              </p>
            </div>
            <QrCode text={now().url} label={ways().code} />
          </div>
        )}
      </Match>
      <Match when={wayBy("link")}>
        {(now) => (
          <>
            <Show when={now().openFirst}>
              <p>{ways().openFirst}</p>
              <Copied label={ways().addressLabel} text={now().openFirst} />
            </Show>
            <InvitationLink {...(props.room === undefined ? {} : { room: props.room })} />
          </>
        )}
      </Match>
      <Match when={way().by === "asking"}>
        <p>{ways().ask}</p>
      </Match>
    </Switch>
  );
}

/** A field that shows a text, with a copy button. For secrets there is `Secret`. */
function Copied(props: { label: string; text: string }): JSX.Element {
  return (
    <Field
      label={props.label}
      bare
      readonly
      dir="ltr"
      value={props.text}
      onFocus={(event) => event.currentTarget.select()}
      after={
        <Button icon="copy" onClick={() => void copyAndTell(props.text)}>
          {t.shell.copy}
        </Button>
      }
    />
  );
}

function InvitationLink(props: { room?: RoomId }): JSX.Element {
  const [url, setUrl] = createSignal("");
  const [problem, setProblem] = createSignal("");
  const [isBusy, setIsBusy] = createSignal(false);
  const make = async (): Promise<void> => {
    setIsBusy(true);
    const room = props.room === undefined ? {} : { room: props.room };
    const answer = await invitations.make({ uses: LINK_USES, until: Date.now() + LINK_MILLISECONDS, ...room });
    setIsBusy(false);
    if (answer.ok) setUrl(answer.value.url);
    setProblem(answer.ok ? "" : sentence(answer.problem));
  };
  return (
    <Show
      when={url()}
      fallback={
        <>
          <p>{ways().link}</p>
          <p role="alert" class={styles.problem}>
            {problem()}
          </p>
          <div>
            <Button look="primary" icon="link" busy={isBusy()} onClick={() => void make()}>
              {ways().make}
            </Button>
          </div>
        </>
      }
    >
      <div class={styles.ways}>
        <div class={styles.words}>
          <Secret label={panels.invite.link} hint={ways().linkGood} value={url()} />
        </div>
        <QrCode text={url()} label={ways().code} />
      </div>
    </Show>
  );
}
