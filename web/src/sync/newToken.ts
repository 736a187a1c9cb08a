/**
 * Make the token of a new guest: 256 random bits as hexadecimal digits. The client makes it, so that a request whose answer is
 * lost can be repeated: the same token is the same guest (docs/protocol/web.md, "Hello").
 *
 * @param randomBytes fills an array from the system's source for secrets.
 */
export function newToken(randomBytes: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  const bytes = new Uint8Array(32);
  randomBytes(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
