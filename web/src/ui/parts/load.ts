/** Something that is asked of the server when a dialog opens. What is shown stays while it is asked again. */
import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { Answer } from "../../sync/types";
import { sentence } from "../../text";

export interface Loaded<T> {
  /** What came; undefined as long as nothing has. */
  value: Accessor<T | undefined>;
  /** Why it could not be had, as a sentence; empty if it could. */
  problem: Accessor<string>;
  /** Ask again. */
  again: () => Promise<void>;
  /** Ask again once something is done that may have changed it; what came of that is handed on. */
  after: <A>(deed: Promise<A>) => Promise<A>;
}

export function load<T>(ask: () => Promise<Answer<T>>): Loaded<T> {
  const [value, setValue] = createSignal<T | undefined>();
  const [problem, setProblem] = createSignal("");
  let alive = true;
  onCleanup(() => {
    alive = false;
  });
  const again = async (): Promise<void> => {
    const answer = await ask();
    if (!alive) return;
    if (answer.ok) setValue(() => answer.value);
    setProblem(answer.ok ? "" : sentence(answer.problem));
  };
  const after = async <A>(deed: Promise<A>): Promise<A> => {
    const outcome = await deed;
    await again();
    return outcome;
  };
  void again();
  return { value, problem, again, after };
}
