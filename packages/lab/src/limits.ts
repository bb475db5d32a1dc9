/** Numbers that bound the laboratory: files, worlds, runs. */

// Scenario files: they travel, so they are not trusted.
/** Bytes of a scenario file. */
export const MAX_SCENARIO_BYTES = 1_000_000;
/** How deep mappings and lists may be nested. */
export const MAX_SCENARIO_DEPTH = 24;
/** Values in a file, those that aliases repeat included. */
export const MAX_SCENARIO_VALUES = 100_000;
/** Characters of a title, a note, a word of a command. */
export const MAX_COMMAND_TEXT_CHARACTERS = 500;
export const MAX_SCENARIO_NODES = 10_000;
export const MAX_SCENARIO_LINKS = 200_000;
export const MAX_SCENARIO_WALLETS = 1_000;
export const MAX_SCENARIO_ACTORS = 1_000;
/** Steps, those that `repeat` makes included. */
export const MAX_SCENARIO_STEPS = 20_000;
export const MAX_STEP_ACTIONS = 1_000;
export const MAX_SCENARIO_EXPECTATIONS = 1_000;
export const MAX_SCENARIO_VARIANTS = 50;
/** Blocks mined before a scenario begins. */
export const MAX_BOOTSTRAP_BLOCKS = 20_000;
/** Blocks that one step may mine. */
export const MAX_BLOCKS_PER_STEP = 1_000_000;
/** Virtual time of a run: ten years. */
export const MAX_TIME_LIMIT_MS: number = 10 * 365 * 86_400_000;
/** Points of a sweep, seeds left out. */
export const MAX_SWEEP_POINTS = 100_000;
export const MAX_SWEEP_SEEDS = 1_000_000;
/** Mistakes in one file that are listed. */
export const MAX_LISTED_MISTAKES = 20;

// Commands of the user's that a step runs.
export const DEFAULT_EXEC_LIMIT_MS = 10_000;
export const MAX_EXEC_LIMIT_MS = 600_000;
/** Bytes of output that are kept of each. */
export const MAX_EXEC_OUTPUT_BYTES = 65_536;

// Actors.
/** Commands that an actor gives without anything happening in between: links of a large network, above all. */
export const MAX_ORDERS_PER_EVENT = 400_000;

/** Commands without any time passing: more is an actor that runs in circles. */
export const MAX_COMMANDS_AT_ONCE = 50_000;
