/** When to draw anew: in the next frame, and under a flood every few. */

/** Milliseconds between two drawings, at least: two hundred messages in a second are ten drawings. */
const CALM = 90;
/** Hidden pages have no frames. */
const HIDDEN = 250;

export interface Pace {
  /** Something has changed. */
  soon(): void;
  /** It has been drawn otherwise. */
  cancel(): void;
}

export function createPace(draw: () => void): Pace {
  let waiting: (() => void) | null = null;
  let drawn = 0;
  const run = (): void => {
    waiting = null;
    drawn = performance.now();
    draw();
  };
  const inFrame = (): void => {
    const request = requestAnimationFrame(run);
    waiting = () => cancelAnimationFrame(request);
  };
  const after = (pause: number, then: () => void): void => {
    const timer = setTimeout(then, pause);
    waiting = () => clearTimeout(timer);
  };
  return {
    soon() {
      if (waiting !== null) return;
      const since = performance.now() - drawn;
      if (document.hidden) after(HIDDEN, run);
      else if (since < CALM) after(CALM - since, inFrame);
      else inFrame();
    },
    cancel() {
      waiting?.();
      waiting = null;
    },
  };
}
