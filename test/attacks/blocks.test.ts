/** Section A of the catalogue: blocks that are not what their header or their height says. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { acceptBlock, coinbaseHeightScript } from "@forkyard/consensus/rules/accept-block";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { witnessCommitmentScript } from "@forkyard/consensus/rules/witness-commitment";
import { assertRule } from "@forkyard/consensus/testing/assert-rule";
import { buildBlock } from "@forkyard/consensus/testing/build-block";
import { HeaderLine } from "@forkyard/consensus/testing/header-line";
import { type Block, blockWeight } from "@forkyard/core/block";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { networkByName } from "@forkyard/core/params/networks";
import { OP_RETURN } from "@forkyard/core/script/opcodes";
import { payToWitness } from "@forkyard/core/script/templates";
import type { Transaction, TxOutput } from "@forkyard/core/tx";
import type { BlockPlan } from "./support/forge.ts";
import { story } from "./support/play.ts";
import { fund, pay, spend, TRUE_SCRIPT, withInput, withOutputs, wsh } from "./support/spending.ts";
import type { Story } from "./support/story.ts";

/** A coinbase with this script. */
const scripted =
  (...script: readonly number[]) =>
  (coinbase: Transaction): Transaction =>
    withInput(coinbase, { scriptSig: Uint8Array.from(script) });

/** Ways to begin a coinbase at some height: the one that BIP34 asks for, and others. */
const HEIGHT_SCRIPTS: readonly (readonly [
  height: number,
  right: readonly number[],
  wrong: readonly (readonly number[])[],
])[] = [
  [1, [0x51], [[0x52], [1, 1], [0], [2, 1, 0]]],
  [16, [0x60], [[1, 16], [0x5f], [2, 16, 0]]],
  [17, [1, 17], [[1, 18], [2, 17, 0], [0x4c, 1, 17], [17]]],
  [
    127,
    [1, 127],
    [
      [2, 127, 0],
      [1, 126],
      [1, 0xff],
    ],
  ],
  [
    128,
    [2, 128, 0],
    [
      [1, 128],
      [2, 128, 1],
      [3, 128, 0, 0],
    ],
  ],
];

for (const [height, right, wrong] of HEIGHT_SCRIPTS) {
  story(`item 9: height ${height} in the coinbase, and what only looks like it (BIP34)`, (chain) => {
    chain.grow(height - 1);
    for (const script of wrong)
      chain
        .block()
        .coinbase(scripted(...script, 9, 9))
        .rejected("bad-cb-height");
    chain
      .block()
      .coinbase(scripted(...right, 9, 9))
      .accepted();
  });
  story(`item 9: a wrong height at ${height} alone (BIP34)`, (chain) => {
    chain
      .grow(height - 1)
      .block()
      .coinbase(scripted(...(wrong[0] ?? []), 9, 9))
      .rejected("bad-cb-height");
  });
}

test("item 9: heights whose push gets longer", () => {
  const params = networkByName("regtest");
  const pushes = [
    [32_767, [2, 0xff, 0x7f]],
    [32_768, [3, 0, 0x80, 0]],
    [8_388_607, [3, 0xff, 0xff, 0x7f]],
    [8_388_608, [4, 0, 0, 0x80, 0]],
  ] as const;
  for (const [height, push] of pushes) {
    assert.deepEqual(coinbaseHeightScript(height), Uint8Array.from(push), `${height}`);
    const line = new HeaderLine(height - 12);
    for (let i = 0; i < 12; i++) line.push({ time: 1_600_000_000 + i });
    const parent = line.tip();
    const accept = (script: readonly number[]): unknown => {
      const plain = buildBlock(parent, params);
      const block = buildBlock(parent, params, { coinbase: scripted(...script, 1)(plain.txs[0] as Transaction) });
      const entry = { ...parent, hash: block.hash, header: block.header, height };
      return acceptBlock(checkBlock(block, params), entry, parent, line, params);
    };
    accept(push);
    assertRule("bad-cb-height", () => accept([push[0] + 1, ...push.slice(1), 0]));
    assertRule("bad-cb-height", () => accept(push.slice(0, -1)));
  }
});

story("item 10: no transaction at all", (chain) => {
  chain
    .grow(3)
    .block()
    .list(() => [])
    .rejected("bad-blk-length");
});

story("item 10: a first transaction that is no coinbase", (chain) => {
  const tx = pay([chain.grow(3).coin()], 1n, 2n);
  chain
    .block()
    .with(tx)
    .list((txs) => txs.slice(1))
    .rejected("bad-cb-missing");
});

story("item 10: a coinbase that comes second", (chain) => {
  const tx = pay([chain.grow(3).coin()], 1n, 2n);
  chain
    .block()
    .with(tx)
    .list((txs) => txs.toReversed())
    .rejected("bad-cb-missing");
});

story("item 10: two coinbases", (chain) => {
  chain
    .grow(3)
    .block()
    .list(([coinbase]) => [coinbase as Transaction, withInput(coinbase as Transaction, { sequence: 1 })])
    .rejected("bad-cb-multiple");
});

