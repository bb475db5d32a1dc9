/** Section A of the catalogue: coins made from nothing or spent twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTxInputs } from "@forkyard/consensus/rules/check-inputs";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { assertRule } from "@forkyard/consensus/testing/assert-rule";
import { inputOf } from "@forkyard/consensus/testing/build-block";
import type { Coin } from "@forkyard/core/coins";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { OP_RETURN } from "@forkyard/core/script/opcodes";
import { NULL_VOUT } from "@forkyard/core/tx";
import { COIN, MAX_MONEY } from "@forkyard/core/units";
import { story } from "./support/play.ts";
import { fund, inputsOf, open, pay, spend } from "./support/spending.ts";
import { coinbaseOf, outputOf } from "./support/story.ts";

const UNKNOWN_TXID = "12".repeat(32) as Txid;

story("item 1: an old coin spent twice by one transaction (CVE-2018-17144)", (chain) => {
  const old = fund(chain.grow(3), open(0n).scriptPubKey);
  chain
    .block()
    .with(pay([old, old], 2n * old.value))
    .rejected("bad-txns-inputs-duplicate");
  chain.coins({ has: [old.outPoint] });
});

story("item 1: a ripe coinbase spent twice by one transaction", (chain) => {
  const ripe = chain.grow(3).coin();
  chain
    .block()
    .with(pay([ripe, ripe], 2n * ripe.value))
    .rejected("bad-txns-inputs-duplicate");
  chain.coins({ has: [ripe.outPoint] });
});

story("item 1: a coin of the same block spent twice by one transaction", (chain) => {
  const ripe = chain.grow(3).coin();
  const maker = spend([ripe]);
  const made = outputOf(maker);
  chain
    .block()
    .with(maker, pay([made, made], made.value))
    .rejected("bad-txns-inputs-duplicate");
  chain.coins({ has: [ripe.outPoint], lacks: [made.outPoint] });
});

story("item 2: one coin spent by two transactions of a block", (chain) => {
  const coin = chain.grow(3).coin();
  chain
    .block()
    .with(pay([coin], 1n), pay([coin], 2n))
    .rejected("bad-txns-inputs-missingorspent");
  chain.coins({ has: [coin.outPoint] });
});

story("item 2: a coin that an ancestor spent", (chain) => {
  const coin = chain.grow(3).coin();
  chain
    .block()
    .with(pay([coin], 1n))
    .accepted();
  chain
    .block()
    .with(pay([coin], 2n))
    .rejected("bad-txns-inputs-missingorspent");
  chain.coins({ lacks: [coin.outPoint] });
});

story("item 3: a coin spent before the transaction that makes it", (chain) => {
  const maker = spend([chain.grow(3).coin()]);
  chain
    .block()
    .with(spend([outputOf(maker)]), maker)
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 3: a coin spent after the transaction that makes it", (chain) => {
  const maker = spend([chain.grow(3).coin()]);
  const taker = spend([outputOf(maker)]);
  chain.block().with(maker, taker).accepted();
  chain.coins({ has: [outputOf(taker).outPoint], lacks: [outputOf(maker).outPoint] });
});

story("item 4: two outputs whose 64-bit sum would wrap around (CVE-2010-5139)", (chain) => {
  const coin = chain.grow(3).coin();
  chain
    .block()
    .with(pay([coin], 2n ** 63n - 1n, 2n ** 63n - 1n))
    .rejected("bad-txns-vout-toolarge");
});

for (const [name, values, code] of [
  ["one output of more than all money", [MAX_MONEY + 1n], "bad-txns-vout-toolarge"],
  ["two outputs of together more than all money", [MAX_MONEY, 1n], "bad-txns-txouttotal-toolarge"],
  ["all money from one coin", [MAX_MONEY], "bad-txns-in-belowout"],
  ["one satoshi too much", [50n * COIN + 1n], "bad-txns-in-belowout"],
] as const) {
  story(`item 4: ${name}`, (chain) => {
    chain
      .block()
      .with(pay([chain.grow(3).coin()], ...values))
      .rejected(code);
  });
}

test("item 4: inputs that are together more than all money", () => {
  const coin: Coin = { output: open(MAX_MONEY), height: 1, coinbase: false };
  const tx = pay([], 1n);
  const inputs = [inputOf(UNKNOWN_TXID, 0), inputOf(UNKNOWN_TXID, 1)];
  const check = (): bigint =>
    checkTxInputs(spend([], { inputs, outputs: tx.outputs }), () => coin, 9, { coinbaseMaturity: 2 });
  assertRule("bad-txns-inputvalues-outofrange", check);
});

for (const [name, value] of [
  ["minus one satoshi", -1n],
  ["the least number there is", -(2n ** 63n)],
] as const) {
  story(`item 5: an output of ${name}`, (chain) => {
    const coin = chain.grow(3).coin();
    chain
      .block()
      .with(pay([coin], value, coin.value))
      .rejected("bad-txns-vout-negative");
  });
}

const FEE = 1_000n;

for (const [name, extra, code] of [
  ["subsidy, fees and one satoshi", 1n, "bad-cb-amount"],
  ["subsidy and fees", 0n, undefined],
  ["less than subsidy and fees", -7n, undefined],
] as const) {
  story(`item 6: a coinbase that takes ${name}`, (chain) => {
    const coin = chain.grow(3).coin();
    const block = chain
      .block()
      .with(pay([coin], coin.value - FEE))
      .pays(50n * COIN + FEE + extra);
    if (code === undefined) block.accepted();
    else block.rejected(code);
  });

  story(
    `item 6: after a halving, a coinbase that takes ${name}`,
    (chain) => {
      const coin = chain.grow(4).coin();
      const block = chain
        .block()
        .with(pay([coin], coin.value - FEE))
        .pays(25n * COIN + FEE + extra);
      if (code === undefined) block.accepted();
      else block.rejected(code);
    },
    { params: { subsidyHalvingBlocks: 5 } },
  );
}

story(
  "item 6: the last block before a halving takes the whole subsidy",
  (chain) => {
    chain
      .grow(3)
      .block()
      .pays(50n * COIN)
      .accepted();
    chain
      .block()
      .pays(50n * COIN)
      .rejected("bad-cb-amount");
  },
  { params: { subsidyHalvingBlocks: 5 } },
);

story(
  "item 6: after 64 halvings there is no subsidy, however far a shift of 32 bits would turn",
  (chain) => {
    chain.grow(63).block().pays(1n).rejected("bad-cb-amount");
    chain.block().pays(0n).accepted();
    chain.block().pays(1n).rejected("bad-cb-amount");
  },
  { params: { subsidyHalvingBlocks: 1 } },
);

test("item 6: the subsidy around mainnet's halvings and far beyond them", () => {
  const params = { subsidyHalvingBlocks: 210_000 };
  const at = [209_999, 210_000, 210_000 * 32, 210_000 * 33, 210_000 * 64, 210_000 * 96, 2 ** 31];
  assert.deepEqual(
    at.map((height) => subsidyAt(height, params)),
    [50n * COIN, 25n * COIN, 1n, 0n, 0n, 0n, 0n],
  );
});

story(
  "item 7: a coinbase spent after 99 blocks",
  (chain) => {
    const coin = chain.grow(99).coin();
    chain
      .block()
      .with(spend([coin]))
      .rejected("bad-txns-premature-spend-of-coinbase", { depth: 99 });
    chain.coins({ has: [coin.outPoint] });
  },
  { params: { coinbaseMaturity: 100 } },
);

story(
  "item 7: a coinbase spent after 100 blocks",
  (chain) => {
    const coin = chain.grow(100).coin();
    chain
      .block()
      .with(spend([coin]))
      .accepted();
    chain.coins({ lacks: [coin.outPoint] });
  },
  { params: { coinbaseMaturity: 100 } },
);

/** Before BIP34 a coinbase could be repeated. */
const WITHOUT_BIP34 = { bip34: 1_000_000, bip65: 1, bip66: 1, csv: 1, segwit: 0, taproot: 0 };

