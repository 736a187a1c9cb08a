/**
 * Requests of the HTTP API (docs/protocol/api.md). The session is a cookie that scripts can not read. Functions throw no errors:
 * the answer of a failed request has a sentence to show.
 */
import type { Answer, Problem } from "../sync/types";
import { t } from "../text";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Read the problem details of a failed request (RFC 9457). */
export function readProblem(body: unknown, status: number): Problem {
  if (typeof body === "object" && body !== null && "code" in body && typeof body.code === "string") {
    const detail = "detail" in body && typeof body.detail === "string" ? body.detail : "";
    const after = "retry_after" in body && typeof body.retry_after === "number" ? body.retry_after : undefined;
    return { code: body.code, message: detail, ...(after === undefined ? {} : { retryAfter: after }) };
  }
  return { code: status >= 500 ? "failed" : "unreadable", message: t.problems.unreadable ?? "" };
}

/**
 * Send a request.
 *
 * @param path begins with `/api/`; encode user input in it by `encodeURIComponent`.
 * @param body is sent as JSON.
 */
export async function request<T>(method: Method, path: string, body?: object): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch {
    return { ok: false, problem: { code: "offline", message: t.problems.offline ?? "" } };
  }
  if (response.status === 204) return { ok: true, value: undefined as T };
  const read: unknown = await response.json().catch(() => undefined);
  if (!response.ok) return { ok: false, problem: readProblem(read, response.status) };
  if (read === undefined) return { ok: false, problem: readProblem(undefined, response.status) };
  return { ok: true, value: read as T };
}

/**
 * The part of a path that denotes a room or a user. A name that looks like an id, like `me`, or like `.` and `..`, gets the sign
 * `#` or `@` in front, so that the server reads it as a name.
 */
export function reference(of: number | string, sign: "#" | "@" = "@"): string {
  if (typeof of === "number") return String(of);
  return encodeURIComponent(/^(\d+|me|\.\.?)$/.test(of) ? sign + of : of);
}

/** The answer with the value of its field `key` in place of the whole object. */
export async function field<K extends string, T>(answer: Promise<Answer<Record<K, T>>>, key: K): Promise<Answer<T>> {
  const outcome = await answer;
  return outcome.ok ? { ok: true, value: outcome.value[key] } : outcome;
}
