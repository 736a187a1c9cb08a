/** German: how others get into the server. */
import type { ways as english } from "../en/ways";

export const ways: Readonly<Record<keyof typeof english, string>> = {
  title: "Bisher bist nur du hier",
  local: "Nur dieser Computer erreicht den Server. Damit andere hereinkommen, starte ihn mit:",
  address: "Unter dieser Adresse kommen andere herein, ein Name genügt:",
  addressLabel: "Adresse des Servers",
  terminal: "Im Terminal:",
  link: "Andere kommen mit einer Einladung herein. Erstelle einen Link und schicke ihn weiter.",
  openFirst: "Öffne die Seite zuerst unter der Adresse des Servers: Links beginnen mit der Adresse der Seite.",
  make: "Einladungslink erstellen",
  linkGood: "Er gilt für 25 Personen und eine Woche und wird nur dieses eine Mal gezeigt.",
  ask: "Andere brauchen eine Einladung: Frag, wer den Server betreibt, oder lege ein Konto an und lade sie selbst ein.",
  code: "Dasselbe als QR-Code",
  flags: "Optionen des Servers",
  dismiss: "Nicht mehr anzeigen",
  setupTitle: "Dieser Server gehört jetzt dir",
  setupLead: "Du kannst das überspringen: Links erstellst du auch unter Verwaltung und im Menü eines Raums.",
  setupAccess: "Wer hereinkommt",
  accessOpen: "Wer den Server erreicht, kommt herein.",
  accessInvite: "Wer eine Einladung hat, kommt herein.",
  accessMembers: "Nur wer ein Konto hat, kommt herein. Mit einer Einladung legt man eines an.",
  accessWhere: "Festgelegt wird es beim Start des Servers:",
  setupInvite: "So kommen andere herein",
  setupDone: "Zur Lobby",
};
