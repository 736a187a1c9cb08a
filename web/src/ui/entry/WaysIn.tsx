/** Shows how others get into the server: by its address or an invitation link, with a QR code; or why nobody can. */
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from "solid-js";
import { invitations } from "../../api/invitations";
import type { ServerInfo } from "../../api/types";
import type { RoomId, ServerRole } from "../../sync/types";
import { sentence, t } from "../../text";
import { Button, copyAndTell, Field } from "../parts";
import { endOf } from "../parts/durations";
import { QrCode } from "../parts/QrCode";
import { Secret } from "../parts/Secret";
import styles from "./WaysIn.module.css";
import { LISTEN_FLAGS, type WayIn, wayIn } from "./wayIn";

/** How many people can use a link that is made here, and for how many seconds. Keep the text `linkGood` in agreement. */
const LINK_USES = 25;
const LINK_SECONDS = "604800";

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
        <p>{t.shell.ways.local}</p>
        <Copied label={t.shell.ways.flags} text={LISTEN_FLAGS} />
      </Match>
      <Match when={wayBy("address")}>
        {(now) => (
          <div class={styles.ways}>
            <div class={styles.words}>
              <p>{t.shell.ways.address}</p>
              <Copied label={t.shell.ways.addressLabel} text={now().url} />
              <p class={styles.note}>
                {t.shell.ways.terminal}{" "}
                <For each={now().commands}>
                  {(command) => (
                    <>
                      <code dir="ltr">{command}</code>{" "}
                    </>
                  )}
                </For>
              </p>
            </div>
            <QrCode text={now().url} label={t.shell.ways.code} />
          </div>
        )}
      </Match>
      <Match when={wayBy("link")}>
        {(now) => (
          <>
            <Show when={now().openFirst}>
              <p>{t.shell.ways.openFirst}</p>
              <Copied label={t.shell.ways.addressLabel} text={now().openFirst} />
            </Show>
            <InvitationLink {...(props.room === undefined ? {} : { room: props.room })} />
          </>
        )}
      </Match>
      <Match when={way().by === "asking"}>
        <p>{t.shell.ways.ask}</p>
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
    const answer = await invitations.make({ uses: LINK_USES, until: endOf(LINK_SECONDS), ...room });
    setIsBusy(false);
    if (answer.ok) setUrl(answer.value.url);
    setProblem(answer.ok ? "" : sentence(answer.problem));
  };
  return (
    <Show
      when={url()}
      fallback={
        <>
          <p>{t.shell.ways.link}</p>
          <p role="alert" class={styles.problem}>
            {problem()}
          </p>
          <div>
            <Button look="primary" icon="link" busy={isBusy()} onClick={() => void make()}>
              {t.shell.ways.make}
            </Button>
          </div>
        </>
      }
    >
      <div class={styles.ways}>
        <div class={styles.words}>
          <Secret label={t.shell.invite.link} hint={t.shell.ways.linkGood} value={url()} />
        </div>
        <QrCode text={url()} label={t.shell.ways.code} />
      </div>
    </Show>
  );
}
