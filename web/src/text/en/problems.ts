/** Sentences of the page's own for problems, by code; the server's own sentences, which are English, serve for the others. */
export const problems: Readonly<Record<string, string>> = {
  offline: "The server can't be reached at the moment. Try again when the connection is back.",
  unreadable: "The server's answer could not be read. If this page is old, reload it.",
};
