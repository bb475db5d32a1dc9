/** Rows of the picture of tips over time, and of the table of tips at a moment. */
export const MAX_TIP_ROWS = 24;
/** Events that a report lists: the first ones; beyond that, how many more there were. */
export const MAX_LISTED_EVENTS = 2_000;
/** Reorganisations that are listed: the deepest. */
export const MAX_LISTED_REORGS = 50;
/** Pixels of a picture for one of the drawing: sharp in print. */
export const PNG_SCALE = 2;
/** Wider pictures take more memory than they are worth; the drawing itself has no limit. */
export const LARGEST_PNG_SIDE = 16_000;
