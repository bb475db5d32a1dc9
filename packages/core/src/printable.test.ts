import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { escapeInvisible, printable, quoted } from "./printable.ts";

describe("untrusted text in a message", () => {
  test("what could play tricks on a screen is escaped, letters stay", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["a\nb\tc", "a\\nb\\tc"],
      ["\u001b[2J", "\\u001b[2J"],
      ["\u007f\u0085\u009b", "\\u007f\\u0085\\u009b"],
      ["\u202etxt.exe\u2066", "\\u202etxt.exe\\u2066"],
      ["\u200b\u200f\ufeff\u00ad", "\\u200b\\u200f\\ufeff\\u00ad"],
      ["\u2028\u2029", "\\u2028\\u2029"],
      ["\u{e0041}", "\\udb40\\udc41"],
      ["\ud800", "\\ud800"],
      ['"\\', '\\"\\\\'],
      ["ключ 钥匙 é 🔑", "ключ 钥匙 é 🔑"],
    ];
    for (const [text, shown] of cases) assert.equal(printable(text), shown);
    assert.equal(quoted("a\nb"), '"a\\nb"');
  });

  test("text that is to stay as it is keeps its quotation marks and backslashes", () => {
    assert.equal(escapeInvisible('say "a\\b"\n\u202e'), 'say "a\\b"\\n\\u202e');
  });

  test("is cut", () => {
    assert.equal(printable("x".repeat(1_000)).length, 100);
    assert.equal(printable("abc", 2), "ab");
    assert.equal(quoted("abc", 2), '"ab"');
  });

  test("any text becomes one line that JSON reads back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const shown = quoted(text, text.length);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        assert.equal(JSON.parse(shown), text);
      }),
    );
  });
});
