/** When to draw anew: in the next frame, and under a flood every few. */

/** Milliseconds between two drawings, at least: two hundred messages in a second are ten drawings. */
const CALM = 90;
/** Where a drawing takes long, as on a slow or busy machine, so many times that lies between them: the rest is for the rest. */
const SHARE = 4;
/** But no more: who looks wants to see that something goes on. */
const MOST = 400;
/** Hidden pages have no frames. */
const HIDDEN = 250;

export interface Redraw {
  /** Something has changed. */
  soon(): void;
  /** It has been drawn otherwise. */
  cancel(): void;
}

export function createRedraw(draw: () => void): Redraw {
  let waiting: (() => void) | null = null;
  let drawn = Number.NEGATIVE_INFINITY;
  let pause = CALM;
  const run = (): void => {
    waiting = null;
    const begun = performance.now();
    drawn = begun;
    draw();
    // What is drawn is laid out and painted once the frame is over, and a task that follows comes after that.
    setTimeout(() => {
      pause = Math.min(MOST, Math.max(CALM, (performance.now() - begun) * SHARE));
    });
  };
  const inFrame = (): void => {
    const request = requestAnimationFrame(run);
    waiting = () => cancelAnimationFrame(request);
  };
  const after = (wait: number, then: () => void): void => {
    const timer = setTimeout(then, wait);
    waiting = () => clearTimeout(timer);
  };
  return {
    soon() {
      if (waiting !== null) return;
      const since = performance.now() - drawn;
      if (document.hidden) after(HIDDEN, run);
      else if (since < pause) after(pause - since, inFrame);
      else inFrame();
    },
    cancel() {
      waiting?.();
      waiting = null;
    },
  };
}
