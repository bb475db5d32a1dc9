/**
 * Height of the far ancestor that the block at `height` points to. Clearing low bits of the height gives a skip list
 * in which every ancestor is reached in O(log n) steps, with one pointer a block (the scheme of Bitcoin Core).
 */
export function skipHeight(height: number): number {
  if (height < 2) return 0;
  // Odd heights skip less far than even ones, so that the walk can come close to any height before single steps.
  return height % 2 === 1 ? clearLowestBit(clearLowestBit(height - 1)) + 1 : clearLowestBit(height);
}

function clearLowestBit(value: number): number {
  return value & (value - 1);
}
