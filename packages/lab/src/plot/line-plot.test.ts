import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { linearAxis, logAxis, tickText } from "./axis.ts";
import { linePlot } from "./line-plot.ts";

describe("axes", () => {
  test("linear ticks are round, even, and hold all values", () => {
    for (const values of [
      [0, 1],
      [0.13, 0.87],
      [-3, 17],
      [1e-7, 4e-7],
      [5, 5],
      [0, 12345],
    ]) {
      const { ticks, low, high, place } = linearAxis(values);
      assert.ok(ticks.length >= 2 && ticks.length <= 9, ticks.join());
      for (const value of values)
        assert.ok(value >= low - 1e-12 && value <= high + 1e-12, `${value} in ${low}..${high}`);
      assert.deepEqual([place(low), place(high)], [0, 1]);
    }
    assert.deepEqual(linearAxis([0, 24]).ticks, [0, 5, 10, 15, 20, 25]);
  });

  test("logarithmic ticks are powers of ten", () => {
    assert.deepEqual(logAxis([0.002, 0.9]).ticks.map(tickText), ["0.001", "0.01", "0.1", "1"]);
    assert.equal(logAxis([0.01, 1]).place(0.1), 0.5);
    assert.ok(logAxis([1e-300, 1]).ticks.length < 10);
  });

  test("without values there is an axis all the same", () => {
    for (const axis of [linearAxis([]), logAxis([]), logAxis([0])]) assert.ok(axis.high > axis.low);
  });

  test("ticks are short", () => {
    assert.deepEqual([0, 0.1 + 0.2, 1e-7, 2e6, 1500].map(tickText), ["0", "0.3", "1e-7", "2e6", "1500"]);
  });
});

describe("line plot", () => {
  const plot = {
    title: `<b>"A & B"</b>`,
    xLabel: "x",
    yLabel: "y",
    series: [
      {
        name: "line",
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 0.5 },
          { x: 2, y: 1 },
        ],
      },
      { name: "dots", points: [{ x: 1, y: 0.4, low: 0, high: 0.6 }] },
      { name: "nothing", points: [{ x: 1, y: Number.NaN }] },
    ],
  };

  test("is self-contained and escapes what is not its own", () => {
    const svg = linePlot(plot);
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="/);
    assert.ok(!/href|<style|<script|url\(/.test(svg));
    assert.ok(svg.includes("&lt;b&gt;&quot;A &amp; B&quot;&lt;/b&gt;") && !svg.includes("<b>"));
    for (const name of ["line", "dots", "nothing"]) assert.ok(svg.includes(`>${name}</text>`));
  });

  test("joins points, draws intervals as dots with bars, leaves out what has no place", () => {
    for (const logY of [false, true]) {
      const svg = linePlot({ ...plot, logY });
      assert.ok(!/NaN|Infinity|undefined/.test(svg));
      assert.equal(svg.match(/<polyline/g)?.length, 1);
      const joined = /<polyline points="([^"]*)"/.exec(svg)?.[1]?.split(" ") ?? [];
      // On a logarithmic axis there is no place for 0.
      assert.equal(joined.length, logY ? 2 : 3);
    }
    assert.equal(linePlot(plot).match(/<circle/g)?.length, 2);
  });

  test("is drawn without any point", () => {
    for (const logY of [false, true]) assert.ok(!/NaN/.test(linePlot({ ...plot, series: [], logY })));
  });
});
