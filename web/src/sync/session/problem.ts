import type { ServerFrame } from "../frames";
import type { Problem } from "../types";

/** The problem that an `error` frame describes. */
export function problemOf(frame: ServerFrame & { t: "error" }): Problem {
  const problem: Problem = { code: frame.code, message: frame.message };
  if (frame.retryAfter !== null) problem.retryAfter = frame.retryAfter;
  return problem;
}
