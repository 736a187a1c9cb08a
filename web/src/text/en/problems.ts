/** Sentences for problems, by code. For codes that are missing here, the page shows the server's English sentence. */
export const problems: Readonly<Record<string, string>> = {
  offline: "The server can't be reached at the moment. Try again when the connection is back.",
  unreadable: "The server's answer could not be read. If this page is old, reload it.",
};
