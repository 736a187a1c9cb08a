/**
 * SHA-256 (FIPS 180-4). The browser's own (`crypto.subtle`) is missing where the page comes without TLS from another machine,
 * and being asynchronous, it takes longer than this for the few bytes of an event.
 */

const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

const ROUNDS = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);

/** The message schedule of the block that is being hashed. Reused, as allocating it takes as long as hashing. */
const schedule = new Int32Array(64);

/** The last one or two blocks: the end of the message and the padding. */
const end = new Uint8Array(128);
const endNumbers = new DataView(end.buffer);

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
const at = (words: Int32Array, index: number): number => words[index] as number;

/** Hash one block of 64 bytes into the state (FIPS 180-4, section 6.2.2). */
function compress(state: Int32Array, block: DataView, from: number): void {
  for (let i = 0; i < 16; i += 1) schedule[i] = block.getInt32(from + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const x = at(schedule, i - 15);
    const y = at(schedule, i - 2);
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    schedule[i] = (at(schedule, i - 16) + s0 + at(schedule, i - 7) + s1) | 0;
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(ROUNDS, i) + at(schedule, i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  // No array of the eight: allocating one for each block would cost a third of the speed.
  state[0] = at(state, 0) + a;
  state[1] = at(state, 1) + b;
  state[2] = at(state, 2) + c;
  state[3] = at(state, 3) + d;
  state[4] = at(state, 4) + e;
  state[5] = at(state, 5) + f;
  state[6] = at(state, 6) + g;
  state[7] = at(state, 7) + h;
}

/** The SHA-256 of some bytes: 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = new Int32Array(START);
  const left = data.length % 64;
  const blocks = new DataView(data.buffer, data.byteOffset, data.length);
  for (let from = 0; from < data.length - left; from += 64) compress(state, blocks, from);
  end.fill(0);
  end.set(data.subarray(data.length - left));
  end[left] = 0x80;
  const size = left < 56 ? 64 : 128;
  endNumbers.setUint32(size - 8, data.length / 2 ** 29);
  endNumbers.setUint32(size - 4, data.length << 3);
  for (let from = 0; from < size; from += 64) compress(state, endNumbers, from);
  const hash = new Uint8Array(32);
  const numbers = new DataView(hash.buffer);
  for (let i = 0; i < 8; i += 1) numbers.setInt32(4 * i, at(state, i));
  return hash;
}
