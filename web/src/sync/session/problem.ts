import type { ServerFrame } from "../frames";
import type { Problem } from "../types";

/** What the server refused, as the interface takes it. */
export function problemOf(frame: ServerFrame & { t: "error" }): Problem {
  const problem: Problem = { code: frame.code, message: frame.message };
  if (frame.retryAfter !== null) problem.retryAfter = frame.retryAfter;
  return problem;
}
