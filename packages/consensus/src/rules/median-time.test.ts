import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HeaderLine } from "../testing/header-line.ts";
import { medianTimePast } from "./median-time.ts";

describe("median time past", () => {
  test("is the middle of the last eleven times, whatever their order", () => {
    const line = new HeaderLine();
    for (const time of [999, 50, 10, 40, 20, 30, 60, 110, 70, 100, 80, 90]) line.push({ time });
    assert.equal(medianTimePast(line.tip(), line), 60, "999 is the twelfth and no longer counts");
  });

  test("near genesis takes the blocks that there are, and the later of two", () => {
    const line = new HeaderLine();
    line.push({ time: 10 });
    assert.equal(medianTimePast(line.tip(), line), 10);
    line.push({ time: 20 });
    assert.equal(medianTimePast(line.tip(), line), 20);
    line.push({ time: 5 });
    assert.equal(medianTimePast(line.tip(), line), 10);
  });
});
