import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { Conditions } from "./conditions.ts";

describe("conditions", () => {
  test("behave as a list of booleans would", () => {
    const step = fc.constantFrom("if true", "if false", "else", "endif");
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const conditions = new Conditions();
        const model: boolean[] = [];
        for (const one of steps) {
          if (model.length === 0 && (one === "else" || one === "endif")) {
            assert.throws(() => (one === "else" ? conditions.flip() : conditions.close()));
            continue;
          }
          if (one === "else") {
            conditions.flip();
            model.push(!model.pop());
          } else if (one === "endif") {
            conditions.close();
            model.pop();
          } else {
            conditions.open(one === "if true");
            model.push(one === "if true");
          }
          assert.equal(conditions.executing, !model.includes(false));
          assert.equal(conditions.balanced, model.length === 0);
        }
      }),
    );
  });
});
