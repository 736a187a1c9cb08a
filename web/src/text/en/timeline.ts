/** The texts of the timeline and the composer. */
const count = (n: number, one: string, many: string): string =>
  n === 1 ? `1 ${one}` : `${n.toLocaleString("en")} ${many}`;
const names = (list: readonly string[]): string => new Intl.ListFormat("en").format(list);
/** The names in `list`, the first of `n`, and the number of those that are not in it. */
const some = (list: readonly string[], n: number): string =>
  names(n > list.length ? [...list, count(n - list.length, "other", "others")] : list);

export const timeline = {
  log: (room: string) => `Messages in ${room}`,
  today: "Today",
  yesterday: "Yesterday",
  goToDate: "Go to a date",
  newDivider: "New",
  newMessages: (n: number) => count(n, "new message", "new messages"),
  toNewest: "To the newest messages",
  bot: "bot",
  beginning: (room: string) => `This is the beginning of #${room}.`,
  beginningDirect: (name: string) => `This is the beginning of your conversation with ${name}.`,
  beginningEmpty: "Nothing has been said here yet. Write the first message.",
  floor: "You see what was said since you came in.",
  loading: "Loading messages",
  loadingMore: "Loading more messages",
  offlineEmpty: "These messages are not on this device. They come when the connection is back.",
  tryAgain: "Try again",
  messageGone: "This message is not here.",

  // Events that are not messages.
  joined: (name: string) => `${name} came in`,
  left: (name: string, words: string) => (words ? `${name} left: ${words}` : `${name} left`),
  created: (name: string, room: string) => `${name} made the room #${room}`,
  madePrivate: "This room is by invitation",
  topic: (name: string, topic: string) => `${name} set the topic: ${topic}`,
  topicCleared: (name: string) => `${name} cleared the topic`,
  renamed: (old: string, name: string) => `${old} is now ${name}`,
  invited: (name: string, whom: string) => `${name} invited ${whom}`,
  kicked: (name: string, whom: string) => `${name} sent ${whom} out`,
  banned: (name: string, whom: string, until: string) => `${name} banned ${whom}${until && ` until ${until}`}`,
  unbanned: (name: string, whom: string) => `${name} lifted the ban of ${whom}`,
  muted: (name: string, whom: string, until: string) => `${name} muted ${whom}${until && ` until ${until}`}`,
  unmuted: (name: string, whom: string) => `${name} lets ${whom} write again`,
  because: (why: string) => `: ${why}`,
  role: (name: string, whom: string, role: string) =>
    role === "member"
      ? `${name} made ${whom} an ordinary member`
      : `${name} made ${whom} ${role === "owner" ? "an owner" : "a moderator"}`,
  roomRenamed: (name: string, room: string) => `${name} renamed the room to #${room}`,
  archived: (name: string) => `${name} archived the room`,
  reopened: (name: string) => `${name} reopened the room`,
  slow: (name: string, seconds: number) =>
    seconds
      ? `${name} turned slow mode on: a message every ${count(seconds, "second", "seconds")}`
      : `${name} turned slow mode off`,
  readOnly: (name: string, on: boolean) => (on ? `${name} lets only moderators write` : `${name} lets everybody write`),
  guests: (name: string, on: boolean) =>
    on ? `${name} opened the room to guests` : `${name} closed the room to guests`,
  calls: (name: string, who: string) =>
    who === "nobody"
      ? `${name} turned @here and @room off`
      : `${name} lets ${who === "members" ? "everybody" : "moderators"} use @here and @room`,
  foldJoined: (people: readonly string[], n: number) => `${some(people, n)} came in`,
  foldLeft: (people: readonly string[], n: number) => `${some(people, n)} left`,
  foldSeparator: " · ",
  earlierOnes: (n: number) => `${n.toLocaleString("en")} earlier ones`,
  /** A run of `n` joins and departures, with the names of the last people. */
  foldMany: (n: number, last: readonly string[]) =>
    `People came and went ${n.toLocaleString("en")} times, last ${last.join(", ")}`,

  // The state of the user's own messages.
  queued: "Waiting to be sent. It is kept on this device.",
  queuedHere: "Waiting to be sent. This browser could not store it: leave this page open until it is.",
  sending: "Being sent",
  stored: "Stored on the server",
  delivered: (got: number, of: number) => `Stored, delivered to ${got} of ${of}`,
  readBy: (read: number, got: number, of: number) => `Read by ${read} of ${of}, delivered to ${got}`,
  whoRead: "Who has read it",
  notSent: "Not sent.",
  retry: "Send again",
  edit: "Edit",
  discard: "Discard",
  unsend: "Do not send it",

  // Changes of messages.
  edited: "edited",
  editedWhen: (when: string) => `Edited ${when}`,
  versions: "Versions of this message",
  versionFirst: "First",
  deletedBy: (name: string) => `${name} deleted this message`,
  deletedOf: (name: string, author: string) => `${name} deleted a message of ${author}`,
  deletedMany: (n: number) => (n === 1 ? "1 message was deleted" : `${n.toLocaleString("en")} messages were deleted`),
  somebody: "Somebody",
  deletedQuoted: "This message was deleted.",
  beforeYou: "A message from before you came in",
  loadingQuoted: "A message …",
  answers: (name: string) => `Answers ${name}`,
  goToAnswered: "Go to the message that it answers",
  reactions: "Reactions",
  reactionOf: (emoji: string, n: number, mine: boolean) =>
    `${emoji}: ${count(n, "person", "people")}${mine ? ", you too" : ""}`,
  reactedBy: (list: readonly string[], n: number) => some(list, n),
  replies: (n: number) => count(n, "reply", "replies"),
  pinnedMark: "Pinned",
  changeWaits: "The change waits for the connection",
  notChanged: "Not changed.",
  notDeleted: "Not deleted.",
  notReacted: "The reaction was not added or removed.",

  // Actions on a message.
  actions: "Message actions",
  react: "React",
  reply: "Reply",
  replyInThread: "Reply in a thread",
  openThread: "Open the thread",
  alsoHere: "from a thread",
  pin: "Pin",
  unpin: "Unpin",
  pins: "Pinned messages",
  whoReacted: "Who has reacted",
  delete: "Delete …",
  editing: "You are editing a message.",
  cancelIntent: "Cancel",
  copyText: "Copy text",
  copyLink: "Copy link",
  quote: "Quote",
  copied: "Copied",
  linkCopied: "Link copied",
  copyCode: "Copy",
  showAll: (lines: number) => `Show all ${lines.toLocaleString("en")} lines`,
  showWhole: "Show the whole message",
  showLess: "Show less",
  spoiler: "Hidden text. Press to show.",
  leadsTo: (host: string) => `leads to ${host}`,
  code: "Code",
  codeIn: (language: string) => `Code, ${language}`,

  // For screen readers.
  arrived: (name: string, text: string) => `${name}: ${text}`,
  arrivedMany: (n: number) => `${n.toLocaleString("en")} new messages`,
  /** The names of the people who are typing. The page shows the text of `typing` after them. */
  typists: (list: readonly string[]) => (list.length > 3 ? "Several people" : names(list)),
  typing: (n: number): string => (n === 1 ? "is typing" : "are typing"),

  // The composer.
  placeholder: (room: string) => `Message #${room}`,
  placeholderDirect: (name: string) => `Message ${name}`,
  placeholderShort: "Write a message",
  send: "Send",
  emoji: "Emoji",
  noFiles: "Parley can't send files yet.",
  charactersLeft: (n: number) => `${n.toLocaleString("en")} left`,
  tooLong: (n: number) => `${count(n, "character", "characters")} too many`,
  tooManyLines: (most: number) => `A message has at most ${most} lines.`,
  tooManyBytes: "This is too much for one message. Send it in two.",
  complete: "Suggestions",
  everybody: "Everybody in this room",
  everybodyHere: "Everybody who is here now",
  reopen: "Reopen",
  /** `by`, `until` and `why` are empty if there are none, or if they are not known. */
  mutedHere: (by: string, until: string, why: string) =>
    `${by ? `${by} has muted you here` : "You are muted here"}${until && ` until ${until}`}${why ? `: ${why}` : "."}`,
  writeTo: (name: string) => `Write to ${name}`,
  draftKept: "Your draft is kept.",
  archivedHere: "This room is archived: it can be read, and nothing more.",
  readOnlyHere: "Only moderators write in this room.",
  notMember: (room: string) => `You are reading #${room}. Join to write.`,
  join: "Join",

  // Commands.
  commandsTitle: "Commands",
  commands: {
    me: "say what you do",
    join: "go to a room, or make it",
    leave: "leave this room",
    topic: "set the topic",
    nick: "change your name",
    msg: "write to someone",
    invite: "invite someone here",
    kick: "send someone out",
    ban: "keep someone out",
    unban: "lift a ban",
    mute: "keep someone from writing",
    unmute: "let someone write again",
    help: "show the commands",
  },
  words: { text: "text", room: "#room", topic: "topic", name: "name", why: "why", time: "time" },
  timeHint: "A time is like 10m, 2h or 7d; without one it is for good.",
  unknownCommand: (command: string) =>
    `There is no command ${command}. /help lists the commands. To say it, put a space in front.`,
  usage: (usage: string) => `Like this: ${usage}`,
  told: (name: string) => `On its way to ${name}.`,
  toldLater: (name: string) => `It goes to ${name} when the connection is back.`,
  noTime: (word: string) => `${word} is no time. Write 10m, 2h or 7d, or leave it out.`,
};
