/** Where random bytes come from: the operating system in a node, a seeded stream in the simulator. */
export interface Random {
  bytes(length: number): Uint8Array;
}
