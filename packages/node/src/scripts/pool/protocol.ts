/** What a script thread is started with. */
export interface ScriptThreadData {
  /** Name of the engine that checks signatures: the one that the main thread chose. */
  readonly curve: string;
}

/** To a thread: help with the part of a block in this memory (see shared-part.ts). */
export interface HelpCommand {
  readonly memory: SharedArrayBuffer;
}

/** From a thread: it has left the memory of the last command. */
export interface LeftReport {
  readonly kind: "left";
}
