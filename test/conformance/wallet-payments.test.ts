/** What the wallet signs must pass the node's own checks, with every rule that a mempool applies. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { checkTransaction } from "@forkyard/consensus/rules/check-tx";
import { STANDARD_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { scriptOfAddress } from "@forkyard/core/address";
import { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { payToPublicKey } from "@forkyard/core/script/templates";
import { outPointKey, Transaction, type TxInput, type TxOutput } from "@forkyard/core/tx";
import { Wallet } from "@forkyard/wallet/wallet";
import fc from "fast-check";

const regtest = networkByName("regtest");
const curve = selectCurve();
const RECIPIENT = scriptOfAddress("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", regtest.addresses);

type Kind = "p2wpkh" | "p2pkh" | "p2pk";

/** A wallet that owns one coin of each kind given, and those coins by outpoint. */
function walletWith(kinds: readonly Kind[]): { wallet: Wallet; outputs: ReadonlyMap<string, TxOutput> } {
  const wallet = Wallet.fromSeed(new Uint8Array(32).fill(11), regtest);
  const outputs = new Map<string, TxOutput>();
  for (const [index, kind] of kinds.entries()) {
    const outPoint = { txid: index.toString(16).padStart(64, "0") as Txid, vout: index };
    const output = { value: 100_000n + BigInt(index), scriptPubKey: scriptOf(wallet, kind) };
    wallet.addCoin(outPoint, { output, height: 1, coinbase: false });
    outputs.set(outPointKey(outPoint), output);
  }
  wallet.startAt(10);
  return { wallet, outputs };
}

function scriptOf(wallet: Wallet, kind: Kind): Uint8Array {
  const script = scriptOfAddress(wallet.newAddress(kind === "p2wpkh" ? "bech32" : "legacy"), regtest.addresses);
  return kind === "p2pk" ? payToPublicKey(wallet.ownKey(script)?.publicKey ?? new Uint8Array(0)) : script;
}

/** Runs all scripts. @throws RuleError */
function verifyAll(tx: Transaction, outputs: ReadonlyMap<string, TxOutput>): void {
  checkTransaction(tx);
  const spent = tx.inputs.map(({ prevout }) => outputs.get(outPointKey(prevout)) as TxOutput);
  for (const inputIndex of tx.inputs.keys()) {
    verifyInput({ tx, inputIndex, spent, flags: STANDARD_SCRIPT_FLAGS }, curve);
  }
}

describe("payments of the wallet", () => {
  test("pass every script rule, and so do the double spends of them", () => {
    const kinds = fc.array(fc.constantFrom<Kind>("p2wpkh", "p2pkh", "p2pk"), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(kinds, fc.integer({ min: 20, max: 100 }), fc.boolean(), (coins, percent, subtractFee) => {
        const { wallet, outputs } = walletWith(coins);
        const amount = (wallet.balance().confirmed * BigInt(percent)) / 100n;
        const request = { to: RECIPIENT, amount, feeRate: 2, subtractFee: subtractFee || percent > 90 };
        const { tx, fee } = wallet.pay(request, 0);
        verifyAll(tx, outputs);
        assert.ok(fee >= 2n * BigInt(tx.virtualSize));
        verifyAll(wallet.replaceToSelf(tx).tx, outputs);
      }),
      { numRuns: 30 },
    );
  });

  test("stop passing when anything in them is changed", () => {
    const { wallet, outputs } = walletWith(["p2wpkh"]);
    const { tx } = wallet.pay({ to: RECIPIENT, amount: 50_000n }, 0);
    const [first, change] = tx.outputs as [TxOutput, TxOutput];
    const [input] = tx.inputs as [TxInput];
    const changed = [
      { ...fieldsOf(tx), outputs: [{ ...first, value: first.value + 1n }, change] },
      { ...fieldsOf(tx), outputs: [first] },
      { ...fieldsOf(tx), lockTime: 1 },
      { ...fieldsOf(tx), version: 1 },
      { ...fieldsOf(tx), inputs: [{ ...input, sequence: 0 }] },
      { ...fieldsOf(tx), inputs: [{ ...input, witness: input.witness.toReversed() }] },
    ];
    for (const fields of changed) assert.throws(() => verifyAll(new Transaction(fields), outputs), RuleError);
    const otherAmount = new Map([...outputs].map(([key, output]) => [key, { ...output, value: output.value + 1n }]));
    assert.throws(() => verifyAll(tx, otherAmount), RuleError);
  });
});

function fieldsOf({ version, inputs, outputs, lockTime }: Transaction): ConstructorParameters<typeof Transaction>[0] {
  return { version, inputs, outputs, lockTime };
}
