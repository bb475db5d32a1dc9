import { buildTemplate, type TemplateTransaction } from "@forkyard/consensus/miner/block-template";
import { type Block, encodeBlock } from "@forkyard/core/block";
import { AssertionFault, assert } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import { type OutPoint, SEQUENCE_FINAL, Transaction } from "@forkyard/core/tx";
import { Chain } from "@forkyard/node/chain/chain";
import type { ChainListener } from "@forkyard/node/chain/chain-events";
import { loadChainStart } from "@forkyard/node/chain/load-chain";
import type { SharedObjects } from "../store/shared-objects.ts";
import { SimChainStore } from "../store/sim-chain-store.ts";
import { coinbasesFor, type FundedWallet, fundingOutputs } from "./coin-plan.ts";

/** OP_TRUE: the bootstrap's own coins are anybody's, which no mempool relays and no wallet knows. */
const ANYBODY = Uint8Array.of(0x51);
const TAG = "/Forkyard:bootstrap/";
const DEAF: ChainListener = { chainChanged: () => {}, sideBlock: () => {}, blockInvalid: () => {} };

export interface BootstrapParts {
  readonly params: NetworkParams;
  readonly curve: Curve;
  readonly shared: SharedObjects;
  readonly drawn: Set<string>;
  /** Fewest blocks; more are mined when the wallets' coins take more. */
  readonly blocks: number;
  readonly wallets: readonly FundedWallet[];
}

/** A chain that all nodes of a world begin with. */
export interface Bootstrap {
  readonly store: SimChainStore;
  readonly height: number;
  /** Header time of its tip, seconds since 1970: when the world begins. */
  readonly timeSeconds: number;
  readonly blocks: readonly Block[];
}

/** Mines the common beginning, one block an interval by the clock of headers, and gives the wallets their coins in its last block. */
export async function bootstrap(parts: BootstrapParts): Promise<Bootstrap> {
  const { params, curve, shared, drawn } = parts;
  const store = new SimChainStore(shared);
  const start = await loadChainStart(params, store);
  const chain = new Chain({ params, store, curve, listener: DEAF, storageFailed: failed }, start);
  const outputs = fundingOutputs(parts.wallets);
  const needed = coinbasesFor(
    outputs.reduce((sum, { value }) => sum + value, 0n),
    params,
  );
  const height = Math.max(parts.blocks, needed === 0 ? 0 : needed + params.coinbaseMaturity);
  const blocks: Block[] = [];
  while (chain.tip.height < height) {
    const isLast = chain.tip.height === height - 1;
    const txs: TemplateTransaction[] =
      isLast && needed > 0 ? [{ tx: fundingTransaction(blocks, needed, outputs), fee: 0n }] : [];
    const block = mine(chain, txs, params);
    drawn.add(block.hash);
    const outcome = chain.submitBlock(block, block.header.time, encodeBlock(block));
    assert(outcome.kind === "connected", "a block of the bootstrap connects");
    blocks.push(block);
  }
  return { store, height, timeSeconds: chain.tip.header.time, blocks };
}

function mine(chain: Chain, txs: readonly TemplateTransaction[], params: NetworkParams): Block {
  const { tip, tree } = chain;
  const time = tip.header.time + params.spacingSeconds;
  const template = { parent: tip, ancestry: tree, txs, payTo: ANYBODY, tag: TAG, extraNonce: 0, time, params };
  return buildTemplate(template).block;
}

/** Spends the first coinbases; what is left over comes back as it was. */
function fundingTransaction(
  blocks: readonly Block[],
  coinbases: number,
  outputs: ReturnType<typeof fundingOutputs>,
): Transaction {
  const spent = blocks.slice(0, coinbases).map(({ txs }) => txs[0] as Transaction);
  const total = spent.reduce((sum, { outputs: [first] }) => sum + (first?.value ?? 0n), 0n);
  const change = total - outputs.reduce((sum, { value }) => sum + value, 0n);
  const inputs = spent.map((coinbase) => ({
    prevout: { txid: coinbase.txid, vout: 0 } satisfies OutPoint,
    scriptSig: new Uint8Array(),
    sequence: SEQUENCE_FINAL,
    witness: [],
  }));
  const back = change > 0n ? [{ value: change, scriptPubKey: ANYBODY }] : [];
  return new Transaction({ version: 2, inputs, outputs: [...outputs, ...back], lockTime: 0 });
}

function failed(error: unknown): never {
  throw error instanceof Error ? error : new AssertionFault(String(error));
}
