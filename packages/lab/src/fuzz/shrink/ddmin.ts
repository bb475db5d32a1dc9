/**
 * Makes a failing list small: leaves out ever smaller parts as long as it goes on failing, until no single element can
 * be left out (A. Zeller and R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
 * @param fails whether a list fails in the same way; the given one does
 */
export async function ddmin<T>(items: readonly T[], fails: (items: readonly T[]) => Promise<boolean>): Promise<T[]> {
  let left = [...items];
  for (let parts = 2; left.length > 0; ) {
    const smaller = await withoutOnePart(left, Math.min(parts, left.length), fails);
    if (smaller !== undefined) {
      left = smaller;
      parts = Math.max(2, parts - 1);
    } else if (parts >= left.length) {
      return left;
    } else {
      parts = Math.min(left.length, parts * 2);
    }
  }
  return left;
}

async function withoutOnePart<T>(
  items: readonly T[],
  parts: number,
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<T[] | undefined> {
  const size = Math.ceil(items.length / parts);
  // Later events first: what they stood on is then still there.
  for (let part = parts - 1; part >= 0; part--) {
    const rest = [...items.slice(0, part * size), ...items.slice((part + 1) * size)];
    if (rest.length < items.length && (await fails(rest))) return rest;
  }
  return undefined;
}