story(
  "item 8: a coinbase repeated while its output is unspent (BIP30)",
  (chain) => {
    const first = chain.block().accepted();
    chain
      .grow(2)
      .block()
      .coinbase(() => first.txs[0] as never)
      .rejected("bad-txns-BIP30");
  },
  { params: { activation: WITHOUT_BIP34 } },
);

story(
  "item 8: a coinbase repeated when its output is spent (BIP30)",
  (chain) => {
    const first = chain.block().accepted();
    const coin = outputOf(first.txs[0] as never);
    chain
      .grow(1)
      .block()
      .with(spend([coin]))
      .accepted();
    chain
      .block()
      .coinbase(() => first.txs[0] as never)
      .accepted();
    chain.coins({ has: [coin.outPoint] });
  },
  { params: { activation: WITHOUT_BIP34 } },
);

story(
  "item 8: a coinbase that foresaw its second height long before BIP34",
  (chain) => {
    const ahead = Uint8Array.of(0x58, 1, 0);
    const first = chain
      .block()
      .coinbase((tx) => spend([], { inputs: [{ ...tx.inputs[0], scriptSig: ahead }] as never, outputs: tx.outputs }))
      .accepted();
    chain
      .grow(6)
      .block()
      .coinbase(() => first.txs[0] as never)
      .rejected("bad-txns-BIP30");
  },
  { params: { activation: { ...WITHOUT_BIP34, bip34: 4 } } },
);

