/** True when all nodes show one tip. */
export function sameTip(tips: ReadonlyMap<string, string>): boolean {
  return new Set(tips.values()).size === 1;
}
