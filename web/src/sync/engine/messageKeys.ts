/** Keys of messages. They sort by time: the server's index grows at its end, which is cheap. */

/** Crockford's base 32, without letters that look like digits. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const KEY_CHARS = 26;

/**
 * Makes keys of 128 bits (48 of time, 80 random) as text of 26 characters. Each is greater than the one before.
 *
 * @param wall returns the time in milliseconds since 1970 UTC. It may go back; the keys do not.
 * @param fill fills an array with random bytes.
 */
export function keySequence(wall: () => number, fill: (bytes: Uint8Array<ArrayBuffer>) => unknown): () => string {
  let last = 0n;
  return () => {
    const bytes = new Uint8Array(10);
    fill(bytes);
    let fresh = BigInt(wall());
    for (const byte of bytes) fresh = (fresh << 8n) | BigInt(byte);
    // In the same millisecond, or after the clock went back, count on from the last key.
    last = fresh > last ? fresh : last + 1n;
    let key = "";
    for (let rest = last, left = KEY_CHARS; left > 0; left--, rest >>= 5n) key = ALPHABET[Number(rest & 31n)] + key;
    return key;
  };
}
