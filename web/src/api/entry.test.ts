import { afterEach, expect, test, vi } from "vitest";
import { entry } from "./entry";

afterEach(() => vi.unstubAllGlobals());

/** Answer each request with the next status; 0: the answer is lost. Returns a list to which each request's `new_token` is added. */
function answering(...statuses: number[]): string[] {
  const offered: string[] = [];
  const next = async (_path: string, init: RequestInit): Promise<Response> => {
    offered.push(JSON.parse(init.body as string).new_token);
    const status = statuses.shift() ?? 0;
    if (status === 0) throw new TypeError("the connection ended");
    return new Response('{"code":"name_taken","detail":"","user":{"id":7}}', { status });
  };
  vi.stubGlobal("fetch", next);
  return offered;
}

test("a guest whose answer was lost asks again with the same token", async () => {
  const offered = answering(0, 502, 201, 201);
  await entry.guest("bob");
  await entry.guest("bob");
  expect((await entry.guest("bob")).ok).toBe(true);
  expect(new Set(offered).size).toBe(1);
  // Once the server has answered, the next request for the same name is for a new guest.
  await entry.guest("bob");
  expect(new Set(offered).size).toBe(2);
});

test("another name is another guest with another token", async () => {
  const offered = answering(409, 201);
  await entry.guest("bob");
  await entry.guest("bobby");
  expect(new Set(offered).size).toBe(2);
});