for (const length of [1, 2, 100, 101]) {
  story(`item 10: a coinbase script of ${length} bytes`, (chain) => {
    const script = [0x53, ...Array.from({ length: length - 1 }, (_, i) => i & 0xff)];
    const block = chain
      .grow(2)
      .block()
      .coinbase(scripted(...script));
    if (length === 1 || length === 101) block.rejected("bad-cb-length");
    else block.accepted();
  });
}

/** A block "honest" whose list, repeated in part, has the same merkle root. */
function repeatedList(chain: Story, payments: number, repeated: number): void {
  chain.grow(payments + 2);
  const txs = Array.from({ length: payments }, () => spend([chain.coin()]));
  chain
    .block("honest")
    .with(...txs)
    .prepared();
  chain
    .copy("honest", (block) => ({ ...block, txs: [...block.txs, ...block.txs.slice(-repeated)] }))
    .mutated("bad-txns-duplicate");
  chain.copy("honest").accepted();
}

story("item 11: the last of three transactions twice (CVE-2012-2459), then the honest block", (chain) => {
  repeatedList(chain, 2, 1);
});

story("item 11: the last pair of six transactions twice (CVE-2012-2459), then the honest block", (chain) => {
  repeatedList(chain, 5, 2);
});

story("item 11: transactions in another order, then the honest block", (chain) => {
  chain.grow(4);
  chain
    .block("honest")
    .with(spend([chain.coin()]), spend([chain.coin()]))
    .prepared();
  chain
    .copy("honest", (block) => ({
      ...block,
      txs: block.txs.with(1, block.txs[2] as Transaction).with(2, block.txs[1] as Transaction),
    }))
    .mutated("bad-txnmrklroot");
  chain.copy("honest").accepted();
});

const NONCE = new Uint8Array(32);
const WRONG_COMMITMENT = { value: 0n, scriptPubKey: witnessCommitmentScript(new Uint8Array(32).fill(1)) };

/** A spend with a witness, and the block "honest" with it, kept back. */
function witnessBlock(chain: Story): void {
  const coin = fund(chain.grow(4), wsh(TRUE_SCRIPT));
  chain
    .block("honest")
    .with(withInput(spend([coin]), { witness: [TRUE_SCRIPT] }))
    .prepared();
}

const withWitness =
  (position: number, witness: readonly Uint8Array[]) =>
  (block: Block): Block => ({
    ...block,
    txs: block.txs.with(position, withInput(block.txs[position] as Transaction, { witness })),
  });

for (const [name, change, code] of [
  ["another element", withWitness(1, [Uint8Array.of(1), TRUE_SCRIPT]), "bad-witness-merkle-match"],
  ["none", withWitness(1, []), "bad-witness-merkle-match"],
  ["another reserved value", withWitness(0, [new Uint8Array(32).fill(1)]), "bad-witness-merkle-match"],
  ["a reserved value of 31 bytes", withWitness(0, [new Uint8Array(31)]), "bad-witness-nonce-size"],
  ["two reserved values", withWitness(0, [NONCE, NONCE]), "bad-witness-nonce-size"],
  ["no reserved value", withWitness(0, []), "bad-witness-nonce-size"],
] as const) {
  story(`item 12: a copy whose witness has ${name}, then the honest block`, (chain) => {
    witnessBlock(chain);
    chain.copy("honest", change).mutated(code);
    chain.copy("honest").accepted();
  });
}

story("item 12: a copy without any witness, then the honest block", (chain) => {
  witnessBlock(chain);
  chain.copy("honest", (block) => withWitness(0, [])(withWitness(1, [])(block))).mutated("bad-witness-nonce-size");
  chain.copy("honest").accepted();
});

/** The list with another coinbase: other outputs, made from those that it has. */
function withCoinbaseOutputs(
  change: (outputs: readonly TxOutput[]) => readonly TxOutput[],
): NonNullable<BlockPlan["list"]> {
  return (txs) => txs.with(0, withOutputs(txs[0] as Transaction, change((txs[0] as Transaction).outputs)));
}

/** A block on the tip with a witness, its list of transactions still to be said. */
function withAWitness(chain: Story, name: string): ReturnType<Story["block"]> {
  const coin = fund(chain.grow(4), wsh(TRUE_SCRIPT));
  return chain.block(name).with(withInput(spend([coin]), { witness: [TRUE_SCRIPT] }));
}

/** The list with a coinbase that commits to nothing. */
const bare: NonNullable<BlockPlan["list"]> = ([coinbase, ...others]) => [
  withInput(withOutputs(coinbase as Transaction, (coinbase as Transaction).outputs.slice(0, 1)), { witness: [] }),
  ...others,
];

story("item 13: witnesses without a commitment; without them the block is bad for good", (chain) => {
  withAWitness(chain, "bare").list(bare).mutated("unexpected-witness");
  chain.copy("bare", withWitness(1, [])).failsScript("WITNESS_PROGRAM_WITNESS_EMPTY");
});

