/** The user's own profile. After the user has saved it, this is the saved one, until the engine has received the change. */
import { createMemo, createSignal } from "solid-js";
import { useMe } from "../../state";

interface Shown {
  display: string;
  colour: string;
}

const [saved, setSaved] = createSignal<Shown | null>(null);

/** Call when the server has saved the profile. */
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
      // The engine has received a profile: from now on use that, which can also be from another device.
      if (mine) queueMicrotask(() => setSaved(null));
      else return { display: now?.display ?? "", colour: now?.colour ?? "" };
    }
    return mine ?? { display: now?.display ?? "", colour: now?.colour ?? "" };
  });
}
