/** Rows of the picture of tips over time, and of the table of tips at a moment. */
export const MAX_TIP_ROWS = 24;
/** Events that a report lists: the first ones; beyond that, how many more there were. */
export const MAX_LISTED_EVENTS = 2_000;
/** Reorganisations that are listed: the deepest. */
export const MAX_LISTED_REORGS = 50;
