/** The vectors are run by suites, one for each kind of file: by `pnpm conformance`, and by the tests beside it. */

/** A file of the vectors folder. */
export interface VectorFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  /** Content; unpacked when the name ends in `.gz`. */
  bytes(): Uint8Array;
  text(): string;
  json<T>(): T;
  /** Another file of the folder; undefined where it is missing, as a folder may hold only a share of the data. */
  other(path: string): VectorFile | undefined;
}

/** One case of a file. */
export interface Case {
  readonly name: string;
  /** Throws when the case fails, and {@link SkippedCase} when it cannot be decided here. */
  readonly check: () => void;
}

/** How one kind of file is run. */
export interface Suite {
  /** Paths of its files. */
  readonly files: RegExp;
  readonly cases: (file: VectorFile) => Iterable<Case>;
}

/** Files that are no cases of their own, and why. */
export interface SkippedFiles {
  readonly files: RegExp;
  readonly reason: string;
}

/** Thrown by a case that says nothing about this program; the message is the reason. */
export class SkippedCase extends Error {
  override readonly name = "SkippedCase";
}
