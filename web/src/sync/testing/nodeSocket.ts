/** Connections for the engine under Node 20, which has no WebSocket: for tests and for the chaos run. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Connect } from "../engine/socket";

// By path: in vitest and in the build the name `ws` resolves to the stub for browsers.
const require = createRequire(import.meta.url);
const { WebSocket } = require(join(dirname(require.resolve("ws/package.json")), "index.js")) as typeof import("ws");

export function connectByWs(url: string): Connect {
  return (events) => {
    const socket = new WebSocket(url);
    socket.on("open", () => events.opened());
    socket.on("message", (data, isBinary) => {
      if (!isBinary) events.heard(data.toString());
    });
    socket.on("close", (_, reason) => events.closed(reason.length > 0 ? reason.toString() : null));
    socket.on("error", () => undefined); // `close` follows
    return { send: (text) => socket.send(text), close: () => socket.terminate() };
  };
}
