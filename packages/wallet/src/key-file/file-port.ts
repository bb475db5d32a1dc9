/**
 * The few steps on the disk that a key file needs, one by one, so that a test can cut the power between any two.
 * All reject with the system's error when the disk does.
 */
export interface KeyFilePort {
  /** The whole file; undefined when there is none. Rejects files longer than `maxBytes` without reading them. */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Makes a new file that only its owner may read (mode 0600) and writes it; rejects when the path exists. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /** Returns when the file's bytes are on the disk. */
  sync(path: string): Promise<void>;
  /** Puts one file in the place of another, at once. */
  rename(from: string, to: string): Promise<void>;
  /** Returns when the names in the file's folder are on the disk. */
  syncFolderOf(path: string): Promise<void>;
  /** Takes a file away; none there is fine. */
  remove(path: string): Promise<void>;
}
