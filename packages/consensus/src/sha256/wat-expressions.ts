/** WebAssembly text of 32-bit expressions. */

export function constant(value: number): string {
  return `(i32.const ${value | 0})`;
}

export function get(local: string): string {
  return `(local.get $${local})`;
}

export function set(local: string, value: string): string {
  return `(local.set $${local} ${value})`;
}

export function add(...terms: readonly string[]): string {
  return terms.reduce((x, y) => `(i32.add ${x} ${y})`);
}

export function and(x: string, y: string): string {
  return `(i32.and ${x} ${y})`;
}

export function xor(...terms: readonly string[]): string {
  return terms.reduce((x, y) => `(i32.xor ${x} ${y})`);
}

export function rotateRight(x: string, bits: number): string {
  return `(i32.rotr ${x} ${constant(bits)})`;
}

export function shiftRight(x: string, bits: number): string {
  return `(i32.shr_u ${x} ${constant(bits)})`;
}

/** Between little-endian, as memory is read, and big-endian. `x` is computed twice. */
export function swapBytes(x: string): string {
  return `(i32.or ${and(rotateRight(x, 24), constant(0x00ff00ff))} ${and(rotateRight(x, 8), constant(0xff00ff00))})`;
}
