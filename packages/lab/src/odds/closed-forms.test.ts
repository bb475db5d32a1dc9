import assert from "node:assert/strict";
import { test } from "node:test";
import { oralMessages, paxosMessages, pbftMessages, signedMessages, signedMessagesCap } from "./agreement-messages.ts";
import { confirmationsForRisk } from "./confirmations.ts";
import { nakamotoProbability } from "./nakamoto.ts";
import { chiSquaredCriticalValue } from "./numeric/chi-squared.ts";
import { paperTables } from "./paper-tables.ts";
import { grunspanPerezMarcoProbability, rosenfeldProbability } from "./rosenfeld.ts";
import { selfishRevenue, selfishThreshold } from "./selfish-revenue.ts";
import { GRINDING_THRESHOLD, stakeShares } from "./stake-lottery.ts";
import { constantDelayStaleRate, deckerWattenhoferForkRate, observedStaleRate } from "./stale-rate.ts";
import { strictProbability } from "./strict.ts";
import { describeFormulas } from "./testing/formulas.ts";

/** The value to as many digits as the reference prints is the reference. */
function assertPrinted(value: number, printed: number, digits: number, name: string): void {
  assert.equal(Number(value.toFixed(digits)), printed, `${name}: ${value}`);
}

/** A share of the reference's keys: 0.33333333 stands for 1/3. */
function share(key: string): number {
  return key.startsWith("0.3333") ? 1 / 3 : Number(key);
}

describeFormulas("closed forms against the papers", (formulas) => {
  const { nakamoto_2008: nakamoto, rosenfeld_2014: rosenfeld } = formulas;

  test("Nakamoto's tables, as printed", () => {
    for (const [q, cells] of [[0.1, nakamoto["table_q0.1"]] as const, [0.3, nakamoto["table_q0.3"]] as const]) {
      for (const [z, cell] of Object.entries(cells)) {
        assert.equal(nakamotoProbability(q, Number(z)).toFixed(7), cell, `q=${q} z=${z}`);
      }
    }
  });

  test("confirmations for less than 0.1 %", () => {
    for (const [q, z] of Object.entries(nakamoto["z_for_P_below_0.001"])) {
      assert.equal(confirmationsForRisk(nakamotoProbability, Number(q), 0.001), z, q);
    }
    for (const [q, z] of Object.entries(rosenfeld["confirmations_for_below_0.1pct"].values)) {
      assert.equal(confirmationsForRisk(rosenfeldProbability, Number(q), 0.001), z, q);
    }
  });

  test("Rosenfeld's table 1, and Grunspan and Pérez-Marco's form of it", () => {
    const printed = paperTables("rosenfeld")[0]?.rows ?? [];
    for (const [percent, cells] of Object.entries(rosenfeld.table_percent)) {
      const row = printed.find(([name]) => name === `${percent}%`);
      for (const [i, cell] of cells.entries()) {
        const q = Number(percent) / 100;
        assertPrinted(100 * rosenfeldProbability(q, i + 1), cell, 3, `q=${percent}% n=${i + 1}`);
        assertPrinted(100 * grunspanPerezMarcoProbability(q, i + 1), cell, 3, `beta form, q=${percent}% n=${i + 1}`);
        assert.equal(Number(row?.[i + 1]), cell);
      }
    }
  });

  test("no pre-mining and strictly ahead", () => {
    for (const [key, value] of Object.entries(rosenfeld.strict_no_premine.values)) {
      const [q = Number.NaN, n = Number.NaN] = key.split("|").map(Number);
      assertPrinted(strictProbability(q, n), value, 6, key);
    }
  });

  test("selfish mining: revenue and threshold", () => {
    for (const [alpha, row] of Object.entries(formulas.eyal_sirer_2013.grid)) {
      for (const [gamma, value] of Object.entries(row)) {
        assertPrinted(selfishRevenue(share(alpha), Number(gamma)), value, 5, `alpha=${alpha} gamma=${gamma}`);
      }
    }
    for (const [gamma, value] of Object.entries(formulas.eyal_sirer_2013.thresholds)) {
      const [over = Number.NaN, under = 1] = value.split("/").map(Number);
      assert.ok(Math.abs(selfishThreshold(Number(gamma)) - over / under) < 1e-12, gamma);
    }
  });

  test("stale rates", () => {
    const { constant_delay_model: constant, decker_wattenhofer_2013: decker } = formulas.stale_rate;
    for (const [delay, value] of Object.entries(constant.values)) {
      assertPrinted(constantDelayStaleRate(Number(delay), constant.T, constant.s), value, 5, `${delay} s`);
    }
    assertPrinted(deckerWattenhoferForkRate(decker.model.D_seconds, 633.68), decker.model.P, 4, "Decker, Wattenhofer");
    for (const window of Object.values(formulas.stale_rate.bitcoin_data_stale_blocks.windows)) {
      const { perMainBlock, share: stale, standardError } = observedStaleRate(window.stale_rows, window.heights);
      assertPrinted(perMainBlock, window.stale_per_main_block, 5, "per block");
      assertPrinted(stale, window.stale_share, 5, "share");
      assertPrinted(standardError, window.se, 5, "standard error");
    }
  });

  test("lottery of stakes", () => {
    const { stakes, N, expected, sd } = formulas.pos_lottery.example;
    for (const [i, holder] of stakeShares(stakes, N).entries()) {
      assert.ok(Math.abs(holder.expected - (expected[i] ?? Number.NaN)) < 1e-9);
      assertPrinted(Math.sqrt(holder.variance), sd[i] ?? Number.NaN, 2, `holder ${i}`);
    }
    for (const [degrees, row] of Object.entries(formulas.pos_lottery.chi2_critical)) {
      for (const [significance, value] of Object.entries(row)) {
        assertPrinted(chiSquaredCriticalValue(Number(significance), Number(degrees)), value, 3, `df=${degrees}`);
      }
    }
    assert.ok(formulas.pos_lottery.grinding_bound.value.endsWith(GRINDING_THRESHOLD.toFixed(5)));
  });

  test("messages of agreement", () => {
    const { paxos, oral_messages: oral, pbft } = formulas.agreement;
    for (const [key, value] of Object.entries(oral.messages)) {
      const [n = Number.NaN, m = Number.NaN] = key.split(",").map(Number);
      assert.equal(oralMessages(n, m), value, key);
    }
    for (const [n, value] of Object.entries(pbft.messages)) assert.equal(pbftMessages(Number(n)), value, n);
    for (const n of ["3", "5", "7"]) assert.equal(paxosMessages(Number(n)), paxos.messages_failure_free[n]);
    assert.deepEqual([signedMessages(4), signedMessagesCap(4)], [9, 15]);
  });
});
