import type { Catalogue } from "../en";

const zahl = (n: number): string => n.toLocaleString("de");
const anzahl = (n: number, eine: string, viele: string): string => (n === 1 ? `1 ${eine}` : `${zahl(n)} ${viele}`);
const namen = (liste: readonly string[]): string => new Intl.ListFormat("de").format(liste);
const einige = (liste: readonly string[], n: number): string =>
  namen(n > liste.length ? [...liste, anzahl(n - liste.length, "andere Person", "andere")] : liste);
const hat = (n: number, eine: string, viele: string): string => (n === 1 ? eine : viele);

export const timeline: Catalogue["timeline"] = {
  log: (room) => `Nachrichten in ${room}`,
  today: "Heute",
  yesterday: "Gestern",
  goToDate: "Zu einem Datum gehen",
  newDivider: "Neu",
  newMessages: (n) => anzahl(n, "neue Nachricht", "neue Nachrichten"),
  toNewest: "Zu den neuesten Nachrichten",
  bot: "Bot",
  beginning: (room) => `Hier beginnt #${room}.`,
  beginningDirect: (name) => `Hier beginnt deine Unterhaltung mit ${name}.`,
  beginningEmpty: "Hier wurde noch nichts gesagt. Schreib die erste Nachricht.",
  floor: "Du siehst, was gesagt wurde, seit du hereingekommen bist.",
  loading: "Nachrichten werden geladen",
  loadingMore: "Weitere Nachrichten werden geladen",
  offlineEmpty: "Diese Nachrichten sind nicht auf diesem Gerät. Sie kommen, sobald die Verbindung wieder da ist.",
  tryAgain: "Noch einmal versuchen",
  messageGone: "Diese Nachricht gibt es hier nicht.",

  joined: (name) => `${name} ist hereingekommen`,
  left: (name, words) => (words ? `${name} ist gegangen: ${words}` : `${name} ist gegangen`),
  created: (name, room) => `${name} hat den Raum #${room} angelegt`,
  madePrivate: "Dieser Raum ist nur für Eingeladene",
  topic: (name, topic) => `${name} hat das Thema gesetzt: ${topic}`,
  topicCleared: (name) => `${name} hat das Thema gelöscht`,
  renamed: (old, name) => `${old} heißt jetzt ${name}`,
  invited: (name, whom) => `${name} hat ${whom} eingeladen`,
  kicked: (name, whom) => `${name} hat ${whom} hinausgeschickt`,
  banned: (name, whom, until) => `${name} hat ${whom}${until && ` bis ${until}`} verbannt`,
  unbanned: (name, whom) => `${name} hat die Verbannung von ${whom} aufgehoben`,
  muted: (name, whom, until) => `${name} hat ${whom}${until && ` bis ${until}`} stumm geschaltet`,
  unmuted: (name, whom) => `${name} lässt ${whom} wieder schreiben`,
  because: (why) => `: ${why}`,
  role: (name, whom, role) =>
    role === "owner"
      ? `${name} hat ${whom} zum Besitz dieses Raums bestellt`
      : role === "moderator"
        ? `${name} hat ${whom} die Moderation gegeben`
        : `${name} hat ${whom} zum einfachen Mitglied gemacht`,
  roomRenamed: (name, room) => `${name} hat den Raum in #${room} umbenannt`,
  archived: (name) => `${name} hat den Raum archiviert`,
  reopened: (name) => `${name} hat den Raum wieder geöffnet`,
  slow: (name, seconds) =>
    seconds
      ? `${name} hat den langsamen Modus eingeschaltet: eine Nachricht je ${anzahl(seconds, "Sekunde", "Sekunden")}`
      : `${name} hat den langsamen Modus ausgeschaltet`,
  readOnly: (name, on) => (on ? `${name} lässt nur noch die Moderation schreiben` : `${name} lässt alle schreiben`),
  guests: (name, on) => (on ? `${name} hat den Raum für Gäste geöffnet` : `${name} hat den Raum für Gäste geschlossen`),
  calls: (name, who) =>
    who === "nobody"
      ? `${name} hat @here und @room abgeschaltet`
      : `${name} lässt ${who === "members" ? "alle" : "die Moderation"} @here und @room verwenden`,
  foldJoined: (people, n) => `${einige(people, n)} ${hat(n, "ist", "sind")} hereingekommen`,
  foldLeft: (people, n) => `${einige(people, n)} ${hat(n, "ist", "sind")} gegangen`,
  foldSeparator: " · ",

  queued: "Wartet darauf, gesendet zu werden. Auf diesem Gerät ist sie sicher.",
  queuedHere: "Wartet aufs Senden. Der Browser konnte sie nicht speichern: Lass die Seite offen, bis sie gesendet ist.",
  sending: "Wird gesendet",
  stored: "Auf dem Server gespeichert",
  delivered: (got, of) => `Gespeichert, zugestellt an ${zahl(got)} von ${zahl(of)}`,
  readBy: (read, got, of) => `Gelesen von ${zahl(read)} von ${zahl(of)}, zugestellt an ${zahl(got)}`,
  readers: "Gelesen von",
  whoRead: "Wer sie gelesen hat",
  nobodyRead: "Noch niemand hat sie gelesen.",
  andMore: (n) => `und ${zahl(n)} weitere`,
  notSent: "Nicht gesendet.",
  retry: "Noch einmal senden",
  edit: "Bearbeiten",
  discard: "Verwerfen",
  unsend: "Nicht senden",

  actions: "Was man mit der Nachricht tun kann",
  copyText: "Text kopieren",
  copyLink: "Link kopieren",
  quote: "Zitieren",
  copied: "Kopiert",
  linkCopied: "Link kopiert",
  copyCode: "Kopieren",
  showAll: (lines) => `Alle ${zahl(lines)} Zeilen zeigen`,
  showWhole: "Ganze Nachricht zeigen",
  showLess: "Weniger zeigen",
  spoiler: "Verborgener Text. Drücken, um ihn zu zeigen.",
  leadsTo: (host) => `führt zu ${host}`,
  code: "Code",
  codeIn: (language) => `Code, ${language}`,

  arrived: (name, text) => `${name}: ${text}`,
  arrivedMany: (n) => anzahl(n, "neue Nachricht", "neue Nachrichten"),
  typists: (list) => (list.length > 3 ? "Mehrere" : namen(list)),
  typing: (n) => `${hat(n, "schreibt", "schreiben")} gerade`,

  placeholder: (room) => `Nachricht an #${room}`,
  placeholderDirect: (name) => `Nachricht an ${name}`,
  placeholderShort: "Nachricht schreiben",
  send: "Senden",
  emoji: "Emoji",
  emojiSearch: "Emoji suchen",
  emojiNone: "Kein Emoji heißt so.",
  emojiRecent: "Zuletzt verwendet",
  emojiGroups: [
    "Gesichter",
    "Menschen",
    "Tiere und Natur",
    "Essen",
    "Reisen",
    "Aktivitäten",
    "Dinge",
    "Symbole",
    "Flaggen",
  ],
  noFiles: "Parley kann noch keine Dateien schicken.",
  charactersLeft: (n) => `noch ${zahl(n)}`,
  tooLong: (n) => `${anzahl(n, "Zeichen", "Zeichen")} zu viel`,
  tooManyLines: (most) => `Eine Nachricht hat höchstens ${zahl(most)} Zeilen.`,
  tooManyBytes: "Das ist zu viel für eine Nachricht. Sende es in zweien.",
  complete: "Vorschläge",
  everybody: "Alle in diesem Raum",
  everybodyHere: "Alle, die gerade da sind",
  reopen: "Wieder öffnen",
  mutedHere: (by, until, why) =>
    `${by ? `${by} hat dich hier` : "Du bist hier"}${until && ` bis ${until}`} stumm geschaltet${why ? `: ${why}` : "."}`,
  writeTo: (name) => `An ${name} schreiben`,
  draftKept: "Dein Entwurf bleibt.",
  archivedHere: "Dieser Raum ist archiviert: man kann ihn lesen, mehr nicht.",
  readOnlyHere: "In diesem Raum schreibt nur die Moderation.",
  notMember: (room) => `Du liest #${room} mit. Tritt bei, um zu schreiben.`,
  join: "Beitreten",

  commandsTitle: "Befehle",
  commands: {
    me: "sag, was du tust",
    join: "in einen Raum gehen, oder ihn anlegen",
    leave: "diesen Raum verlassen",
    topic: "das Thema setzen",
    nick: "den eigenen Namen ändern",
    msg: "jemandem schreiben",
    invite: "jemanden hierher einladen",
    kick: "jemanden hinausschicken",
    ban: "jemanden fernhalten",
    unban: "eine Verbannung aufheben",
    mute: "jemanden stumm schalten",
    unmute: "jemanden wieder schreiben lassen",
    help: "die Befehle zeigen",
  },
  words: { text: "Text", room: "#Raum", topic: "Thema", name: "Name", why: "Grund", time: "Dauer" },
  timeHint: "Eine Dauer ist zum Beispiel 10m, 2h oder 7d; ohne sie gilt es auf Dauer.",
  unknownCommand: (command) =>
    `Den Befehl ${command} gibt es nicht. /help zeigt die Befehle. Um es zu sagen, setze ein Leerzeichen davor.`,
  usage: (usage) => `So: ${usage}`,
  told: (name) => `Unterwegs an ${name}.`,
  toldLater: (name) => `Geht an ${name}, wenn die Verbindung wieder da ist.`,
  noTime: (word) => `${word} ist keine Dauer. Schreibe 10m, 2h oder 7d, oder lass sie weg.`,
};
