/** Data from the server, loaded when a component is created. While it is loaded again, the old value stays. */
import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { Answer } from "../../sync/types";
import { sentence } from "../../text";

export interface Loaded<T> {
  /** The data; undefined until it is loaded. */
  value: Accessor<T | undefined>;
  /** Why the last attempt to load has failed, as a sentence; empty if it has not. */
  problem: Accessor<string>;
  /** Load again. */
  again: () => Promise<void>;
  /** Load again after an action that may have changed the data. Returns the result of the action. */
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
