import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DISCONNECT_SCORE,
  GARBAGE_POINTS,
  MAX_SCORED_PEERS,
  MIN_APPLICATION_SCORE,
  REFUSE_MS,
  SCORE_HALF_LIFE_MS,
} from "./limits.ts";
import { ApplicationScores, headerErrorPoints, SCORE_THRESHOLDS, topicScores } from "./scoring.ts";
import { topicName } from "./topics.ts";

describe("application scores", () => {
  test("penalties add up, fade by half, and end in a refusal that ends too", () => {
    const scores = new ApplicationScores();
    assert.equal(scores.penalise("p", 100, 0), false);
    assert.equal(scores.score("p", SCORE_HALF_LIFE_MS), -50);
    assert.equal(scores.refused("p", 0), false);
    scores.penalise("p", 100, 0);
    assert.equal(scores.penalise("p", -DISCONNECT_SCORE - 200, 0), true);
    assert.ok(scores.refused("p", REFUSE_MS - 1));
    assert.ok(!scores.refused("p", REFUSE_MS));
    scores.penalise("p", 1e9, 0);
    assert.equal(scores.score("p", 0), MIN_APPLICATION_SCORE);
    assert.equal(scores.score("q", 0), 0);
  });

  test("remembers a bounded number of peers, the latest", () => {
    const scores = new ApplicationScores();
    for (let i = 0; i <= MAX_SCORED_PEERS; i++) scores.penalise(`p${i}`, 1, 0);
    assert.equal(scores.score("p0", 0), 0);
    assert.equal(scores.score("p1", 0), -1);
  });
});

test("a header in the future, or after a block that we refused, is nobody's fault; any other bad header is", () => {
  assert.equal(headerErrorPoints("time-too-new"), 0);
  assert.equal(headerErrorPoints("bad-prevblk"), 0);
  assert.equal(headerErrorPoints("high-hash"), GARBAGE_POINTS);
});

test("three invalid blocks graylist a peer, one does not", () => {
  const blocks = topicScores("c")[topicName("c", "blocks")];
  assert.ok(blocks);
  const scoreAfter = (invalid: number): number =>
    invalid ** 2 * blocks.invalidMessageDeliveriesWeight * blocks.topicWeight;
  assert.ok(scoreAfter(1) >= SCORE_THRESHOLDS.gossipThreshold);
  assert.ok(scoreAfter(3) < SCORE_THRESHOLDS.graylistThreshold);
});
