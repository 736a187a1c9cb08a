/** The user's own profile: as it was just saved, until the engine has received the change. */
import { createMemo, createSignal } from "solid-js";
import { useMe } from "../../state";

interface Shown {
  display: string;
  colour: string;
}

const [saved, setSaved] = createSignal<Shown | null>(null);

/** The profile was saved. */
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
      // The engine has newer data, perhaps from another device.
      if (mine) queueMicrotask(() => setSaved(null));
      else return { display: now?.display ?? "", colour: now?.colour ?? "" };
    }
    return mine ?? { display: now?.display ?? "", colour: now?.colour ?? "" };
  });
}
