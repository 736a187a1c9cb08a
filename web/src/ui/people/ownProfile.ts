/** How one is shown oneself: as one has just saved it, until the engine has heard of it. */
import { createMemo, createSignal } from "solid-js";
import { useMe } from "../../state";

interface Shown {
  display: string;
  colour: string;
}

const [saved, setSaved] = createSignal<Shown | null>(null);

/** What one has saved. */
export function profileSaved(profile: Shown): void {
  setSaved({ display: profile.display, colour: profile.colour });
}

export function useOwnProfile(): () => Shown {
  const me = useMe();
  let before = me();
  return createMemo((): Shown => {
    const now = me();
    const mine = saved();
    if (now !== before) {
      before = now;
      // The engine knows better: it may have been changed on another device since.
      if (mine) queueMicrotask(() => setSaved(null));
      else return { display: now?.display ?? "", colour: now?.colour ?? "" };
    }
    return mine ?? { display: now?.display ?? "", colour: now?.colour ?? "" };
  });
}
