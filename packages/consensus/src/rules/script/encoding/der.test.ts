import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import * as fc from "fast-check";
import { hasHighS, isStrictDer, parseLaxDer } from "./der.ts";

const GROUP_ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const pad = (hex: string): string => hex.padStart(64, "0");
const NO_SCALARS = "00".repeat(64);

describe("lax DER", () => {
  const read: readonly (readonly [name: string, der: string, scalars: string])[] = [
    ["strict", "3006020101020102", pad("01") + pad("02")],
    ["the length of the whole is not believed", "30ff020101020102", ""],
    ["a long length of the whole is read over", "308106020101020102", pad("01") + pad("02")],
    ["a long length of an integer", "3000028103010203020102", pad("010203") + pad("02")],
    ["a length with zeros in front", "300002850000000001070201 02".replace(" ", ""), pad("07") + pad("02")],
    ["a negative integer is read as positive", "30060201ff0201fe", pad("ff") + pad("fe")],
    ["zeros in front of an integer", "3000020400000005020102", pad("05") + pad("02")],
    ["an empty integer is zero", "30000200020102", pad("") + pad("02")],
    ["bytes after the end", "3006020101020102ffff", pad("01") + pad("02")],
    ["r equal to the group order gives zeros", `30000220${GROUP_ORDER}020102`, NO_SCALARS],
    ["s longer than 32 bytes gives zeros", `3000020101022101${GROUP_ORDER}`, NO_SCALARS],
  ];
  for (const [name, der, scalars] of read) {
    test(name, () => assert.equal(toHex(parseLaxDer(fromHex(der)) ?? new Uint8Array(0)), scalars));
  }

  const refused: readonly (readonly [name: string, der: string])[] = [
    ["empty", ""],
    ["another tag", "3106020101020102"],
    ["nothing after the tag", "30"],
    ["more length bytes than there are", "308401"],
    ["no integer", "3006030101020102"],
    ["an integer longer than what is left", "3006020901020102"],
    ["no second integer", "3003020101"],
    ["a length of four bytes", "3000028401000001020102"],
    ["an integer without length", "300302010102"],
  ];
  for (const [name, der] of refused) {
    test(`refuses: ${name}`, () => assert.equal(parseLaxDer(fromHex(der)), undefined));
  }

  test("reads all that is strict, to the same numbers", () => {
    const magnitude = fc
      .uint8Array({ minLength: 1, maxLength: 31 })
      .filter(([first]) => first !== undefined && first > 0);
    fc.assert(
      fc.property(magnitude, magnitude, (r, s) => {
        const body = [...derInteger(r), ...derInteger(s)];
        const der = Uint8Array.of(0x30, body.length, ...body);
        assert.ok(isStrictDer(Uint8Array.of(...der, 1)));
        assert.equal(toHex(parseLaxDer(der) as Uint8Array), pad(toHex(r)) + pad(toHex(s)));
      }),
    );
  });

  test("never reads past its input, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (der) => [undefined, 64].includes(parseLaxDer(der)?.length)),
    );
  });
});

describe("strict DER", () => {
  const refused: readonly (readonly [name: string, signature: string])[] = [
    ["wrong length of the whole", "300702010102010201"],
    ["r negative", "300602018102010201"],
    ["r padded", "30070202000102010201"],
    ["r empty", "300502000201010100"],
    ["s negative", "300602010102018101"],
    ["s padded", "30070201010202000101"],
    ["no hash type", "3006020101020102"],
    ["s not an integer", "300602010103010201"],
  ];
  for (const [name, signature] of refused) {
    test(`refuses: ${name}`, () => assert.equal(isStrictDer(fromHex(signature)), false));
  }

  test("takes the shortest signature and a padded integer that needs its zero", () => {
    assert.equal(isStrictDer(fromHex("300602010102010201")), true);
    assert.equal(isStrictDer(fromHex("3007020200ff02010201")), true);
  });
});

test("S is high above half the group order", () => {
  const half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
  assert.equal(hasHighS(fromHex(pad("01") + half)), false);
  assert.equal(hasHighS(fromHex(pad("01") + half.replace(/a0$/, "a1"))), true);
});

function derInteger(magnitude: Uint8Array): number[] {
  const padded = (magnitude[0] as number) > 0x7f ? [0, ...magnitude] : [...magnitude];
  return [2, padded.length, ...padded];
}
