import type { Catalogue } from "../catalogue";

/** Was der Server auf Englisch sagt, auf Deutsch; ohne das, was nur er weiß (Namen, Sekunden). */
export const problems: Catalogue["problems"] = {
  offline: "Der Server ist gerade nicht zu erreichen. Versuche es noch einmal, wenn die Verbindung wieder da ist.",
  unreadable: "Die Antwort des Servers ließ sich nicht lesen. Ist diese Seite alt, lade sie neu.",
  name_invalid: "Ein Name hat 1 bis 32 Buchstaben, Ziffern oder _ - . [ ] { } | ^ ` \\ und keine Leerzeichen.",
  name_taken: "Der Name ist vergeben. Wähle einen anderen.",
  name_needed: "Wähle zuerst einen Namen.",
  token_unknown: "Der Server kennt dich nicht mehr. Wähle wieder einen Namen.",
  sign_in_needed: "Dieser Server ist für Leute, die hier ein Konto haben. Melde dich an.",
  sign_in_wrong: "Name oder Passwort stimmen nicht.",
  sign_in_throttled: "Zu viele Versuche. Warte einen Augenblick und versuche es noch einmal.",
  session_unknown: "Diese Sitzung ist zu Ende. Melde dich wieder an.",
  account_disabled: "Dieses Konto ist gesperrt. Mehr weiß, wer den Server betreibt.",
  account_needed: "Dazu braucht es ein Konto.",
  account_there: "Du hast schon ein Konto.",
  password_invalid: "Ein Passwort hat 8 bis 256 Zeichen.",
  invitation_needed:
    "Auf diesen Server kommt man mit einer Einladung. Wer dir von ihm erzählt hat, kann dir eine geben.",
  invitation_unknown: "Diese Einladung gibt es nicht, oder nicht mehr.",
  not_allowed: "Das darfst du hier nicht.",
  owner_last: "Jemandem muss es gehören. Mache zuerst jemand anderen zum Eigentümer.",
  banned: "Du bist aus diesem Raum ausgeschlossen.",
  muted: "Du darfst in diesem Raum gerade nicht schreiben.",
  read_only: "In diesem Raum schreiben nur Moderatoren.",
  archived: "Dieser Raum ist archiviert: Man kann ihn lesen, mehr nicht.",
  guests_closed: "Dieser Raum ist für Gäste geschlossen. Er verlangt ein Konto.",
  room_invalid:
    "Der Name eines Raums hat 1 bis 32 Buchstaben, Ziffern oder _ - . [ ] { } | ^ ` \\ und keine Leerzeichen.",
  room_taken: "Einen Raum dieses Namens gibt es schon.",
  room_unknown: "Einen solchen Raum gibt es hier nicht.",
  room_not_joined: "Du bist nicht in diesem Raum. Tritt ihm zuerst bei.",
  room_direct: "Das geht in einem Gespräch unter Einzelnen nicht.",
  topic_invalid: "Ein Thema ist eine Zeile mit höchstens 250 Zeichen.",
  text_empty: "Eine leere Nachricht wurde nicht gesendet.",
  text_invalid: "Eine Nachricht kann keine Steuerzeichen enthalten. Sie wurde nicht gesendet.",
  user_self: "Du kannst dir nicht selbst schreiben.",
  not_stored:
    "Der Server kann gerade nicht auf seine Platte schreiben. Das wurde nicht gespeichert; versuche es noch einmal.",
  not_read: "Der Server kann gerade nicht von seiner Platte lesen. Versuche es noch einmal.",
  failed: "Im Server ist etwas schiefgegangen. Es wurde nicht getan und steht im Protokoll des Servers.",
  stopping: "Der Server hält an. Das wurde nicht gespeichert; versuche es gleich noch einmal.",
};
