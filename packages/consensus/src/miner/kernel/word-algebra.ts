import { SLOTS_OFFSET, VECTOR_BYTES } from "./layout.ts";

/**
 * A 32-bit word of the computation, known at one of three times. `fixed`: now, while the kernel is generated. `job`:
 * once a call, the same for all nonces; code for a scalar. `lane`: for each nonce; code for one vector a group.
 */
export type Word =
  | { readonly stage: "fixed"; readonly value: number }
  | { readonly stage: "job"; readonly code: string }
  | { readonly stage: "lane"; readonly codes: readonly string[] };

type Operation = "add" | "and" | "xor";

/** Name of the operation on four lanes at once; additions need to know how wide a lane is. */
const VECTOR_OPERATION: Readonly<Record<Operation, string>> = { add: "i32x4.add", and: "v128.and", xor: "v128.xor" };

export function fixed(value: number): Word {
  return { stage: "fixed", value: value >>> 0 };
}

/**
 * Arithmetic on words that does everything as early as it can: on fixed words at once, on job words in code before the
 * loop, and only what depends on the nonce in the loop.
 */
export class WordAlgebra {
  /** Vectors that are worked on side by side. */
  readonly groups: number;
  /** Code before the loop and in the loop. */
  readonly beforeLoop: string[] = [];
  readonly inLoop: string[] = [];
  /** Declarations of the locals that the code uses. */
  readonly locals: string[] = [];
  /** Slots filled when the module is made: slot number to value. */
  readonly fixedSlots: Map<number, number> = new Map();
  readonly #slots: Map<string, number> = new Map();

  constructor(groups: number) {
    this.groups = groups;
  }

  /** A word of the job: `code` yields an i32. */
  job(code: string): Word {
    const local = this.#local("i32");
    this.beforeLoop.push(`(local.set ${local} ${code})`);
    return { stage: "job", code: `(local.get ${local})` };
  }

  /** Holds the word in a local, so that using it twice does not compute it twice. */
  keep(word: Word): Word {
    if (word.stage !== "lane") return word;
    const codes = word.codes.map((code) => {
      const local = this.#local("v128");
      this.inLoop.push(`(local.set ${local} ${code})`);
      return `(local.get ${local})`;
    });
    return { stage: "lane", codes };
  }

  xor(x: Word, y: Word): Word {
    return this.#binary("xor", x, y, (a, b) => a ^ b);
  }

  and(x: Word, y: Word): Word {
    return this.#binary("and", x, y, (a, b) => a & b);
  }

  /** Sum of all words, those known early added up early. */
  add(...words: readonly Word[]): Word {
    const early = ["fixed", "job", "lane"].flatMap((stage) => words.filter((word) => word.stage === stage));
    return early.reduce((x, y) => this.#binary("add", x, y, (a, b) => a + b));
  }

  shiftRight(word: Word, bits: number): Word {
    if (word.stage === "fixed") return fixed(word.value >>> bits);
    if (word.stage === "job") return this.job(`(i32.shr_u ${word.code} (i32.const ${bits}))`);
    return { stage: "lane", codes: word.codes.map((code) => `(i32x4.shr_u ${code} (i32.const ${bits}))`) };
  }

  rotateRight(word: Word, bits: number): Word {
    if (word.stage === "fixed") return fixed((word.value >>> bits) | (word.value << (32 - bits)));
    if (word.stage === "job") return this.job(`(i32.rotr ${word.code} (i32.const ${bits}))`);
    const left = word.codes.map((code) => `(i32x4.shl ${code} (i32.const ${32 - bits}))`);
    return this.xor(this.shiftRight(word, bits), { stage: "lane", codes: left });
  }

  /** The word as vectors, one a group: what is known early is loaded from its slot. */
  vectors(word: Word): readonly string[] {
    if (word.stage === "lane") return word.codes;
    const slotOffset = SLOTS_OFFSET + this.#slotOf(word) * this.groups * VECTOR_BYTES;
    return this.eachGroup((group) => `(v128.load offset=${slotOffset + group * VECTOR_BYTES} (i32.const 0))`);
  }

  eachGroup<T>(make: (group: number) => T): T[] {
    return Array.from({ length: this.groups }, (_, group) => make(group));
  }

  #binary(operation: Operation, x: Word, y: Word, fold: (a: number, b: number) => number): Word {
    if (x.stage === "fixed" && y.stage === "fixed") return fixed(fold(x.value, y.value));
    if (x.stage === "fixed" && x.value === 0 && operation !== "and") return y;
    if (y.stage === "fixed" && y.value === 0 && operation !== "and") return x;
    if (x.stage !== "lane" && y.stage !== "lane") return this.job(`(i32.${operation} ${scalar(x)} ${scalar(y)})`);
    const left = this.vectors(x);
    const right = this.vectors(y);
    const codes = this.eachGroup((group) => `(${VECTOR_OPERATION[operation]} ${left[group]} ${right[group]})`);
    return { stage: "lane", codes };
  }

  /** One slot for each early word that the loop needs; a job word is spread over its slot before the loop. */
  #slotOf(word: Exclude<Word, { stage: "lane" }>): number {
    const key = scalar(word);
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slot = this.#slots.size;
    this.#slots.set(key, slot);
    if (word.stage === "fixed") this.fixedSlots.set(slot, word.value);
    else this.#fillSlot(slot, word.code);
    return slot;
  }

  #fillSlot(slot: number, code: string): void {
    for (let group = 0; group < this.groups; group++) {
      const offset = SLOTS_OFFSET + (slot * this.groups + group) * VECTOR_BYTES;
      this.beforeLoop.push(`(v128.store offset=${offset} (i32.const 0) (i32x4.splat ${code}))`);
    }
  }

  #local(type: "i32" | "v128"): string {
    const name = `$${type}_${this.locals.length}`;
    this.locals.push(`(local ${name} ${type})`);
    return name;
  }
}

function scalar(word: Exclude<Word, { stage: "lane" }>): string {
  return word.stage === "fixed" ? `(i32.const ${word.value | 0})` : word.code;
}
