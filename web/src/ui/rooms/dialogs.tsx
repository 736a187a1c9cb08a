/** What is asked before rooms are made, found, left and filled. One file: they are fetched together, when one is needed. */
import { createEffect, createMemo, createSignal, For, type JSX, onMount, Show } from "solid-js";
import { invitations, users } from "../../api";
import { closePanel, navigate } from "../../router";
import { engine, useMe, useMembers, useRoom, useRooms } from "../../state";
import type { Answer, Problem, Room, RoomId, RoomListing } from "../../sync/types";
import { sentence, t } from "../../text";
import { rank } from "../palette/fuzzy";
import {
  Avatar,
  Button,
  Choice,
  Confirm,
  Dialog,
  endOf,
  Field,
  Icon,
  IconButton,
  linkTerms,
  load,
  Select,
  tell,
} from "../parts";
import { isOnlyOwner, useMay } from "../people";
import { currentRoomId, openNew, openRoom } from "./current";
import styles from "./dialogs.module.css";
import { forgetLeft, leftRooms, rememberLeft } from "./left";

export function CreateRoom(props: { name: string }): JSX.Element {
  const [name, setName] = createSignal(props.name);
  const [kind, setKind] = createSignal<"public" | "private">("public");
  const [problem, setProblem] = createSignal<Problem | null>(null);
  const [busy, setBusy] = createSignal(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    const answer = await engine.create(name().trim().replace(/^#/, ""), kind() === "private");
    setBusy(false);
    if (answer.ok) openNew(answer.value);
    else setProblem(answer.problem);
  };
  return (
    <Dialog
      title={t.shell.rooms.createTitle}
      onClose={closePanel}
      foot={
        <>
          <Button look="quiet" onClick={closePanel}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" busy={busy()} onClick={() => void make()}>
            {t.shell.rooms.createButton}
          </Button>
        </>
      }
    >
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Field
          label={t.shell.rooms.createName}
          hint={t.shell.rooms.createNameHint}
          problem={problem() && sentence(problem() as Problem)}
          value={name()}
          onInput={(event) => {
            setName(event.currentTarget.value);
            setProblem(null);
          }}
          maxlength={64}
          autocapitalize="none"
          spellcheck={false}
          data-autofocus=""
        />
        <Choice
          label={t.shell.room.kind}
          value={kind()}
          onPick={setKind}
          options={[
            { value: "public", label: t.shell.rooms.createPublic, hint: t.shell.rooms.createPublicHint },
            { value: "private", label: t.shell.rooms.createPrivate, hint: t.shell.rooms.createPrivateHint },
          ]}
        />
      </form>
    </Dialog>
  );
}

export function BrowseRooms(props: { search: string }): JSX.Element {
  const [search, setSearch] = createSignal(props.search);
  const [problem, setProblem] = createSignal("");
  const me = useMe();
  const rooms = useRooms();
  const listed = load(() => engine.directory());
  /** Private rooms that one has left: the server's list has those only that one is in. */
  const lost = (): readonly RoomListing[] =>
    leftRooms(me()?.id, rooms()).map(({ room, name }) => ({
      id: room,
      name,
      kind: "private",
      topic: t.shell.rooms.leftText,
      members: 0,
      archived: false,
      joined: false,
    }));
  const found = createMemo((): readonly RoomListing[] => {
    const listing = (listed.value() ?? []).filter((room) => room.kind !== "direct");
    const all = [...listing, ...lost().filter((room) => !listing.some((each) => each.id === room.id))];
    const wanted = search().trim();
    if (!wanted) return [...all].sort((a, b) => b.members - a.members || a.name.localeCompare(b.name));
    const folded = wanted.toLocaleLowerCase();
    const byName = rank(wanted, all, (room) => room.name).map((each) => each.item);
    return [
      ...byName,
      ...all.filter((room) => !byName.includes(room) && room.topic.toLocaleLowerCase().includes(folded)),
    ];
  });
  const plain = (): string => search().trim().replace(/^#/, "");
  const unheard = (): boolean =>
    /^[^\s]{1,32}$/.test(plain()) &&
    !(listed.value() ?? []).some((room) => room.name.toLocaleLowerCase() === plain().toLocaleLowerCase());
  const enter = async (room: RoomListing): Promise<void> => {
    if (room.joined) return openRoom(room);
    const answer = await engine.join(room.name, room.id);
    if (answer.ok) openRoom(room);
    else {
      forgetLeft(me()?.id, room.id);
      setProblem(sentence(answer.problem));
    }
  };
  const make = async (): Promise<void> => {
    const answer = await engine.create(plain(), false);
    if (answer.ok) openNew(answer.value);
    else setProblem(sentence(answer.problem));
  };
  return (
    <Dialog title={t.shell.rooms.browseTitle} onClose={closePanel}>
      <div class={styles.browse}>
        <Field
          bare
          type="search"
          label={t.shell.rooms.browseSearch}
          placeholder={t.shell.rooms.browseSearch}
          problem={problem() || listed.problem()}
          value={search()}
          onInput={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = found()[0];
            if (event.key !== "Enter" || !first) return;
            event.preventDefault();
            void enter(first);
          }}
          data-autofocus=""
        />
        <Show when={listed.value() || listed.problem()} fallback={<p class={styles.note}>{t.shell.loading}</p>}>
          <ul class={styles.listing}>
            <For each={found()}>
              {(room) => (
                <li class={styles.listed}>
                  <span class={styles.sign}>
                    <Icon name={room.archived ? "box" : room.kind === "private" ? "lock" : "hash"} />
                  </span>
                  <div class={styles.about}>
                    <p class={styles.heading}>
                      <strong dir="auto">{room.name}</strong>
                      <Show when={room.members > 0}>
                        <small>{t.shell.peopleCount(room.members)}</small>
                      </Show>
                    </p>
                    <Show when={room.topic}>
                      <p class={styles.topic} dir="auto">
                        {room.topic}
                      </p>
                    </Show>
                  </div>
                  <Button
                    look={room.joined ? "quiet" : "plain"}
                    class={room.joined ? (styles.open ?? "") : ""}
                    aria-label={`${room.joined ? t.shell.rooms.open : t.shell.rooms.join} #${room.name}`}
                    onClick={() => void enter(room)}
                  >
                    {room.joined ? t.shell.rooms.open : t.shell.rooms.join}
                  </Button>
                </li>
              )}
            </For>
          </ul>
          <Show when={found().length === 0}>
            <p class={styles.note}>{t.shell.rooms.browseNothing}</p>
          </Show>
          <Show when={unheard()}>
            <Button icon="plus" onClick={() => void make()}>
              {t.shell.rooms.browseMake(plain())}
            </Button>
          </Show>
        </Show>
      </div>
    </Dialog>
  );
}

interface Reachable {
  id: number;
  name: string;
  display: string;
  colour: string;
  online: boolean;
}

/** `from`: a conversation whose people are to be in it, beside those who are added. */
export function NewMessage(props: { from: RoomId | null }): JSX.Element {
  const me = useMe();
  const before = useMembers(() => props.from);
  const everybody = load(() => users.list());
  const known = createMemo((): readonly Reachable[] =>
    (everybody.value() ?? [])
      .filter((user) => user.id !== me()?.id)
      .map((user) => ({
        id: user.id,
        name: user.name,
        online: user.online,
        display: user.profile.display,
        colour: user.profile.colour,
      }))
      .sort((a, b) => Number(b.online) - Number(a.online) || a.name.localeCompare(b.name)),
  );
  const [typed, setTyped] = createSignal("");
  const [chosen, setChosen] = createSignal<readonly Reachable[]>([]);
  let filled = false;
  createEffect(() => {
    const now = before();
    if (!now || filled) return;
    filled = true;
    setChosen(now.filter((member) => member.id !== me()?.id));
  });
  const isSame = (): boolean =>
    before() !== null &&
    chosen().length === (before()?.length ?? 0) - 1 &&
    chosen().every((user) => before()?.some((member) => member.id === user.id));
  const [at, setAt] = createSignal(0);
  const [problem, setProblem] = createSignal("");
  const found = createMemo(() => {
    const left = known().filter((user) => !chosen().some((each) => each.id === user.id));
    const wanted = typed().trim();
    return (
      wanted ? rank(wanted, left, (user) => `${user.name} ${user.display}`).map((each) => each.item) : left
    ).slice(0, 50);
  });
  const add = (user: Reachable | undefined): void => {
    if (!user) return;
    setChosen([...chosen(), user]);
    setTyped("");
    setAt(0);
    setProblem("");
  };
  const start = async (): Promise<void> => {
    const answer = await engine.gather(chosen().map((user) => user.name));
    if (answer.ok) openNew(answer.value);
    else setProblem(sentence(answer.problem));
  };
  const option = (index: number): string => `reachable-${index}`;
  return (
    <Dialog
      title={props.from === null ? t.shell.rooms.newTitle : t.shell.rooms.addPeople}
      onClose={closePanel}
      foot={
        <>
          <Button look="quiet" onClick={closePanel}>
            {t.shell.cancel}
          </Button>
          <Button look="primary" disabled={chosen().length === 0 || isSame()} onClick={() => void start()}>
            {t.shell.rooms.newStart}
          </Button>
        </>
      }
    >
      <div class={styles.browse}>
        <Show when={props.from !== null}>
          <p class={styles.note}>{t.shell.rooms.addPeopleText}</p>
        </Show>
        <Show when={chosen().length > 0}>
          <ul class={styles.chosen}>
            <For each={chosen()}>
              {(user) => (
                <li class={styles.chip}>
                  <span dir="auto">{user.display || user.name}</span>
                  <IconButton
                    icon="close"
                    small
                    label={t.shell.rooms.newRemove(user.name)}
                    onClick={() => setChosen(chosen().filter((each) => each !== user))}
                  />
                </li>
              )}
            </For>
          </ul>
        </Show>
        <Field
          label={t.shell.rooms.newTo}
          hint={t.shell.rooms.newHint}
          problem={problem() || everybody.problem()}
          value={typed()}
          role="combobox"
          aria-expanded={found().length > 0}
          aria-controls="reachable"
          aria-autocomplete="list"
          aria-activedescendant={found().length > 0 ? option(at()) : undefined}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") setAt(Math.min(at() + 1, found().length - 1));
            else if (event.key === "ArrowUp") setAt(Math.max(at() - 1, 0));
            else if (event.key === "Enter") {
              if (typed().trim() || chosen().length === 0 || isSame()) add(found()[at()]);
              else void start();
            } else if (event.key === "Backspace" && !typed()) {
              setChosen(chosen().slice(0, -1));
              return;
            } else return;
            event.preventDefault();
            document.getElementById(option(at()))?.scrollIntoView({ block: "nearest" });
          }}
          autocapitalize="none"
          spellcheck={false}
          data-autofocus=""
        />
        <Show
          when={found().length > 0}
          fallback={
            <p class={styles.note}>
              {!everybody.value() ? t.shell.loading : typed().trim() ? t.shell.rooms.newNobody : ""}
            </p>
          }
        >
          <div id="reachable" role="listbox" aria-label={t.shell.people.title} class={styles.options}>
            <For each={found()}>
              {(user, index) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the field, which names the option that they are about.
                <div
                  tabIndex={-1}
                  id={option(index())}
                  role="option"
                  aria-selected={index() === at()}
                  class={styles.option}
                  onMouseMove={() => setAt(index())}
                  onClick={() => {
                    add(user);
                  }}
                >
                  <Avatar user={user.id} name={user.display || user.name} colour={user.colour} online={user.online} />
                  <strong dir="auto">{user.display || user.name}</strong>
                  <Show when={user.display && user.display !== user.name}>
                    <small dir="auto">{user.name}</small>
                  </Show>
                </div>
              )}
            </For>
          </div>
        </Show>
      </div>
    </Dialog>
  );
}

