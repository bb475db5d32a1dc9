/** What a step's command is started with. */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly timeLimitMs: number;
  /** What it is told about the run: names and times; in a live world where the nodes listen. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ExecOutcome {
  /** -1 when it could not be started or took too long. */
  readonly exit: number;
  /** What it wrote, cut off at a limit. */
  readonly output: string;
}

/** Runs a command of the user's; absent where that was not allowed. */
export type ExecPort = (request: ExecRequest) => Promise<ExecOutcome>;
