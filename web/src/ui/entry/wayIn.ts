/** How others get into the server, for somebody who has it to themselves. */
import type { ServerInfo } from "../../api/types";
import type { ServerRole } from "../../sync/types";

/** The flags of `parley serve` that let other machines in (docs/guide/network.md). */
export const LISTEN_FLAGS = "--listen 0.0.0.0:59000 --tls auto";

export type WayIn =
  /** Nobody can: only this machine reaches the server. */
  | { by: "nothing" }
  /** By the server's address, in a browser or with one of the commands. */
  | { by: "address"; url: string; commands: readonly string[] }
  /** By an invitation link, which this user may make. `openFirst`: a link begins with the address of the page, and only this
   * machine has this one; the server's own is another. Empty if the page's address will do. */
  | { by: "link"; openFirst: string }
  /** By an invitation, which this user may not make. */
  | { by: "asking" };

/**
 * @param role this user's, on the server.
 * @param origin the page's: an address that works, unless it is one of this machine.
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

/** Whether a host, as `URL.hostname` has it, is this machine. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host.startsWith("127.") || host === "[::1]";
}