const USES = [1, 5, 25, 0] as const;

export function InvitePeople(props: { room: RoomId | null }): JSX.Element {
  const room = useRoom(() => props.room);
  const [name, setName] = createSignal("");
  const [problem, setProblem] = createSignal("");
  const [term, setTerm] = createSignal("604800");
  const [uses, setUses] = createSignal("1");
  const [link, setLink] = createSignal("");
  const [linkProblem, setLinkProblem] = createSignal("");
  const everybody = load(() => users.list());
  const members = useMembers(() => props.room);
  const invitable = createMemo(() =>
    (everybody.value() ?? []).filter((user) => !members()?.some((member) => member.id === user.id)),
  );
  const invite = async (): Promise<void> => {
    const id = props.room;
    const whom = name().trim().replace(/^@/, "");
    if (id === null || !whom) return;
    const answer = await engine.moderate(id, { action: "invite", whom });
    if (answer.ok) {
      tell(t.shell.invite.done(whom));
      setName("");
      setProblem("");
    } else setProblem(sentence(answer.problem));
  };
  const make = async (): Promise<void> => {
    const id = props.room;
    if (id === null) return;
    const answer = await invitations.make({
      uses: Number(uses()),
      until: endOf(term()),
      room: id,
    });
    if (answer.ok) setLink(answer.value.url);
    else setLinkProblem(sentence(answer.problem));
  };
  return (
    <Show when={room()}>
      {(now) => (
        <Dialog title={t.shell.invite.title(now().name)} onClose={closePanel}>
          <div class={styles.parts}>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void invite();
              }}
            >
              <Field
                label={t.shell.invite.byName}
                hint={t.shell.invite.byNameHint}
                problem={problem()}
                value={name()}
                onInput={(event) => setName(event.currentTarget.value)}
                autocapitalize="none"
                autocomplete="off"
                spellcheck={false}
                list="invitable"
                data-autofocus=""
                after={<Button type="submit">{t.shell.invite.send}</Button>}
              />
              <datalist id="invitable">
                <For each={invitable()}>{(user) => <option value={user.name}>{user.profile.display}</option>}</For>
              </datalist>
            </form>
            <section class={styles.part}>
              <h3>{t.shell.invite.byLink}</h3>
              <p class={styles.note}>{t.shell.invite.linkText}</p>
              <Show
                when={link()}
                fallback={
                  <>
                    <div class={styles.pair}>
                      <Select
                        label={t.shell.invite.uses}
                        value={uses()}
                        onPick={setUses}
                        options={USES.map(
                          (n) =>
                            [
                              String(n),
                              n === 0
                                ? t.shell.invite.usesAny
                                : n === 1
                                  ? t.shell.invite.usesOne
                                  : t.shell.invite.usesMany(n),
                            ] as const,
                        )}
                      />
                      <Select label={t.shell.invite.expires} value={term()} onPick={setTerm} options={linkTerms()} />
                    </div>
                    <Show when={linkProblem()}>
                      <p role="alert" class={styles.problem}>
                        {linkProblem()}
                      </p>
                    </Show>
                    <div>
                      <Button icon="link" onClick={() => void make()}>
                        {t.shell.invite.make}
                      </Button>
                    </div>
                  </>
                }
              >
                <Secret label={t.shell.invite.link} hint={t.shell.invite.once} value={link()} />
              </Show>
            </section>
          </div>
        </Dialog>
      )}
    </Show>
  );
}

