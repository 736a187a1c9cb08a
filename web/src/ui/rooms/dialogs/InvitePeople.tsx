import { createSignal, type JSX, Show } from "solid-js";
import { invitations } from "../../../api/invitations";
import { engine, useMe, useMembers, useRoom } from "../../../state";
import type { RoomId, UserId } from "../../../sync/types";
import { sentence } from "../../../text";
import { panels } from "../../../text/panels";
import { ways } from "../../../text/ways";
import { Button, Dialog, showToast } from "../../parts";
import { Select } from "../../parts/choices";
import { endOf, linkDurations, usesOptions } from "../../parts/durations";
import { QrCode } from "../../parts/QrCode";
import { Secret } from "../../parts/Secret";
import { closePanel } from "../../places/router";
import styles from "./dialogs.module.css";
import { PeoplePicker, type PickablePerson } from "./PeoplePicker";

const USES = [1, 5, 25, 0] as const;

export function InvitePeople(props: { room: RoomId | null }): JSX.Element {
  const room = useRoom(() => props.room);
  const [chosen, setChosen] = createSignal<readonly PickablePerson[]>([]);
  const [problem, setProblem] = createSignal("");
  const [term, setTerm] = createSignal("604800");
  const [uses, setUses] = createSignal("1");
  const [link, setLink] = createSignal("");
  const [linkProblem, setLinkProblem] = createSignal("");
  const [invited, setInvited] = createSignal<ReadonlySet<UserId>>(new Set());
  const me = useMe();
  const members = useMembers(() => props.room);
  /** Invite the chosen people one after the other. If the server refuses one, stop, show the problem, and keep the rest chosen. */
  const invite = async (): Promise<void> => {
    const id = props.room;
    if (id === null) return;
    const names: string[] = [];
    for (const user of chosen()) {
      const answer = await engine.moderate(id, { action: "invite", whom: user.name });
      if (!answer.ok) {
        setProblem(sentence(answer.problem));
        break;
      }
      names.push(user.display || user.name);
      setInvited(new Set([...invited(), user.id]));
      setChosen(chosen().filter((each) => each !== user));
    }
    if (names.length > 0) showToast(panels.invite.done(names));
  };
  const make = async (): Promise<void> => {
    const id = props.room;
    if (id === null) return;
    const answer = await invitations.make({ uses: Number(uses()), until: endOf(term()), room: id });
    if (answer.ok) setLink(answer.value.url);
    else setLinkProblem(sentence(answer.problem));
  };
  return (
    <Show when={room()}>
      {(now) => (
        <Dialog title={panels.invite.title(now().name)} onClose={closePanel}>
          <div class={styles.parts}>
            <div class={styles.choosing}>
              <PeoplePicker
                label={panels.invite.byName}
                hint={panels.invite.byNameHint}
                problem={problem()}
                chosen={chosen()}
                onChosen={(people) => {
                  setChosen(people);
                  setProblem("");
                }}
                without={(user) => invited().has(user) || (members()?.some((member) => member.id === user) ?? false)}
                isEnough={chosen().length > 0}
                onEnter={() => void invite()}
              />
              <div>
                <Button look="primary" disabled={chosen().length === 0} onClick={() => void invite()}>
                  {panels.invite.send}
                </Button>
              </div>
            </div>
            <section class={styles.part}>
              <h3>{panels.invite.byLink}</h3>
              <p class={styles.note}>
                {me()?.role === "guest" ? panels.invite.linkNeedsAccount : panels.invite.linkText}
              </p>
              <Show
                when={link() || me()?.role === "guest"}
                fallback={
                  <>
                    <div class={styles.pair}>
                      <Select label={panels.invite.uses} value={uses()} onPick={setUses} options={usesOptions(USES)} />
                      <Select label={panels.invite.expires} value={term()} onPick={setTerm} options={linkDurations()} />
                    </div>
                    <Show when={linkProblem()}>
                      <p role="alert" class={styles.problem}>
                        {linkProblem()}
                      </p>
                    </Show>
                    <div>
                      <Button icon="link" onClick={() => void make()}>
                        {panels.invite.make}
                      </Button>
                    </div>
                  </>
                }
              >
                <Show when={link()}>
                  <Secret label={panels.invite.link} hint={panels.invite.once} value={link()} />
                  <QrCode text={link()} label={ways().code} />
                </Show>
              </Show>
            </section>
          </div>
        </Dialog>
      )}
    </Show>
  );
}
