import type { Block } from "../block.ts";
import { fromHex } from "../bytes/bytes.ts";
import { type BlockHash, hashToBytes, hashToString, type MerkleRoot, type Txid, ZERO_HASH } from "../hash.ts";
import { type BlockHeader, blockHashOf } from "../header.ts";
import { merkleRoot } from "../merkle.ts";
import { buildScript } from "../script/codec.ts";
import { payToPublicKey } from "../script/templates.ts";
import { NULL_VOUT, SEQUENCE_FINAL, Transaction } from "../tx.ts";
import { COIN } from "../units.ts";

export interface GenesisFields {
  /** Text in the coinbase, for instance a newspaper headline that proves the date. */
  readonly message: string;
  readonly outputScript: Uint8Array;
  readonly version: number;
  readonly time: number;
  readonly bits: number;
  readonly nonce: number;
}

const SATOSHI_KEY = fromHex(
  "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f",
);

/** Output script and coinbase text that mainnet, testnet3, signet and regtest share. */
export const SATOSHI_GENESIS: Pick<GenesisFields, "message" | "outputScript" | "version"> = {
  message: "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks",
  outputScript: payToPublicKey(SATOSHI_KEY),
  version: 1,
};

/** Builds a genesis block: one coinbase of 50 coins that can never be spent. */
export function buildGenesis(fields: GenesisFields): Block {
  const coinbase = new Transaction({
    version: 1,
    inputs: [
      {
        prevout: { txid: ZERO_HASH as Txid, vout: NULL_VOUT },
        scriptSig: buildScript([fromHex("ffff001d"), fromHex("04"), latin1(fields.message)]),
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [{ value: 50n * COIN, scriptPubKey: fields.outputScript }],
    lockTime: 0,
  });
  const header: BlockHeader = {
    version: fields.version,
    prevHash: ZERO_HASH as BlockHash,
    merkleRoot: hashToString<MerkleRoot>(merkleRoot([hashToBytes(coinbase.txid)]).root),
    time: fields.time,
    bits: fields.bits,
    nonce: fields.nonce,
  };
  return { hash: blockHashOf(header), header, txs: [coinbase] };
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