story("item 20: an output index that the transaction has not", (chain) => {
  const { outPoint, value } = chain.grow(3).coin();
  const beyond = { value, scriptPubKey: new Uint8Array(), outPoint: { ...outPoint, vout: 1 } };
  chain
    .block()
    .with(spend([beyond]))
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 20: a transaction that nobody knows", (chain) => {
  const unknown = { ...chain.grow(3).coin(), outPoint: { txid: UNKNOWN_TXID, vout: 0 } };
  chain
    .block()
    .with(spend([unknown]))
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 20: the null outpoint outside a coinbase", (chain) => {
  const coin = chain.grow(3).coin();
  const inputs = [...inputsOf(coin), inputOf(ZERO_HASH as Txid, NULL_VOUT)];
  chain
    .block()
    .with(spend([coin], { inputs }))
    .rejected("bad-txns-prevout-null");
});

story("item 20: the zero hash with an ordinary index", (chain) => {
  const coin = chain.grow(3).coin();
  const inputs = [...inputsOf(coin), inputOf(ZERO_HASH as Txid, 0)];
  chain
    .block()
    .with(spend([coin], { inputs }))
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 21: an OP_RETURN output spent", (chain) => {
  const data = fund(chain.grow(3), Uint8Array.of(OP_RETURN), 5n);
  chain
    .block()
    .with(spend([data]))
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 21: an output spent whose script is too long to run", (chain) => {
  const long = fund(chain.grow(3), new Uint8Array(10_001).fill(0x61), 5n);
  chain
    .block()
    .with(spend([long]))
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 21: the coinbase of genesis spent", (chain) => {
  const genesis = outputOf(chain.params.genesis.txs[0] as never);
  chain
    .grow(3)
    .block()
    .with(spend([genesis]))
    .rejected("bad-txns-inputs-missingorspent");
});

story("item 21: an output spent whose block was taken back", (chain) => {
  const coin = chain.grow(3).coin();
  const lost = chain
    .block("lost")
    .with(pay([coin], 7n))
    .accepted();
  chain.block("b1").on("block 3").side();
  chain.block("b2").on("b1").accepted();
  chain
    .block()
    .with(spend([outputOf(lost.txs[1] as never)]))
    .rejected("bad-txns-inputs-missingorspent");
  chain.coins({ has: [coin.outPoint], lacks: [{ txid: coinbaseOf(lost), vout: 0 }] });
});

story("item 21: an output spent whose block failed to connect", (chain) => {
  const coin = chain.grow(3).coin();
  const refused = chain
    .block()
    .with(spend([coin]))
    .pays(51n * COIN)
    .rejected("bad-cb-amount");
  chain
    .block()
    .with(spend([outputOf(refused.txs[1] as never)]))
    .rejected("bad-txns-inputs-missingorspent");
});
