/** What one node says of the chain and of itself. */
export interface TipView {
  readonly name: string;
  readonly height: number;
  readonly tip: string;
  /** Cumulative work of its tip, hexadecimal. */
  readonly chainWork: string;
}

/** Whether nodes that could be asked show one tip, and the tip with the most work. */
export interface Agreement {
  readonly agreed: boolean;
  readonly height: number;
  readonly tip: string;
}

/** Compares tips. Nobody to ask is not agreement. */
export function agreement(views: readonly TipView[]): Agreement {
  const [first, ...others] = views;
  if (first === undefined) return { agreed: false, height: 0, tip: "" };
  const best = others.reduce((most, view) => (workOf(view) > workOf(most) ? view : most), first);
  return { agreed: others.every((view) => view.tip === first.tip), height: best.height, tip: best.tip };
}

function workOf(view: TipView): bigint {
  return BigInt(`0x${view.chainWork}`);
}
