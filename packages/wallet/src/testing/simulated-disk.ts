import type { KeyFilePort } from "../key-file/file-port.ts";

/** The power went off. */
export class PowerCut extends Error {}

/** What became of bytes that were written and not synced when the power went off. */
export type Unsynced = "lost" | "half" | "kept";

interface Inode {
  bytes: Uint8Array;
  synced: boolean;
}

type Folder = ReadonlyMap<string, Inode>;

/**
 * A disk that promises no more than a real one: the bytes of a file are safe once synced, and the names in a folder once
 * the folder is; until then a crash may leave any state that the folder went through.
 */
export class SimulatedDisk implements KeyFilePort {
  /** Every sequence of bytes that was ever written. */
  readonly written: Uint8Array[] = [];
  /** Steps on the disk so far. */
  steps = 0;
  /** The power goes off instead of this step. */
  cutAtStep = Number.POSITIVE_INFINITY;
  /** This step fails, and the program goes on. */
  failAtStep = Number.POSITIVE_INFINITY;
  /** States of the folder since it was last synced; the last one is what programs see. */
  #states: Folder[];

  constructor(files: Folder = new Map()) {
    this.#states = [files];
  }

  get names(): readonly string[] {
    return [...this.#folder.keys()];
  }

  /** All disks that a crash now may leave behind. */
  *afterCrash(): Iterable<SimulatedDisk> {
    for (const folder of this.#states) {
      for (const unsynced of ["lost", "half", "kept"] as const) {
        const survivors = [...folder].map(([name, inode]) => [name, survivor(inode, unsynced)] as const);
        yield new SimulatedDisk(new Map(survivors));
      }
    }
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const bytes = this.#folder.get(path)?.bytes;
    if (bytes !== undefined && bytes.length > maxBytes) throw new Error("too long");
    return bytes?.slice();
  }

  async writeNew(path: string, bytes: Uint8Array): Promise<void> {
    this.#step();
    if (this.#folder.has(path)) throw new Error(`EEXIST ${path}`);
    this.written.push(bytes.slice());
    this.#change((folder) => folder.set(path, { bytes: bytes.slice(), synced: false }));
  }

  async sync(path: string): Promise<void> {
    this.#step();
    const inode = this.#folder.get(path);
    if (inode === undefined) throw new Error(`ENOENT ${path}`);
    inode.synced = true;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step();
    const inode = this.#folder.get(from);
    if (inode === undefined) throw new Error(`ENOENT ${from}`);
    this.#change((folder) => {
      folder.delete(from);
      folder.set(to, inode);
    });
  }

  async syncFolderOf(): Promise<void> {
    this.#step();
    this.#states = [this.#folder];
  }

  async remove(path: string): Promise<void> {
    this.#step();
    if (this.#folder.has(path)) this.#change((folder) => folder.delete(path));
  }

  get #folder(): Folder {
    return this.#states.at(-1) as Folder;
  }

  #change(change: (folder: Map<string, Inode>) => void): void {
    const folder = new Map(this.#folder);
    change(folder);
    this.#states.push(folder);
  }

  #step(): void {
    const step = this.steps++;
    if (step >= this.cutAtStep) throw new PowerCut();
    if (step === this.failAtStep) throw new Error("ENOSPC: no space left on device");
  }
}

function survivor(inode: Inode, unsynced: Unsynced): Inode {
  if (inode.synced || unsynced === "kept") return { bytes: inode.bytes, synced: true };
  const length = unsynced === "lost" ? 0 : Math.floor(inode.bytes.length / 2);
  return { bytes: inode.bytes.slice(0, length), synced: true };
}
