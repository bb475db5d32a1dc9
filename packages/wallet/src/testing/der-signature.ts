/** r and s, 64 bytes, of a DER signature with its hash type: for checking signatures with the library. */
export function compactOfDer(der: Uint8Array): Uint8Array {
  const lengthR = der[3] ?? 0;
  const r = der.subarray(4, 4 + lengthR);
  const s = der.subarray(6 + lengthR, der.length - 1);
  return Uint8Array.from([...last32(r), ...last32(s)]);
}

function last32(bytes: Uint8Array): number[] {
  return [...new Uint8Array(32), ...bytes].slice(-32);
}