for (const [name, outputs] of [
  ["a wrong commitment", ([value]: readonly TxOutput[]) => [value as TxOutput, WRONG_COMMITMENT]],
  ["a wrong commitment after a right one", (all: readonly TxOutput[]) => [...all, WRONG_COMMITMENT]],
] as const) {
  story(`item 13: ${name}`, (chain) => {
    withAWitness(chain, "wrong").list(withCoinbaseOutputs(outputs)).mutated("bad-witness-merkle-match");
  });
}

story("item 13: a right commitment after a wrong one", (chain) => {
  withAWitness(chain, "right")
    .coinbase((coinbase) => withOutputs(coinbase, [...coinbase.outputs, WRONG_COMMITMENT]))
    .accepted();
});

/** 64 bytes: one input, one output with a script of four bytes. */
function tinyTransaction(chain: Story): Transaction {
  const coin = chain.coin();
  return spend([coin], { outputs: [{ value: coin.value, scriptPubKey: Uint8Array.of(0x51, 0x61, 0x61, 0x61) }] });
}

story(
  "item 14: a transaction of 64 bytes in place of the coinbase may be an inner node of a good block (CVE-2017-12842)",
  (chain) => {
    const tiny = tinyTransaction(chain.grow(3));
    assert.equal(tiny.strippedSize, 64);
    chain
      .block()
      .list(() => [tiny])
      .mutated("bad-cb-missing");
  },
);

story("item 14: a transaction of 64 bytes is allowed in blocks", (chain) => {
  chain
    .block()
    .with(tinyTransaction(chain.grow(3)))
    .accepted();
});

/** A block of exactly this weight, filled up with a witness that nobody looks at. */
function weighing(chain: Story, weight: number): ReturnType<Story["block"]> {
  const later = fund(chain.grow(4), payToWitness(2, new Uint8Array(32).fill(1)));
  const filled = (bytes: number): Transaction => withInput(spend([later]), { witness: [new Uint8Array(bytes)] });
  const guess = weight - 2_000;
  const lacking = weight - blockWeight(chain.forge.build(chain.tip, { txs: [filled(guess)] }));
  return chain.block().with(filled(guess + lacking));
}

describe("item 15: weight", () => {
  story("item 15: a block of 4,000,000", (chain) => {
    assert.equal(blockWeight(weighing(chain, 4_000_000).accepted()), 4_000_000);
  });

  story("item 15: a block of 4,000,001", (chain) => {
    weighing(chain, 4_000_001).rejected("bad-blk-weight", { weight: 4_000_001 });
  });

  story("item 15: a block too heavy by a witness that it does not commit to, then the honest one", (chain) => {
    const later = fund(chain.grow(4), payToWitness(2, new Uint8Array(32).fill(1)));
    chain
      .block("honest")
      .with(withInput(spend([later]), { witness: [NONCE] }))
      .prepared();
    chain.copy("honest", withWitness(1, [new Uint8Array(3_999_000)])).mutated("bad-witness-merkle-match");
    chain.copy("honest").accepted();
  });

  for (const [bytes, code] of [
    [1_000_000, undefined],
    [1_000_001, "bad-blk-length"],
  ] as const) {
    story(`item 15: a block of ${bytes} bytes without witnesses`, (chain) => {
      const coin = chain.grow(3).coin();
      const filled = (length: number): Transaction =>
        spend([coin], {
          outputs: [{ value: 0n, scriptPubKey: concatBytes(Uint8Array.of(OP_RETURN), new Uint8Array(length)) }],
        });
      const guess = bytes - 2_000;
      const lacking = bytes - blockWeight(chain.forge.build(chain.tip, { txs: [filled(guess)] })) / 4;
      const block = chain.block().with(filled(guess + lacking));
      if (code === undefined) assert.equal(blockWeight(block.accepted()), 4 * bytes);
      else block.rejected(code, { strippedSize: bytes });
    });
  }
});

for (const [name, bloated] of [
  ["three bytes", [0xfd, 2, 0]],
  ["five bytes", [0xfe, 2, 0, 0, 0]],
  ["nine bytes", [0xff, 2, 0, 0, 0, 0, 0, 0, 0]],
] as const) {
  story(`item 16: the number of transactions written in ${name}, then the honest bytes`, (chain) => {
    chain.grow(3);
    chain
      .block("honest")
      .with(spend([chain.coin()]))
      .prepared();
    chain
      .bytes("honest", (bytes) => concatBytes(bytes.subarray(0, 80), Uint8Array.from(bloated), bytes.subarray(81)))
      .undecodable();
    chain.copy("honest").accepted();
  });
}

story("item 16: a byte too many behind the block, then the honest bytes", (chain) => {
  chain.grow(3);
  chain.block("honest").prepared();
  chain.bytes("honest", (bytes) => concatBytes(bytes, Uint8Array.of(0))).undecodable();
  chain.copy("honest").accepted();
});
