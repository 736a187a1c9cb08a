/** The sound of a notification: two soft notes, which are synthesized, so that there is no sound file to load. */
let context: AudioContext | null = null;

export async function playSound(): Promise<void> {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") await context.resume();
    const now = context.currentTime;
    for (const [pitch, begin] of [
      [660, 0],
      [880, 0.09],
    ] as const) {
      const voice = context.createOscillator();
      const loudness = context.createGain();
      voice.frequency.value = pitch;
      loudness.gain.setValueAtTime(0, now + begin);
      loudness.gain.linearRampToValueAtTime(0.07, now + begin + 0.012);
      loudness.gain.exponentialRampToValueAtTime(0.0001, now + begin + 0.35);
      voice.connect(loudness).connect(context.destination);
      voice.start(now + begin);
      voice.stop(now + begin + 0.4);
    }
  } catch {
    // The browser has no audio, or allows none before the first click. The message is visible anyway.
  }
}
