import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { InputError } from "@forkyard/core/errors";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { LARGEST_PNG_SIDE, PNG_SCALE } from "./limits.ts";

/** The font that comes with the program: a picture looks the same on every machine, whatever is installed there. */
const FONT_FAMILY = "DejaVu Sans";

let ready: Promise<Uint8Array> | undefined;

/**
 * A block tree as PNG on white, for papers and slides: drawn by resvg, which is WebAssembly and asks for no browser.
 * @param svg as `treeSvg` draws it
 * @throws InputError for a tree that is too wide for a picture
 */
export async function treePng(svg: string): Promise<Uint8Array> {
  ready ??= prepare();
  const font = await ready;
  const width = sideOf(svg, "width");
  const height = sideOf(svg, "height");
  const scale = Math.min(PNG_SCALE, LARGEST_PNG_SIDE / Math.max(width, height));
  if (scale < 1) throw new InputError(`the tree is ${width} pixels wide: draw it as SVG (--tree FILE.svg)`);
  const picture = new Resvg(svg, {
    background: "#fff",
    fitTo: { mode: "zoom", value: scale },
    font: { fontBuffers: [font], defaultFontFamily: FONT_FAMILY, sansSerifFamily: FONT_FAMILY },
  });
  try {
    const rendered = picture.render();
    const png = rendered.asPng();
    rendered.free();
    return png;
  } finally {
    picture.free();
  }
}

/** @returns the font */
async function prepare(): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const [wasm, font] = await Promise.all([
    readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")),
    readFile(require.resolve("@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2")),
  ]);
  await initWasm(wasm);
  return font;
}

function sideOf(svg: string, side: "width" | "height"): number {
  const [, value] = new RegExp(`<svg [^>]*\\b${side}="(\\d+(?:\\.\\d+)?)"`).exec(svg) ?? [];
  return Number(value ?? 1);
}
