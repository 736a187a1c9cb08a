/** What the engine needs of Node, for tests and for the chaos run: Node 20 has no WebSocket. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Connect } from "../engine/socket";

// By its place, because with conditions for browsers its name leads to a stand-in.
const require = createRequire(import.meta.url);
const { WebSocket } = require(join(dirname(require.resolve("ws/package.json")), "index.js")) as typeof import("ws");

export function connectByWs(url: string): Connect {
  return (ear) => {
    const socket = new WebSocket(url);
    socket.on("open", () => ear.opened());
    socket.on("message", (data, isBinary) => {
      if (!isBinary) ear.heard(data.toString());
    });
    socket.on("close", (_, reason) => ear.closed(reason.length > 0 ? reason.toString() : null));
    socket.on("error", () => undefined); // `close` follows
    return { send: (text) => socket.send(text), close: () => socket.terminate() };
  };
}
