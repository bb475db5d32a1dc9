import { createHash, type Hash, hash } from "node:crypto";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { hashToBytes, hashToString } from "@forkyard/core/hash";
import type { StoredCoin } from "@forkyard/core/ports/chain-store";
import { MuHash } from "./muhash.ts";

/** How the set of coins is hashed, by Bitcoin Core's names. */
export type CoinSetHashType = "hash_serialized_3" | "muhash" | "none";

/** All coins of one moment, as Bitcoin Core's `gettxoutsetinfo` describes them. */
export interface CoinSetInfo {
  readonly coins: number;
  /** Transactions with at least one coin. */
  readonly transactions: number;
  /** Satoshis. */
  readonly total: bigint;
  /** A measure of size that no database knows of: 50 bytes a coin and its script. */
  readonly bogoSize: number;
  /** In display order; absent for "none". */
  readonly hash?: string;
}

/** Bytes of a coin without its script: txid, index, height and flag, amount, length of the script. */
const BOGO_BYTES = 50;

interface SetHasher {
  add(coin: Uint8Array): void;
  /** In hashing order. */
  digest(): Uint8Array;
}

/**
 * Goes through all coins; other work gets its turn between the chunks of the scan.
 * @param coins in the order of the store, as they are at this call (`ChainStore.coins()`)
 * @throws StoreDamagedError
 */
export async function describeCoins(coins: AsyncIterable<StoredCoin>, type: CoinSetHashType): Promise<CoinSetInfo> {
  const hasher = hasherFor(type);
  const sums = { coins: 0, transactions: 0, total: 0n, bogoSize: 0 };
  let lastTxid: string | undefined;
  for await (const stored of coins) {
    const { outPoint, coin } = stored;
    sums.coins += 1;
    sums.total += coin.output.value;
    sums.bogoSize += BOGO_BYTES + coin.output.scriptPubKey.length;
    if (outPoint.txid !== lastTxid) sums.transactions += 1;
    lastTxid = outPoint.txid;
    hasher?.add(encodeForSetHash(stored));
  }
  return { ...sums, ...(hasher !== undefined && { hash: hashToString<string>(hasher.digest()) }) };
}

/** The serialisation that both hashes are over: outpoint, height and coinbase flag in 32 bits, output. */
export function encodeForSetHash({ outPoint, coin }: StoredCoin): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(hashToBytes(outPoint.txid));
  writer.u32(outPoint.vout);
  writer.u32(coin.height * 2 + (coin.coinbase ? 1 : 0));
  writer.i64(coin.output.value);
  writer.varBytes(coin.output.scriptPubKey);
  return writer.finish();
}

function hasherFor(type: CoinSetHashType): SetHasher | undefined {
  switch (type) {
    case "none":
      return undefined;
    case "muhash": {
      const set = new MuHash();
      return { add: (coin) => set.insert(coin), digest: () => set.digest() };
    }
    case "hash_serialized_3":
      return serializedHasher(createHash("sha256"));
  }
}

/** SHA-256 twice over all coins in the order of txid bytes and index, which is the order of the coin table's keys. */
function serializedHasher(stream: Hash): SetHasher {
  return {
    add: (coin) => void stream.update(coin),
    digest: () => hash("sha256", stream.digest(), "buffer"),
  };
}