/** Something that is shown once, to be copied. */
export function Secret(props: { label: string; hint: string; value: string }): JSX.Element {
  let button: HTMLButtonElement | undefined;
  onMount(() => button?.focus());
  return (
    <Field
      label={props.label}
      hint={props.hint}
      readonly
      dir="ltr"
      value={props.value}
      onFocus={(event) => event.currentTarget.select()}
      after={
        <Button
          icon="copy"
          ref={(element: HTMLButtonElement) => {
            button = element;
          }}
          onClick={() => void navigator.clipboard.writeText(props.value).then(() => tell(t.shell.copied))}
        >
          {t.shell.copy}
        </Button>
      }
    />
  );
}

export function LeaveRoom(props: { room: RoomId | null }): JSX.Element {
  const room = useRoom(() => props.room);
  const rooms = useRooms();
  const me = useMe();
  const members = useMembers(() => props.room);
  const text = (now: Room): string => {
    const { header } = t.shell;
    const plain = now.kind === "private" ? header.leavePrivateText : header.leaveText;
    return isOnlyOwner(members() ?? [], me()?.id) ? `${header.leaveOwnerText} ${plain}` : plain;
  };
  return (
    <Show when={room()}>
      {(now) => (
        <Confirm
          title={t.shell.header.leaveTitle(now().name)}
          text={text(now())}
          doIt={t.shell.header.leave}
          onClose={closePanel}
          run={async () => {
            const { id, kind, name } = now();
            const isOpen = id === currentRoomId();
            const answer = await engine.leave(id);
            const user = me()?.id;
            if (answer.ok && kind === "private" && user !== undefined) rememberLeft({ user, room: id, name });
            if (answer.ok && isOpen) {
              const next = rooms().find((each) => each.joined && each.id !== id);
              if (next) openRoom(next);
              else navigate("/");
            }
            return answer;
          }}
        />
      )}
    </Show>
  );
}

export function ArchiveRoom(props: { room: RoomId | null }): JSX.Element {
  const room = useRoom(() => props.room);
  const may = useMay(() => props.room);
  return (
    <Show when={may("archive") && room()}>
      {(now) => (
        <ConfirmArchive
          name={now().name}
          onClose={closePanel}
          run={(why) => engine.moderate(now().id, { action: "archive", ...(why ? { why } : {}) })}
        />
      )}
    </Show>
  );
}

/** Whether a room is to be archived, and why. */
export function ConfirmArchive(props: {
  name: string;
  onClose: () => void;
  run: (why: string) => Promise<Answer<unknown>>;
}): JSX.Element {
  const [why, setWhy] = createSignal("");
  return (
    <Confirm
      title={t.shell.header.archiveTitle(props.name)}
      text={t.shell.header.archiveText}
      doIt={t.shell.header.archive}
      onClose={() => props.onClose()}
      run={() => props.run(why().trim())}
    >
      <Field
        label={t.shell.people.why}
        hint={t.shell.people.whyHint}
        maxlength={250}
        value={why()}
        onInput={(event) => setWhy(event.currentTarget.value)}
        data-autofocus=""
      />
    </Confirm>
  );
}
