import { afterEach, describe, expect, test, vi } from "vitest";
import { entry } from "./entry";
import { readProblem, reference, request } from "./request";

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, body: string, type = "application/json"): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(
    async () => new Response(status === 204 ? null : body, { status, headers: { "Content-Type": type } }),
  );
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

describe("a request", () => {
  test("returns the server's answer", async () => {
    answering(200, '{"user":{"id":7}}');
    expect(await request("GET", "/api/me")).toEqual({ ok: true, value: { user: { id: 7 } } });
  });

  test("with an empty answer has no value", async () => {
    answering(204, "");
    expect(await request("DELETE", "/api/session")).toEqual({ ok: true, value: undefined });
  });

  test("carries JSON, the cookie, and no token", async () => {
    const fetched = answering(201, '{"user":{"id":7}}');
    await entry.guest("bob");
    const [path, init] = fetched.mock.calls[0] as [string, RequestInit];
    expect(path).toBe("/api/guests");
    expect(init).toMatchObject({
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
    });
    // Scripts must not get the token: the session is a cookie.
    const { new_token: token, ...body } = JSON.parse(init.body as string);
    expect(body).toEqual({ name: "bob", bearer: false });
    expect(token).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a problem", () => {
  test("has the server's sentence, its code, and when to try again", async () => {
    answering(
      429,
      '{"code":"slow","detail":"You can write again in 12 s.","retry_after":11873}',
      "application/problem+json",
    );
    expect(await request("POST", "/api/x", {})).toEqual({
      ok: false,
      problem: { code: "slow", message: "You can write again in 12 s.", retryAfter: 11873 },
    });
  });

  test("has a sentence if there is no answer", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
    const answer = await request("GET", "/api/me");
    expect(answer.ok).toBe(false);
    expect(!answer.ok && answer.problem.code).toBe("offline");
    expect(!answer.ok && answer.problem.message).toMatch(/can't be reached/);
  });

  test("has a sentence if a proxy answers with a page", async () => {
    answering(502, "<html>Bad Gateway</html>", "text/html");
    const answer = await request("GET", "/api/me");
    expect(!answer.ok && answer.problem).toMatchObject({ code: "failed" });
    answering(200, "<html>Sign in to the network</html>", "text/html");
    const captured = await request("GET", "/api/me");
    expect(!captured.ok && captured.problem).toMatchObject({ code: "unreadable" });
  });

  test("is read from any body", () => {
    for (const body of [null, undefined, [], "text", { code: 7 }, {}])
      expect(readProblem(body, 400).code).toBe("unreadable");
  });
});

test("a name that looks like an id gets the sign # or @", () => {
  expect(reference(12)).toBe("12");
  expect(reference("12")).toBe("%4012");
  expect(reference("12", "#")).toBe("%2312");
  expect(reference("me")).toBe("%40me");
  expect(reference("a/b")).toBe("a%2Fb");
});
