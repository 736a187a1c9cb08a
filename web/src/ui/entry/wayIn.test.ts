import { expect, test } from "vitest";
import type { ServerInfo } from "../../api/types";
import { wayIn } from "./wayIn";

const info: ServerInfo = {
  url: "https://chat.lan:59000",
  access: "open",
  loopback: false,
  plaintext: false,
  alone: true,
};
const LAN = "https://192.168.1.5:59000";
const HERE = "http://127.0.0.1:59000";

test("on an open server others get in by the address that has brought this page", () => {
  expect(wayIn(info, "guest", LAN)).toEqual({ by: "address", url: LAN, commands: [`parley chat ${LAN}`] });
});

test("an address of this machine is replaced by the server's", () => {
  for (const origin of [HERE, "http://localhost:59000", "http://[::1]:59000", "http://parley.localhost:59000"])
    expect(wayIn(info, "guest", origin)).toMatchObject({ by: "address", url: info.url });
});

test("netcat is named where the server takes plain text from other machines", () => {
  const plain = { ...info, url: "http://chat.lan", plaintext: true };
  expect(wayIn(plain, "guest", HERE)).toMatchObject({ commands: ["parley chat http://chat.lan", "nc chat.lan 80"] });
  expect(wayIn({ ...plain, plaintext: false }, "guest", HERE)).toMatchObject({
    commands: ["parley chat http://chat.lan"],
  });
});

test("where an invitation is needed, an account makes a link, and a guest has to ask", () => {
  for (const access of ["invite", "members"] as const) {
    for (const role of ["owner", "admin", "member"] as const)
      expect(wayIn({ ...info, access }, role, LAN)).toEqual({ by: "link", openFirst: "" });
    expect(wayIn({ ...info, access }, "guest", LAN)).toEqual({ by: "asking" });
  }
});

test("a link for others is not made at an address that only this machine has", () => {
  const invite: ServerInfo = { ...info, access: "invite" };
  expect(wayIn(invite, "owner", HERE)).toEqual({ by: "link", openFirst: info.url });
  expect(wayIn({ ...invite, url: HERE }, "owner", HERE)).toEqual({ by: "link", openFirst: "" });
});

test("on a server that only its own machine can reach, nobody else gets in, whatever the access", () => {
  for (const access of ["open", "invite"] as const)
    expect(wayIn({ ...info, access, loopback: true }, "owner", HERE)).toEqual({ by: "nothing" });
  // The page was loaded from another address all the same: through a proxy of which the server does not know.
  expect(wayIn({ ...info, loopback: true }, "owner", LAN)).toMatchObject({ by: "address", url: LAN });
});
