/** Section A of the catalogue: signature operations and locks of transactions in blocks. */
import { LOCK_TIME_THRESHOLD } from "@forkyard/consensus/rules/locks";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { hash160, sha256 } from "@forkyard/core/hash";
import type { ActivationHeights } from "@forkyard/core/params/network-params";
import { buildScript } from "@forkyard/core/script/codec";
import {
  OP_0,
  OP_1,
  OP_CHECKMULTISIG,
  OP_CHECKSEQUENCEVERIFY,
  OP_CHECKSIG,
  OP_DROP,
  OP_ENDIF,
  OP_IF,
  OP_PUSHDATA1,
  OP_PUSHDATA2,
} from "@forkyard/core/script/opcodes";
import { payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import type { Transaction } from "@forkyard/core/tx";
import { story } from "./support/play.ts";
import { fund, open, spend, TRUE_SCRIPT, withInput, withOutputs } from "./support/spending.ts";
import type { Story } from "./support/story.ts";

const MOST_SIGOPS = 20_000;

function opcodes(opcode: number, count: number): Uint8Array {
  return new Uint8Array(count).fill(opcode);
}

/** A block whose coinbase has outputs with these scripts. */
function withScripts(chain: Story, ...scripts: readonly Uint8Array[]): ReturnType<Story["block"]> {
  const outputs = scripts.map((scriptPubKey) => ({ value: 0n, scriptPubKey }));
  return chain
    .grow(3)
    .block()
    .coinbase((coinbase) => withOutputs(coinbase, [...coinbase.outputs, ...outputs]));
}

/** Scripts that count for so many sigops, and what comes of a block with them and one more or none. */
const COUNTED: readonly (readonly [name: string, scripts: readonly Uint8Array[]])[] = [
  ["20,000 times CHECKSIG", [opcodes(OP_CHECKSIG, MOST_SIGOPS)]],
  ["1,000 times CHECKMULTISIG without a known number of keys", [opcodes(OP_CHECKMULTISIG, MOST_SIGOPS / 20)]],
  [
    "CHECKMULTISIG with its number of keys before it, which does not count outside P2SH",
    Array.from({ length: MOST_SIGOPS / 20 }, () => buildScript([OP_1, OP_CHECKMULTISIG])),
  ],
  [
    "CHECKSIG before a push that is cut off",
    [concatBytes(opcodes(OP_CHECKSIG, MOST_SIGOPS), Uint8Array.of(OP_PUSHDATA2, 0xff, 0xff), opcodes(OP_CHECKSIG, 9))],
  ],
  [
    "CHECKSIG before a length that is cut off",
    [concatBytes(opcodes(OP_CHECKSIG, MOST_SIGOPS), Uint8Array.of(OP_PUSHDATA2, 0xff))],
  ],
  [
    "CHECKSIG behind a push of 521 bytes, which is too long to run",
    [concatBytes(Uint8Array.of(OP_PUSHDATA2, 9, 2), new Uint8Array(521), opcodes(OP_CHECKSIG, MOST_SIGOPS))],
  ],
  [
    "CHECKSIG that nobody runs",
    [concatBytes(buildScript([OP_0, OP_IF]), opcodes(OP_CHECKSIG, MOST_SIGOPS), Uint8Array.of(OP_ENDIF))],
  ],
  [
    "CHECKSIG inside a push does not count",
    [opcodes(OP_CHECKSIG, MOST_SIGOPS), concatBytes(Uint8Array.of(OP_PUSHDATA1, 200), opcodes(OP_CHECKSIG, 200))],
  ],
];

for (const [name, scripts] of COUNTED) {
  story(`item 17: sigops: ${name}`, (chain) => {
    withScripts(chain, ...scripts).accepted();
  });
  story(`item 17: sigops: ${name}, and one more`, (chain) => {
    withScripts(chain, ...scripts, Uint8Array.of(OP_CHECKSIG)).rejected("bad-blk-sigops", { cost: 80_004 });
  });
}

/** One of so many keys, of which the first signs: never run to success here, only counted. */
const THREE_KEYS = buildScript([OP_0, OP_IF, OP_1 + 2, OP_CHECKMULTISIG, OP_ENDIF, OP_1]);
/** Sigops that a block has room for beside the ones of the spend, in cost units. */
const ROOM = 80_000;

for (const [name, script, spending, cost] of [
  [
    "P2SH counts the real number of keys, four each",
    payToScriptHash(hash160(THREE_KEYS)),
    { scriptSig: buildScript([THREE_KEYS]) },
    12,
  ],
  ["P2WSH counts the real number of keys, one each", payToWitness(0, sha256(THREE_KEYS)), { witness: [THREE_KEYS] }, 3],
  [
    "P2WSH in P2SH counts as P2WSH",
    payToScriptHash(hash160(payToWitness(0, sha256(THREE_KEYS)))),
    { scriptSig: buildScript([payToWitness(0, sha256(THREE_KEYS))]), witness: [THREE_KEYS] },
    3,
  ],
] as const) {
  for (const [over, code] of [
    [0, undefined],
    [1, "bad-blk-sigops"],
  ] as const) {
    story(`item 17: sigops: ${name}; ${over} too many`, (chain) => {
      const coin = fund(chain.grow(4), script);
      const others = Math.floor((ROOM - cost) / 4) + over;
      const coinbase = (tx: Transaction): Transaction =>
        withOutputs(tx, [...tx.outputs, { value: 0n, scriptPubKey: opcodes(OP_CHECKSIG, others) }]);
      const block = chain
        .block()
        .with(withInput(spend([coin]), spending))
        .coinbase(coinbase);
      if (code === undefined) block.accepted();
      else block.rejected(code);
    });
  }
}

/** A spend that is final only when its lock time has passed. */
function locked(chain: Story, lockTime: number): Transaction {
  return withInput(spend([chain.coin()], { lockTime }), { sequence: 0 });
}

story("item 18: a lock at the height of the block itself", (chain) => {
  chain.grow(5).block().with(locked(chain, 6)).rejected("bad-txns-nonfinal");
});

story("item 18: a lock at the height before", (chain) => {
  chain.grow(5).block().with(locked(chain, 5)).accepted();
});

story("item 18: a lock that final sequences switch off", (chain) => {
  chain
    .grow(5)
    .block()
    .with(spend([chain.coin()], { lockTime: 999 }))
    .accepted();
});

/** The coinbase with a lock that has not passed. */
function lockedCoinbase(coinbase: Transaction): Transaction {
  const { inputs, outputs } = coinbase;
  return withInput(spend([], { inputs, outputs, lockTime: 99 }), { sequence: 0 });
}

story("item 18: a coinbase whose lock has not passed", (chain) => {
  chain.grow(5).block().coinbase(lockedCoinbase).rejected("bad-txns-nonfinal");
});

/** Median time of the last eleven of the blocks that the story grows, ten minutes apart. */
function medianTime(chain: Story): number {
  return chain.forge.block(chain.tip).header.time - 5 * chain.params.spacingSeconds;
}

for (const [name, beyond, code] of [
  ["the median time of the blocks before, not the block's own, which is later", 0, "bad-txns-nonfinal"],
  ["one second less", -1, undefined],
] as const) {
  story(`item 18: a lock until ${name} (BIP113)`, (chain) => {
    chain.grow(12);
    const block = chain.block().with(locked(chain, medianTime(chain) + beyond));
    if (code === undefined) block.accepted();
    else block.rejected(code);
  });
}

const LATE_CSV: ActivationHeights = { bip34: 1, bip65: 1, bip66: 1, csv: 14, segwit: 0, taproot: 0 };

story(
  "item 18: before BIP113 the block's own time counted",
  (chain) => {
    chain.grow(12);
    const tx = locked(chain, medianTime(chain) + 700);
    chain.block().with(tx).accepted();
    chain
      .block()
      .with(locked(chain, medianTime(chain) + 700))
      .rejected("bad-txns-nonfinal");
  },
  { params: { activation: LATE_CSV } },
);

const BY_TIME = 1 << 22;
const DISABLED = 2 ** 31;

/** A spend of a coin of the block at height 14 (of a chain whose tip is at 18), locked so by its sequence. */
function relative(chain: Story, sequence: number, version = 2): Transaction {
  const coin = fund(chain.grow(13), open(0n).scriptPubKey);
  chain.grow(4);
  return withInput(spend([coin], { version }), { sequence });
}

/** Five blocks make 3,000 s; the coin's age counts from the median time before the block that made it. */
const UNITS_THAT_PASSED = Math.floor((5 * 600) / 512);

for (const [name, sequence, version, code] of [
  ["five blocks, as old as it is", 5, 2, undefined],
  ["six blocks", 6, 2, "bad-txns-nonfinal"],
  ["six blocks, switched off by its top bit", DISABLED + 6, 2, undefined],
  ["six blocks, in a transaction of version 1, which has no such locks", 6, 1, undefined],
  ["six blocks, in a transaction of version 0xffffffff (CVE-2024-34478)", 6, -1, "bad-txns-nonfinal"],
  ["six blocks, in a transaction of version 0x80000000", 6, -(2 ** 31), "bad-txns-nonfinal"],
  ["the seconds that have passed", BY_TIME + UNITS_THAT_PASSED, 2, undefined],
  ["512 seconds more than have passed", BY_TIME + UNITS_THAT_PASSED + 1, 2, "bad-txns-nonfinal"],
  ["bits that mean nothing", 0x00300000 + 5, 2, undefined],
] as const) {
  story(`item 19: a coin locked for ${name} (BIP68)`, (chain) => {
    const tx = relative(chain, sequence, version);
    const block = chain.block().with(tx);
    if (code === undefined) block.accepted();
    else block.rejected(code);
  });
}

for (const [name, sequence, version, error] of [
  ["enough", 3, 2, undefined],
  ["too little", 2, 2, "UNSATISFIED_LOCKTIME"],
  ["enough, but switched off", DISABLED + 3, 2, "UNSATISFIED_LOCKTIME"],
  ["enough, in a transaction of version 1", 3, 1, "UNSATISFIED_LOCKTIME"],
  ["enough, in a transaction of version 0xffffffff (CVE-2024-34478)", 3, -1, undefined],
  ["seconds where blocks are asked for", BY_TIME + 3, 2, "UNSATISFIED_LOCKTIME"],
] as const) {
  story(`item 19: CHECKSEQUENCEVERIFY for three blocks, the input waits ${name} (BIP112)`, (chain) => {
    const coin = fund(chain.grow(13), buildScript([OP_1 + 2, OP_CHECKSEQUENCEVERIFY, OP_DROP, OP_1]));
    chain.grow(4);
    const block = chain.block().with(withInput(spend([coin], { version }), { sequence }));
    if (error === undefined) block.accepted();
    else block.failsScript(error);
  });
}

story(
  "item 19: relative locks are nothing before their activation, and hold from then on",
  (chain) => {
    chain.grow(12);
    const early = withInput(spend([chain.coin()]), { sequence: 60 });
    chain.block().with(early).accepted();
    chain
      .block()
      .with(withInput(spend([chain.coin()]), { sequence: 60 }))
      .rejected("bad-txns-nonfinal");
  },
  { params: { activation: LATE_CSV } },
);

story("item 18: a lock time at the border between heights and seconds is a time that has long passed", (chain) => {
  chain.grow(5).block().with(locked(chain, LOCK_TIME_THRESHOLD)).accepted();
});

story("item 18: the greatest height has not come", (chain) => {
  chain
    .grow(5)
    .block()
    .with(locked(chain, LOCK_TIME_THRESHOLD - 1))
    .rejected("bad-txns-nonfinal");
});

story("item 17: sigops: what is in an input's script counts too", (chain) => {
  const coin = fund(chain.grow(4), TRUE_SCRIPT);
  const scriptSig = opcodes(OP_CHECKSIG, MOST_SIGOPS + 1);
  chain
    .block()
    .with(withInput(spend([coin]), { scriptSig }))
    .rejected("bad-blk-sigops");
});
