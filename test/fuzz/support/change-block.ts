import { merkleRootOf, mine } from "@forkyard/consensus/testing/build-block";
import { type Block, blockFromBytes, encodeBlock } from "@forkyard/core/block";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { Transaction, type TransactionFields } from "@forkyard/core/tx";
import { mutate } from "./mutate.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** A block with something wrong or odd about it; `undefined` when the bytes no longer make one. */
type BlockChange = (block: Block, random: SeededRandom) => Block | undefined;

const HEADER_CHANGES: readonly ((header: BlockHeader, random: SeededRandom) => Partial<BlockHeader>)[] = [
  (header, random) => ({ version: random.pick([0, 1, 2, 3, 4, -1, header.version + 1]) }),
  (header, random) => ({ time: (header.time + random.pick([-7200, -600, -601, 1, 7200, 600_000_000])) >>> 0 }),
  (header, random) => ({ bits: random.pick([0, 0x207ffffe, 0x1f7fffff, 0x217fffff, 0x20ffffff, header.bits]) }),
  (_header, random) => ({ prevHash: random.pick(["00", "ab"]).repeat(32) as BlockHeader["prevHash"] }),
  (header) => ({ merkleRoot: header.prevHash as string as BlockHeader["merkleRoot"] }),
];

const TX_CHANGES: readonly ((tx: Transaction, random: SeededRandom) => Partial<TransactionFields>)[] = [
  (tx, random) => ({ version: random.pick([-1, 0, 1, 2, tx.version]) }),
  (_tx, random) => ({ lockTime: random.pick([0, 1, 500, 499_999_999, 500_000_000, 0xffffffff]) }),
  (tx, random) => ({ outputs: tx.outputs.map((output) => ({ ...output, value: oddValue(output.value, random) })) }),
  (tx, random) => ({
    outputs: tx.outputs.map((output) => ({ ...output, scriptPubKey: random.bytes(random.below(4)) })),
  }),
  (tx) => ({ outputs: tx.outputs.slice(1) }),
  (tx) => ({ outputs: [...tx.outputs, ...tx.outputs] }),
  (tx) => ({ inputs: tx.inputs.slice(1) }),
  (tx) => ({ inputs: [...tx.inputs, ...tx.inputs] }),
  (tx, random) => ({ inputs: tx.inputs.map((input) => ({ ...input, sequence: random.u32() })) }),
  (tx, random) => ({ inputs: tx.inputs.map((input) => ({ ...input, scriptSig: random.bytes(random.below(110)) })) }),
  (tx, random) => ({ inputs: tx.inputs.map((input) => ({ ...input, witness: [random.bytes(random.below(40))] })) }),
  (tx, random) => ({
    inputs: tx.inputs.map((input) => ({
      ...input,
      prevout: { ...input.prevout, vout: random.pick([0, 1, 0xffffffff]) },
    })),
  }),
];

const BODY_CHANGES: readonly ((txs: readonly Transaction[], random: SeededRandom) => readonly Transaction[])[] = [
  (txs, random) => txs.filter(() => !random.oneIn(2)),
  (txs, random) => [...txs, random.pick(txs)],
  (txs, random) => [random.pick(txs), ...txs],
  (txs) => [...txs, ...txs],
  (txs) => txs.toReversed(),
  (txs, random) => {
    const at = random.below(txs.length);
    return txs.map((tx, index) => (index === at ? changeTx(tx, random) : tx));
  },
];

const CHANGES: readonly BlockChange[] = [
  (block, random) => decoded(mutate(encodeBlock(block), random)),
  (block, random) => withHeader(block, random.pick(HEADER_CHANGES)(block.header, random)),
  (block, random) => sealed(withHeader(block, random.pick(HEADER_CHANGES)(block.header, random))),
  (block, random) => ({ ...block, txs: random.pick(BODY_CHANGES)(block.txs, random) }),
  (block, random) => committed({ ...block, txs: random.pick(BODY_CHANGES)(block.txs, random) }),
  (block, random) => {
    const changed = decoded(mutate(encodeBlock(block), random));
    return changed && committed(changed);
  },
];

/** Changes a valid block: bytes, header or body, with or without the merkle root and proof of work that would fit. */
export function changeBlock(block: Block, random: SeededRandom): Block | undefined {
  const changed = random.pick(CHANGES)(block, random);
  // Through the bytes, as it would come: outputs without inputs, for one, are written and read as something else.
  return changed && decoded(encodeBlock(changed));
}

function changeTx(tx: Transaction, random: SeededRandom): Transaction {
  const { version, inputs, outputs, lockTime } = tx;
  return new Transaction({ version, inputs, outputs, lockTime, ...random.pick(TX_CHANGES)(tx, random) });
}

function oddValue(value: bigint, random: SeededRandom): bigint {
  return random.pick([value - 1n, value + 1n, 0n, -1n, value * 2n, 2_100_000_000_000_001n, (1n << 63n) - 1n]);
}

function decoded(bytes: Uint8Array): Block | undefined {
  try {
    return blockFromBytes(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function withHeader(block: Block, change: Partial<BlockHeader>): Block {
  const header = { ...block.header, ...change };
  return { ...block, header, hash: blockHashOf(header) };
}

/** The header that fits the body, with proof of work. */
function committed(block: Block): Block {
  return sealed(withHeader(block, { merkleRoot: merkleRootOf(block.txs) }));
}

/** Proof of work where it is quick to find. */
function sealed(block: Block): Block {
  const easy = block.header.bits >= 0x207ffff0 && block.header.bits <= 0x207fffff;
  return easy ? mine({ ...block.header, nonce: 0 }, block.txs) : block;
}
