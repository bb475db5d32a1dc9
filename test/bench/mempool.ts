import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { MemoryCoins } from "@forkyard/consensus/testing/memory-coins";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { Transaction } from "@forkyard/core/tx";
import { mempoolContext } from "@forkyard/mempool/context";
import { Mempool } from "@forkyard/mempool/mempool";
import type { VerifyScript } from "@forkyard/mempool/policy/scripts";
import { type BenchCase, measure, type Suite, threadCpuMs } from "./measure.ts";

const ROUNDS = 7;
const SPENDS = 2_000;

/** Transactions from their bytes into an empty mempool, every rule of consensus and policy, coins in memory. */
export const mempoolSuite: Suite = {
  name: "mempool",
  about: "transactions a second that the mempool accepts: P2WPKH, from bytes, scripts on one thread",
  run(progress) {
    const curve = selectCurve();
    const accept = acceptor();
    const name = `accept ${SPENDS} P2WPKH spends into the mempool`;
    const cases: BenchCase[] = [
      acceptCase(`${name}, ${curve.name}, 1 thread`, accept, (check) => verifyInput(check, curve)),
      acceptCase(`${name}, scripts left out, 1 thread`, accept, () => {}),
    ];
    return measure(cases, ROUNDS, progress);
  },
};

function acceptCase(name: string, accept: (verify: VerifyScript) => void, verify: VerifyScript): BenchCase {
  const sample = (): number => (SPENDS / threadCpuMs(() => accept(verify))) * 1000;
  return { name, unit: "tx/s", clock: "thread-cpu", sample };
}

function acceptor(): (verify: VerifyScript) => void {
  const chain = new TestChain();
  const coins = new MemoryCoins();
  const spends = keySpends(SPENDS);
  for (const { coin } of spends) coins.put(coin.outPoint, coin.coin);
  const payloads = spends.map(({ tx }) => tx.encode());
  const context = mempoolContext(chain.tip, chain.tree, chain.tip.header.time * 1000);
  return (verify) => {
    const mempool = new Mempool({ params: chain.params, coins, verify });
    for (const payload of payloads) mempool.accept(Transaction.fromBytes(payload), context);
    if (mempool.size !== SPENDS) throw new Error(`the mempool took only ${mempool.size} transactions`);
  };
}
