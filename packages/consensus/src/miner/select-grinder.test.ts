import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Grinder } from "./grinder.ts";
import { javascriptGrinder } from "./javascript-grinder.ts";
import { type GrinderCandidate, grinderCandidates, selectGrinder } from "./select-grinder.ts";

/** A clock that goes forward only when a grinder hashes. */
class WorkClock implements Clock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  /** A right grinder that takes so long for a thousand hashes. */
  grinder(name: string, msPerThousand: number): GrinderCandidate {
    const grind: Grinder["grind"] = (header, target, startNonce, count) => {
      this.#nowMs += (count / 1000) * msPerThousand;
      return javascriptGrinder.grind(header, target, startNonce, count);
    };
    return { name, create: () => ({ name, grind }) };
  }
}

describe("choosing a grinder", () => {
  test("takes the fastest and says how fast it is", () => {
    const clock = new WorkClock();
    const choice = selectGrinder([clock.grinder("slow", 5), clock.grinder("fast", 2), clock.grinder("mid", 3)], clock);
    assert.equal(choice.grinder.name, "fast");
    assert.equal(Math.round(choice.hashRate), 500_000);
    assert.deepEqual(choice.rejected, []);
  });

  test("refuses one that finds wrong nonces, however fast, and one that does not start", () => {
    const clock = new WorkClock();
    const liar: GrinderCandidate = {
      name: "liar",
      create: () => ({
        name: "liar",
        grind: (header, target, startNonce, count) => {
          const result = javascriptGrinder.grind(header, target, startNonce, count);
          return result.nonce === undefined ? result : { ...result, nonce: result.nonce + 1 };
        },
      }),
    };
    const broken: GrinderCandidate = {
      name: "broken",
      create: () => {
        throw new Error("no SIMD here");
      },
    };
    const choice = selectGrinder([liar, broken, clock.grinder("honest", 9)], clock);
    assert.equal(choice.grinder.name, "honest");
    assert.deepEqual(
      choice.rejected.map(({ name }) => name),
      ["liar", "broken"],
    );
    assert.match(choice.rejected[1]?.reason ?? "", /no SIMD here/);
    assert.throws(() => selectGrinder([broken], clock), InputError);
  });

  test("a miner that keeps a nonce to itself is found out too", () => {
    const clock = new WorkClock();
    const blind: GrinderCandidate = {
      name: "blind",
      create: () => ({
        name: "blind",
        grind: (_header, _target, _start, count) => ({ nonce: undefined, hashes: count }),
      }),
    };
    assert.throws(() => selectGrinder([blind], clock), /blind/);
  });

  test("a fallback is tried when nothing else works, and only then", () => {
    const clock = new WorkClock();
    const fallback = { ...clock.grinder("fallback", 1), fallback: true };
    const refused: GrinderCandidate = {
      name: "fallback",
      fallback: true,
      create: () => assert.fail("it is looked at"),
    };
    assert.equal(selectGrinder([clock.grinder("slow", 5), refused], clock).grinder.name, "slow");
    const broken: GrinderCandidate = { name: "broken", create: () => assert.fail("no SIMD here") };
    const choice = selectGrinder([broken, fallback], clock);
    assert.equal(choice.grinder.name, "fallback");
    assert.deepEqual(choice.rejected, [{ name: "broken", reason: "broken: no SIMD here" }]);
  });

  test("the real candidates: turbo only on request, JavaScript where there is no SIMD", () => {
    assert.deepEqual(
      grinderCandidates({ turbo: false }).map(({ name, fallback }) => [name, fallback === true]),
      [
        ["wasm-simd128", false],
        ["javascript", true],
      ],
    );
    assert.ok(grinderCandidates({ turbo: true }).some(({ name }) => name === "wasm-simd256"));
  });
});
