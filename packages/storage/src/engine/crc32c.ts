/** CRC-32C (Castagnoli), which LevelDB's files carry; Node's zlib has only the other polynomial. Eight bytes a step. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

const TABLES: readonly Uint32Array[] = makeTables();

function makeTables(): Uint32Array[] {
  const tables = Array.from({ length: SLICES }, () => new Uint32Array(256));
  const first = tables[0] as Uint32Array;
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    first[byte] = value;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    const [before, table] = [tables[slice - 1] as Uint32Array, tables[slice] as Uint32Array];
    for (let byte = 0; byte < 256; byte++) {
      const value = before[byte] as number;
      table[byte] = (value >>> 8) ^ (first[value & 0xff] as number);
    }
  }
  return tables;
}

export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let crc = 0xffffffff;
  let i = 0;
  for (; i + SLICES <= bytes.length; i += SLICES) {
    const low = crc ^ readU32(bytes, i);
    const high = readU32(bytes, i + 4);
    crc =
      at(t7, low) ^
      at(t6, low >>> 8) ^
      at(t5, low >>> 16) ^
      at(t4, low >>> 24) ^
      at(t3, high) ^
      at(t2, high >>> 8) ^
      at(t1, high >>> 16) ^
      at(t0, high >>> 24);
  }
  for (; i < bytes.length; i++) crc = at(t0, crc ^ (bytes[i] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function at(table: Uint32Array, index: number): number {
  return table[index & 0xff] as number;
}

function readU32(bytes: Uint8Array, i: number): number {
  return (
    (bytes[i] as number) |
    ((bytes[i + 1] as number) << 8) |
    ((bytes[i + 2] as number) << 16) |
    ((bytes[i + 3] as number) << 24)
  );
}
