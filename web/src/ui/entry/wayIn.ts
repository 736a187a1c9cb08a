/** Finds out how others can get into the server. The page shows that to a user who is the only one on it. */
import type { ServerInfo } from "../../api/types";
import type { ServerRole } from "../../sync/types";

/** The flags of `parley serve` that let other machines in (docs/guide/network.md). */
export const LISTEN_FLAGS = "--listen 0.0.0.0:59000 --tls auto";

export type WayIn =
  /** Nobody else can, as the server can be reached from its own machine only. */
  | { by: "nothing" }
  /** By the server's address, in a browser or with one of the commands. */
  | { by: "address"; url: string; commands: readonly string[] }
  /** By an invitation link, which this user may make. A link begins with the address of the page. If others can not reach that
   * address (`localhost`), `openFirst` is the server's URL, at which the user has to open the page first; otherwise it is empty. */
  | { by: "link"; openFirst: string }
  /** By an invitation link of somebody else: this user may not make one. */
  | { by: "asking" };

/**
 * @param role the user's role on the server.
 * @param origin the origin of the page. Others can use this address as well, unless it is one like `localhost`.
 */
export function wayIn(info: ServerInfo, role: ServerRole, origin: string): WayIn {
  const isLocal = isLoopback(new URL(origin).hostname);
  if (info.loopback && isLocal) return { by: "nothing" };
  if (info.access !== "open") {
    if (role === "guest" || role === "bot") return { by: "asking" };
    return { by: "link", openFirst: isLocal && !isLoopback(new URL(info.url).hostname) ? info.url : "" };
  }
  const url = isLocal ? info.url : origin;
  return { by: "address", url, commands: commandsFor(new URL(url), info.plaintext) };
}

function commandsFor(url: URL, plaintext: boolean): readonly string[] {
  const commands = [`parley chat ${url.origin}`];
  if (plaintext && url.protocol === "http:") commands.push(`nc ${url.hostname} ${url.port || 80}`);
  return commands;
}

/** Whether a host (in the form of `URL.hostname`) names the machine on which the browser runs. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host.startsWith("127.") || host === "[::1]";
}
