/** Newest heights that a locator lists one by one, before its gaps double. */
const DENSE_HEIGHTS = 10;

/** Heights of a locator for a chain of this height, falling to 0: dense at first, then with doubling gaps. */
export function locatorHeights(height: number): number[] {
  const heights: number[] = [];
  let step = 1;
  for (let at = height; at > 0; at -= step) {
    heights.push(at);
    if (heights.length > DENSE_HEIGHTS) step *= 2;
  }
  heights.push(0);
  return heights;
}
