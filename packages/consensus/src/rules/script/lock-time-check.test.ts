import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Txid } from "@forkyard/core/hash";
import { SEQUENCE_FINAL, Transaction, type TxInput } from "@forkyard/core/tx";
import { lockTimeReached, sequenceReached } from "./lock-time-check.ts";

const TIME = 1_600_000_000;
const TIME_UNITS = 1 << 22;
const DISABLED = 0x80000000;

function spend(fields: { lockTime?: number; sequence?: number; version?: number }): [Transaction, TxInput] {
  const { lockTime = 0, sequence = 0, version = 2 } = fields;
  const input = {
    prevout: { txid: "aa".repeat(32) as Txid, vout: 0 },
    scriptSig: new Uint8Array(0),
    sequence,
    witness: [],
  };
  return [new Transaction({ version, inputs: [input], outputs: [], lockTime }), input];
}

describe("lock times (BIP65)", () => {
  test("are reached by a transaction lock time of the same kind that is not lower", () => {
    assert.equal(lockTimeReached(...spend({ lockTime: 100 }), 100), true);
    assert.equal(lockTimeReached(...spend({ lockTime: 99 }), 100), false);
    assert.equal(lockTimeReached(...spend({ lockTime: TIME }), TIME), true);
    assert.equal(lockTimeReached(...spend({ lockTime: TIME }), 100), false);
    assert.equal(lockTimeReached(...spend({ lockTime: 100 }), TIME), false);
    assert.equal(lockTimeReached(...spend({ lockTime: 499_999_999 }), 500_000_000), false);
  });

  test("are not reached when the input's sequence switches the lock time off", () => {
    assert.equal(lockTimeReached(...spend({ lockTime: 100, sequence: SEQUENCE_FINAL }), 100), false);
  });
});

describe("relative locks (BIP112)", () => {
  test("are reached by a sequence of the same unit that is not lower", () => {
    assert.equal(sequenceReached(...spend({ sequence: 10 }), 10), true);
    assert.equal(sequenceReached(...spend({ sequence: 9 }), 10), false);
    assert.equal(sequenceReached(...spend({ sequence: TIME_UNITS | 10 }), TIME_UNITS | 10), true);
    assert.equal(sequenceReached(...spend({ sequence: TIME_UNITS | 10 }), 10), false);
    assert.equal(sequenceReached(...spend({ sequence: 10 }), TIME_UNITS | 10), false);
  });

  test("ignore the bits that BIP68 gives no meaning", () => {
    assert.equal(sequenceReached(...spend({ sequence: 0x10000 | 10 }), 0x20000 | 10), true);
    assert.equal(sequenceReached(...spend({ sequence: 10 }), 2 ** 32 + 10), true);
  });

  test("need version 2, unsigned, and a sequence that is a lock", () => {
    assert.equal(sequenceReached(...spend({ sequence: 10, version: 1 }), 10), false);
    assert.equal(sequenceReached(...spend({ sequence: 10, version: -1 }), 10), true);
    assert.equal(sequenceReached(...spend({ sequence: DISABLED + 10 }), 10), false);
  });
});
