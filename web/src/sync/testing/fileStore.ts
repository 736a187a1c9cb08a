import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { MemoryStore } from "../store";

/** The methods that change a store. */
const WRITES = [
  "setIdentity",
  "putRoom",
  "putMembers",
  "dropRoom",
  "keep",
  "queue",
  "settle",
  "setDraft",
  "forget",
] as const;

type Write = (...given: unknown[]) => Promise<void>;

/**
 * A store in memory that appends each change to a file before the promise of the change is fulfilled. A process that is killed
 * loses at most the change that it was writing.
 */
export class FileStore extends MemoryStore {
  override readonly lasting = true;

  /** Open the store of this file, with the changes that are in it. */
  static async open(path: string): Promise<FileStore> {
    const store = new FileStore();
    const writes = store as unknown as Record<string, Write>;
    const lines = existsSync(path) ? readFileSync(path, "utf-8").split("\n") : [];
    for (const line of lines) {
      let call: [string, ...unknown[]];
      try {
        call = JSON.parse(line) as [string, ...unknown[]];
      } catch {
        continue; // the process was killed while it wrote this line
      }
      const [name, ...given] = call;
      await writes[name]?.(...given);
    }
    // Begin a new line after one that was cut off.
    if (lines.length > 0) appendFileSync(path, "\n");
    for (const name of WRITES) {
      const write = (store[name] as Write).bind(store);
      writes[name] = (...given) => {
        appendFileSync(path, `${JSON.stringify([name, ...given])}\n`);
        return write(...given);
      };
    }
    return store;
  }
}
