import assert from "node:assert/strict";
import { test } from "node:test";
import { rpcParameter } from "./rpc-parameters.ts";

const TXID_OF_DIGITS = "1234567890123456789012345678901234567890123456789012345678901234";

test("JSON where it is plainly meant, strings otherwise", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["1", 1],
    ["-1", -1],
    ["0.5", 0.5],
    ["true", true],
    ["null", null],
    ['"1"', "1"],
    ['["a",1]', ["a", 1]],
    ['{"a":1}', { a: 1 }],
    ["alice", "alice"],
    ["", ""],
    ["[broken", "[broken"],
    ["[a]", "[a]"],
    ["007", "007"],
    ["12e5", "12e5"],
    [TXID_OF_DIGITS, TXID_OF_DIGITS],
  ];
  for (const [word, value] of cases) assert.deepEqual(rpcParameter(word), value, word);
});
