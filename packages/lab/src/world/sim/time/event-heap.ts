/** Something that is to happen. Equal times are ordered by node, then by when it was planned. */
export interface Planned {
  /** Microseconds since the world began. */
  readonly atUs: number;
  /** Number of the node it happens on; -1 for the world itself. */
  readonly node: number;
  readonly order: number;
  /** Undefined once it is called off. */
  run: (() => void) | undefined;
}

/** Called off entries that may lie about before the heap is cleared of them. */
const MIN_CALLED_OFF_TO_SWEEP = 4_096;

/** A binary heap in total order: time, node, order of planning. What is called off stays in it until swept. */
export class EventHeap {
  #heap: Planned[] = [];
  #calledOff = 0;

  /** Entries that will still happen. */
  get size(): number {
    return this.#heap.length - this.#calledOff;
  }

  push(planned: Planned): void {
    this.#heap.push(planned);
    this.#up(this.#heap.length - 1);
  }

  callOff(planned: Planned): void {
    if (planned.run === undefined) return;
    planned.run = undefined;
    this.#calledOff += 1;
    if (this.#calledOff > MIN_CALLED_OFF_TO_SWEEP && this.#calledOff * 2 > this.#heap.length) this.#sweep();
  }

  /** The next entry that will happen, left where it is. */
  peek(): Planned | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.run !== undefined) return first;
      this.#removeFirst();
      this.#calledOff -= 1;
    }
    return undefined;
  }

  pop(): Planned | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #up(from: number): void {
    const heap = this.#heap;
    const moving = heap[from] as Planned;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Planned;
      if (!isBefore(moving, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = moving;
  }

  #down(from: number): void {
    const heap = this.#heap;
    const moving = heap[from] as Planned;
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Planned, heap[child] as Planned)) child += 1;
      const below = heap[child] as Planned;
      if (!isBefore(below, moving)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = moving;
  }

  #sweep(): void {
    const kept = this.#heap.filter(({ run }) => run !== undefined);
    this.#heap = [];
    this.#calledOff = 0;
    for (const planned of kept) this.push(planned);
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  if (a.atUs !== b.atUs) return a.atUs < b.atUs;
  if (a.node !== b.node) return a.node < b.node;
  return a.order < b.order;
}
