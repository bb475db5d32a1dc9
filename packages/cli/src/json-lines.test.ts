import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";
import { describe, test } from "node:test";
import { answerLines, MAX_LINE_BYTES } from "./json-lines.ts";

async function answersTo(chunks: Iterable<string | Buffer>): Promise<{ lines: string[]; count: number }> {
  let text = "";
  const output = new Writable({
    highWaterMark: 16,
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      setImmediate(done);
    },
  });
  const input = Readable.from([...chunks].map((chunk) => Buffer.from(chunk)));
  const count = await answerLines(
    input,
    output,
    (request) => ({ got: request }),
    (fault) => ({ fault }),
  );
  return { lines: text.split("\n").filter((line) => line !== ""), count };
}

describe("JSON lines", () => {
  test("are answered in order, wherever the chunks are cut, the last one without an end too", async () => {
    const text = '{"a":1}\n[2]\n\n"é"\n4';
    const expected = ['{"got":{"a":1}}', '{"got":[2]}', '{"got":"é"}', '{"got":4}'];
    for (const size of [1, 2, 3, 100]) {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      assert.deepEqual(await answersTo(chunks), { lines: expected, count: 4 });
    }
  });

  test("a line that is not JSON, or too long, is answered as a fault and the next one is read", async () => {
    const long = Buffer.alloc(MAX_LINE_BYTES / 2 + 1, "1");
    const { lines } = await answersTo(["{\n", long, long, "\n5\n"]);
    assert.deepEqual(lines, ['{"fault":"not JSON"}', '{"fault":"too long"}', '{"got":5}']);
  });

  test("many lines come out whole through a slow reader", async () => {
    const count = 20_000;
    const { lines } = await answersTo(Array.from({ length: count }, (_, i) => `${i}\n`));
    assert.equal(lines.length, count);
    assert.deepEqual(lines.at(-1), `{"got":${count - 1}}`);
  });

  test("each line is answered before the next one is there", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const all = answerLines(
      input,
      output,
      (request) => request,
      (fault) => fault,
    );
    for (const question of ["1\n", "2\n"]) {
      input.write(question);
      const [answer] = (await once(output, "data")) as [Buffer];
      assert.equal(answer.toString(), question);
    }
    input.end();
    assert.equal(await all, 2);
  });

  test("no more is read while nobody reads the answers", async () => {
    let read = 0;
    const questions = function* (): Generator<Buffer> {
      for (; read < 1_000; read++) yield Buffer.from(`${read}\n`.repeat(1_000));
    };
    const stuck = Promise.withResolvers<() => void>();
    const output = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => stuck.resolve(done) });
    const input = Readable.from(questions(), { highWaterMark: 2 });
    const fail = new Error("the reader is gone");
    const all = answerLines(
      input,
      output,
      (request) => request,
      () => undefined,
    );
    await stuck.promise;
    assert.ok(read < 10, `${read} pieces were read`);
    output.destroy(fail);
    await assert.rejects(all, fail);
  });

  test("no lines, no answers", async () => {
    assert.deepEqual(await answersTo([]), { lines: [], count: 0 });
  });
});
